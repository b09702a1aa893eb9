import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRestServer, listen } from '@weft/api/rest';
import { type RunningController, runController } from '@weft/controller';
import pino from 'pino';
import type { Principal, SignedRequest } from '../../auth/index.ts';
import { type MountOptions, mountAwsApi } from '../mount.ts';
import { readXml } from './read-xml.ts';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
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
  /** Calls an action, in a region; by default us-east-1. */
  call(action: string, parameters?: Parameters, region?: string): Promise<Answer>;
  /** The same, and fails when the action is refused. */
  ok(action: string, parameters?: Parameters, region?: string): Promise<Answer['body']>;
  close(): Promise<void>;
}

const authorization = (region: string, key = 'test') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=00`;

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
  const call: Harness['call'] = (action, parameters = {}, region = 'us-east-1') =>
    send(
      url,
      { Action: action, Version: '2016-11-15', ...parameters },
      { authorization: authorization(region) },
    );
  const ok: Harness['ok'] = async (action, parameters, region) => {
    const answer = await call(action, parameters, region);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.code}: ${answer.message}`);
    return answer.body;
  };
  return { url, running, log, call, ok, close, [Symbol.asyncDispose]: close };
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
  return { status: response.status, code: error?.Code, message: error?.Message ?? '', body: read, text };
}
