import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { ClientAccess } from '../contract/index.ts';
import { CliError } from './errors.ts';
import { type Format, formats } from './output.ts';
import type { Profile } from './profiles.ts';

type Env = Readonly<Record<string, string | undefined>>;

const defaultApi = 'http://127.0.0.1:8080';

/** Where a command connects to, as whom, and in which form it answers. */
export interface ConnectionOptions {
  readonly profile?: string;
  readonly api?: string;
  readonly output?: Format;
  readonly account?: string;
  readonly region?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Connection {
  readonly url: string;
  readonly access: ClientAccess;
  readonly format: Format;
}

const connectionOptions = () => [
  new Option('--api <url>', `address of the API (env WEFT_API, else ${defaultApi})`),
  new Option('-o, --output <format>', 'form of the output').choices(formats),
  new Option('--profile <name>', 'which profile of the configuration to use (env WEFT_PROFILE)'),
  new Option(
    '--account <id>',
    'for admins and operators: another account, or * to read all (env WEFT_ACCOUNT)',
  ),
  new Option('--region <region>', 'another region, or * to read all (env WEFT_REGION)'),
  new Option('--token-file <path>', 'file with the token of your access key (env WEFT_TOKEN: the token)'),
  new Option('--ca <path>', 'PEM file: whom to trust as the controller (env WEFT_CA)'),
  new Option('--certificate <path>', 'PEM file: your certificate (env WEFT_CERTIFICATE)'),
  new Option('--key <path>', 'PEM file: the key of the certificate (env WEFT_KEY)'),
];

/** Adds the options of a connection before the command. */
export function addConnectionOptions(program: Command): void {
  for (const option of connectionOptions()) program.addOption(option);
}

/** The same behind a command, where its help shows only those that are given often. */
export function addHiddenConnectionOptions(command: Command): void {
  for (const option of connectionOptions()) {
    const isCommon = option.long === '--api' || option.long === '--output';
    command.addOption(option.hideHelp(!isCommon));
  }
}

/**
 * Joins what the command line, the environment and the profile say; the first that says something counts.
 * @throws CliError usage, when an address is none or a file cannot be read
 */
export function connectionOf(options: ConnectionOptions, env: Env, profile: Profile): Connection {
  const url = options.api ?? env.WEFT_API ?? profile.api ?? defaultApi;
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', 'the address of the API is no URL', {
      field: options.api ? '--api' : env.WEFT_API ? 'WEFT_API' : 'api of the profile',
      value: url,
      fix: 'Give it as http://HOST:PORT.',
    });
  }
  // What a profile keeps secret is for its own controller: another address does not get to see it.
  const credentials = profile.api === undefined || profile.api === url ? profile : {};
  const certificate = options.certificate ?? env.WEFT_CERTIFICATE ?? credentials.certificate;
  const key = options.key ?? env.WEFT_KEY ?? credentials.key;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new CliError('usage', 'a certificate and its key belong together', {
      fix: 'Give both --certificate and --key.',
    });
  }
  const tls = {
    ...pem('ca', options.ca ?? env.WEFT_CA ?? profile.ca),
    ...pem('cert', certificate),
    ...pem('key', key),
  };
  return {
    url,
    format: options.output ?? formatOf(profile.output),
    access: {
      token: tokenOf(options, env, credentials),
      account: options.account ?? env.WEFT_ACCOUNT ?? profile.account,
      region: options.region ?? env.WEFT_REGION ?? profile.region,
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
    },
  };
}

function formatOf(text: string | undefined): Format {
  if (text === undefined) return 'table';
  const format = formats.find((known) => known === text);
  if (format) return format;
  throw new CliError('usage', `there is no output ${text}`, {
    field: 'output of the profile',
    fix: `Known are ${formats.join(', ')}.`,
  });
}

/** Never from an option: everybody on the machine can read a command line. */
function tokenOf({ tokenFile }: ConnectionOptions, env: Env, profile: Profile): string | undefined {
  if (tokenFile !== undefined) return readText('the token', tokenFile).trim();
  if (env.WEFT_TOKEN) return env.WEFT_TOKEN;
  if (profile['token-file'] !== undefined) return readText('the token', profile['token-file']).trim();
  return profile.token;
}

const pem = (name: 'ca' | 'cert' | 'key', path: string | undefined) =>
  path === undefined ? {} : { [name]: readText('the PEM file', path) };

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('usage', `${what} cannot be read: ${(cause as Error).message}`, {
      value: path,
      fix: 'Give the path of a file that you can read.',
      cause,
    });
  }
}
