import * as http from 'node:http';
import * as https from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { ApiError, type ClientAccess, paths, WeftClient } from '@weft/api/contract';
import { reasonOf } from '../errors.ts';
import { judgeValidity } from './certificates.ts';
import { type Finding, fail, pass, warn } from './finding.ts';

/** Signed requests are refused when clocks differ by more than 5 minutes, as AWS does. */
const refusedOffsetMs = 300_000;
/** The header has whole seconds, and answers take their time: less than this is no difference. */
const normalOffsetMs = 5_000;

interface HealthAnswer {
  readonly status: number;
  readonly tookMs: number;
  /** The header Date, RFC 9110 section 6.6.1. */
  readonly date: string | undefined;
  readonly certificate: PeerCertificate | undefined;
}

/** Whether the controller answers, what time it has, and how long its certificate lasts. */
export async function judgeController(
  url: string,
  access: ClientAccess,
  timeoutMs: number,
): Promise<Finding[]> {
  let answer: HealthAnswer;
  try {
    answer = await askHealth(new URL(paths.health, url), access, timeoutMs);
  } catch (error) {
    return [fail('controller', `${url} does not answer: ${reasonOf(error)}`, fixOf(error))];
  }
  const { certificate, tookMs, status } = answer;
  return [
    pass('controller', `${url} answers ${status} in ${Math.round(tookMs)} ms`),
    judgeClock(answer.date, new Date()),
    ...(certificate?.valid_to === undefined
      ? []
      : [
          judgeValidity("controller's certificate", certificate.valid_from, certificate.valid_to, new Date()),
        ]),
  ];
}

/** The difference between the clock of this host and that of the controller. */
export function judgeClock(date: string | undefined, now: Date): Finding {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  const fix = 'Let both machines follow a time server: apt-get install chrony.';
  if (Number.isNaN(theirs)) return warn('clock', 'the controller does not tell its time', fix);
  const offset = now.getTime() - theirs;
  const seconds = Math.round(Math.abs(offset) / 1000);
  const about = `${seconds} s ${offset < 0 ? 'behind' : 'ahead of'} the controller`;
  if (Math.abs(offset) <= normalOffsetMs) return pass('clock', 'as that of the controller');
  return Math.abs(offset) > refusedOffsetMs ? fail('clock', about, fix) : warn('clock', about, fix);
}

/** What the controller knows of this host. */
export async function judgeRegistration(
  url: string,
  access: ClientAccess,
  host: string,
  timeoutMs: number,
): Promise<Finding> {
  const check = 'registration';
  const client = new WeftClient({ url, access, timeoutMs });
  try {
    const { liveness } = await client.get('host', host);
    const about = `${host}: agent ${liveness.agent}, OpenFlow ${liveness.openflow}`;
    if (liveness.agent === 'up' && liveness.openflow === 'up') return pass(check, about);
    return fail(check, about, 'Look whether the agent runs, and at its log.');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return fail(check, error.message, error.fix ?? 'Start the agent of this host with this name.');
  } finally {
    client.close();
  }
}

async function askHealth(url: URL, { tls, token }: ClientAccess, timeoutMs: number): Promise<HealthAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HealthAnswer>();
  const started = performance.now();
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    ...tls,
    agent: false,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  request.once('error', reject);
  request.once('response', (response) => {
    const { statusCode: status = 0, headers } = response;
    const socket = response.socket as Partial<TLSSocket>;
    const certificate = socket.getPeerCertificate?.();
    resolve({ status, tookMs: performance.now() - started, date: headers.date, certificate });
    response.destroy();
  });
  request.end();
  return promise;
}

/** Failures of TLS have a cause of their own; the others are of the network. */
function fixOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/CERT|SELF_SIGNED|ISSUER|SSL|TLS|VERIFY|SIGNATURE/.test(code)) {
    return 'Give the authority that signed the certificate of the controller by --ca, and check its name and time.';
  }
  return 'Check the address, that the controller runs, and that no firewall is between.';
}
