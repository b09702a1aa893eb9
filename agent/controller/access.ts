import { readFileSync } from 'node:fs';
import type { ClientAccess } from '@weft/api/contract';
import { AgentError } from '../errors.ts';
import type { AgentOptions } from '../options.ts';

/** What runs on a host can belong to any account and region. */
const everywhere = { account: '*', region: '*' };

/**
 * What the agent shows to the controller. The token stands in a file, because everybody on the machine can read a
 * command line.
 * @throws AgentError `credentials-unreadable`
 */
export function controllerAccess({
  tokenFile,
  ca,
  certificate,
  key,
}: Pick<AgentOptions, 'tokenFile' | 'ca' | 'certificate' | 'key'>): ClientAccess {
  return {
    ...everywhere,
    token: readOption('--token-file', tokenFile)?.trim(),
    tls: {
      ...pem('ca', readOption('--ca', ca)),
      ...pem('cert', readOption('--certificate', certificate)),
      ...pem('key', readOption('--key', key)),
    },
  };
}

const pem = (name: 'ca' | 'cert' | 'key', text: string | undefined) =>
  text === undefined ? {} : { [name]: text };

function readOption(option: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AgentError(
      'credentials-unreadable',
      `${option}: ${path} cannot be read: ${(cause as Error).message}`,
      {
        value: path,
        fix: 'Give the path of a file that the agent can read.',
        cause,
      },
    );
  }
}
