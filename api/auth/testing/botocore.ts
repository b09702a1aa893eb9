import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedRequest } from '../signature/verify.ts';

/** What is to be signed. */
export interface SigningTask {
  readonly method: string;
  readonly host: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly region: string;
  readonly service: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Seconds; present for a presigned address. */
  readonly expires?: number;
}

const script = join(import.meta.dirname, 'sign.py');

/** Requests that botocore has signed, with what it signed them by; `sign.py vectors` makes them. */
export function signatureVectors(): SigningTask[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'vectors', 'signature.json'), 'utf8'));
}

/** Whether this machine can sign by botocore (Debian: python3-botocore). */
export const hasBotocore = spawnSync('python3', ['-c', 'import botocore.auth']).status === 0;

/** Signs by botocore. */
export function signByBotocore(tasks: readonly SigningTask[]): SigningTask[] {
  const input = tasks.map((task) => `${JSON.stringify(task)}\n`).join('');
  const { status, stdout, stderr } = spawnSync('python3', [script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`botocore could not sign: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The request that goes over the wire. */
export const requestOf = ({ method, target, headers, body }: SigningTask): SignedRequest => ({
  method,
  url: target,
  headers,
  body,
});
