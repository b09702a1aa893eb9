import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What every AWS client reads: where to send requests, with development mode's key. */
export function awsEnvironment(url: string, region = 'us-east-1'): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

/** Debian's awscli; other installations of it may be of any version. */
export const awsCli = '/usr/bin/aws';
export const hasAwsCli = existsSync(awsCli);

/** Runs Debian's AWS CLI (2.9, which has no AWS_ENDPOINT_URL yet) and reads its answer. Fails with what it printed. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export async function aws(url: string, ...args: readonly string[]): Promise<any> {
  const { stdout } = await run(awsCli, ['--endpoint-url', url, '--output', 'json', ...args], {
    env: awsEnvironment(url),
    timeout: 120_000,
  });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
