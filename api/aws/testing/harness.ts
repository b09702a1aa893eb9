import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRestServer, listen } from '@weft/api/rest';
import { type RunningController, runController } from '@weft/controller';
import pino from 'pino';
import type { Principal, SignedRequest } from '../../auth/index.ts';
import { hostSpec } from '../../rest/testing/harness.ts';
import { type AwsErrorCode, awsErrorCodes } from '../errors.ts';
import { type MountOptions, mountAwsApi } from '../mount.ts';
import { readXml } from './read-xml.ts';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly text: string;
}

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** A controller without switches behind both APIs, on a free port of loopback. */
export interface Harness extends AsyncDisposable {
  readonly url: string;
  readonly running: RunningController;
  /** Lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
  /** Calls an action, in a region and with a key; by default us-east-1, and `test`. */
  call(action: string, parameters?: Parameters, region?: string, key?: string): Promise<Answer>;
  /** The same, and fails when the action is refused. */
  ok(action: string, parameters?: Parameters, region?: string, key?: string): Promise<Answer['body']>;
  /** Expects a refusal with this code, and that nothing was written. */
  refused(
    code: string,
    action: string,
    parameters?: Parameters,
    region?: string,
    key?: string,
  ): Promise<Answer>;
  /** An external network, and a host of zone a that can run instances. */
  infrastructure(): Promise<void>;
  close(): Promise<void>;
}

/** What a request says of its sender, which the harness believes. */
export const authorization = (region: string, key = 'test') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=00`;

const externalNetworkSpec = {
  name: 'external',
  cidrBlock: '203.0.113.0/24',
  ipv6CidrBlock: '2001:db8::/40',
  addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
};

/** Believes what a request says of its sender: `KEY` is the name of an account, or `test` for the usual one. */
function byScopeAlone({ headers }: SignedRequest): Principal {
  const [scope = ''] = [headers.authorization ?? ''].flat();
  const [, key = '', region = ''] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(scope) ?? [];
  const account = key === 'test' ? '123456789012' : key;
  return { account, region, role: 'admin', accessKeyId: key, name: key };
}

export async function startHarness(options: Partial<MountOptions> = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-aws-'));
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const running = await runController({
    openflow: { host: '127.0.0.1', port: 0 },
    store: `sqlite:${join(folder, 'weft.db')}`,
    logger,
  });
  const { controller } = running;
  const server = createRestServer(controller, { openflowTarget: 'tcp:192.0.2.1:6653', logger });
  mountAwsApi(server, { controller, authenticate: byScopeAlone, ...options });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  const close = async () => {
    await server.close();
    await running.close();
    await rm(folder, { recursive: true });
  };
  const call: Harness['call'] = (action, parameters = {}, region = 'us-east-1', key = 'test') =>
    send(
      url,
      { Action: action, Version: '2016-11-15', ...parameters },
      { authorization: authorization(region, key) },
    );
  const ok: Harness['ok'] = async (action, parameters, region, key) => {
    const answer = await call(action, parameters, region, key);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.code}: ${answer.message}`);
    return answer.body;
  };
  const refused: Harness['refused'] = async (code, action, parameters, region, key) => {
    const answer = await call(action, parameters, region, key);
    assert.equal(answer.code ?? 'done', code, `${action}: ${answer.message}`);
    assert.equal(answer.status, awsErrorCodes[code as AwsErrorCode].status);
    // The controller's own work goes on meanwhile, so that its revision would tell nothing.
    const written = await controller.audit.query({ outcome: 'done', limit: 100 });
    const own = written.filter(({ requestId }) => requestId === answer.requestId);
    // An account's first request in a region makes its default VPC, whatever becomes of the request.
    const everything = { account: '*', region: '*' };
    const isDefault = (id = '') => controller.read('vpc', id, everything).spec.isDefault === true;
    const isFirst = own.some(({ kind, id }) => kind === 'vpc' && isDefault(id));
    assert.deepEqual(isFirst ? [] : own, [], `${action} has written something`);
    return answer;
  };
  const infrastructure = async () => {
    const operator = { account: '', region: '' };
    await controller.create('external-network', { spec: externalNetworkSpec }, operator);
    await controller.registerHost('h1', hostSpec);
  };
  return { url, running, log, call, ok, refused, infrastructure, close, [Symbol.asyncDispose]: close };
}

/** Sends a form as clients do. */
export async function send(
  url: string,
  form: Parameters | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body =
    typeof form === 'string' ? form : new URLSearchParams(form as Record<string, string>).toString();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
    body,
  });
  const text = await response.text();
  const { value } = readXml(text);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const read = value as any;
  const error = read.Errors?.Error ?? read.Error;
  const requestId = response.headers.get('x-amzn-requestid') ?? '';
  const { status } = response;
  return { status, code: error?.Code, message: error?.Message ?? '', requestId, body: read, text };
}
