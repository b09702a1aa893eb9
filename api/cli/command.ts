import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import {
  type ApiKind,
  type ApiResource,
  type Receipt,
  WeftClient,
  type WriteQuery,
} from '../contract/index.ts';
import { CliError } from './errors.ts';
import { resolveId } from './names.ts';
import { number } from './options.ts';
import { type Format, formats, renderData, renderList } from './output.ts';

/** Where a command reads its surroundings from and writes to. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** For commands that end with the exit code of something else. */
  setExitCode(code: number): void;
}

export interface ClientOptions {
  readonly api?: string;
  readonly output?: Format;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly account?: string;
  readonly region?: string;
}

/** What a command that talks to the API works with. */
export interface Session {
  readonly client: WeftClient;
  readonly io: Io;
  readonly format: Format;
  /** For every write: with `--wait` it waits for the hosts. */
  readonly write: WriteQuery;
  /** Id of what a person means by an id or a name. */
  id(kind: ApiKind, text: string, within?: Readonly<Record<string, string>>): Promise<string>;
  /** Shows what a write made; fails when hosts that were waited for have not confirmed. */
  show<K extends ApiKind>(kind: K, written: ApiResource<K> & { receipt?: Receipt }): Promise<void>;
}

export const defaultApi = 'http://127.0.0.1:8080';
const defaultWaitSeconds = 10;

const apiOption = () => new Option('--api <url>', `address of the API (env WEFT_API, else ${defaultApi})`);
const outputOption = () => new Option('-o, --output <format>', 'form of the output').choices(formats);

/** Options that may also stand before the name of the command. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(apiOption())
    .addOption(outputOption())
    .option(
      '--account <id>',
      'for admins and operators: another account, or * to read all (env WEFT_ACCOUNT)',
    )
    .option('--region <region>', 'another region, or * to read all (env WEFT_REGION)');
}

/** Adds a command that reads. */
export function readingCommand<O extends object>(
  command: Command,
  io: Io,
  action: (session: Session, options: O, ...words: string[]) => Promise<void>,
): Command {
  return command
    .addOption(apiOption())
    .addOption(outputOption())
    .action(async (...received: unknown[]) => {
      // Commander passes the arguments, then the options, then the command; absent arguments are undefined.
      const words = received.slice(0, -2) as string[];
      const options = command.optsWithGlobals<ClientOptions & O>();
      const session = openSession(options, io);
      try {
        await action(session, options, ...words.flat());
      } finally {
        session.client.close();
      }
    });
}

/** Adds a command that writes: it can wait for the hosts. */
export function writingCommand<O extends object>(
  command: Command,
  io: Io,
  action: (session: Session, options: O & ClientOptions, ...words: string[]) => Promise<void>,
): Command {
  command
    .option('--wait', 'wait until every affected host has confirmed')
    .option(
      '--timeout <seconds>',
      'how long to wait, at most 60',
      number('seconds', 0, 60),
      defaultWaitSeconds,
    );
  return readingCommand<O & ClientOptions>(command, io, action);
}

function openSession(options: ClientOptions, io: Io): Session {
  const url = options.api ?? io.env.WEFT_API ?? defaultApi;
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', 'the address of the API is no URL', {
      field: options.api ? '--api' : 'WEFT_API',
      value: url,
      fix: 'Give it as http://HOST:PORT.',
    });
  }
  const access = {
    token: io.env.WEFT_TOKEN || undefined,
    account: options.account ?? io.env.WEFT_ACCOUNT,
    region: options.region ?? io.env.WEFT_REGION,
    ...(io.env.WEFT_CA === undefined ? {} : { tls: { ca: readCa(io.env.WEFT_CA) } }),
  };
  const client = new WeftClient({ url, access });
  const format = options.output ?? 'table';
  return {
    client,
    io,
    format,
    write: options.wait ? { waitSeconds: options.timeout ?? defaultWaitSeconds } : {},
    id: (kind, text, within) => resolveId(client, kind, text, within),
    show: async (kind, written) => {
      const asData = format === 'json' || format === 'yaml';
      io.out(asData ? await renderData(written, format) : await renderList(kind, [written], format));
      requireApplied(written.receipt);
    },
  };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('usage', `the certificate cannot be read: ${(cause as Error).message}`, {
      field: 'WEFT_CA',
      value: path,
      fix: 'Give the path of a PEM file with the authority that signed the certificate of the API.',
    });
  }
}

/** @throws CliError `not-applied` when a receipt says that hosts are missing */
export function requireApplied(receipt: Receipt | undefined): void {
  if (!receipt || receipt.applied) return;
  const missing = receipt.hosts.filter((host) => host.state !== 'applied');
  throw new CliError(
    'not-applied',
    `revision ${receipt.revision} is written, but not every host has confirmed it: ${missing.map((host) => `${host.host} is ${host.state}`).join(', ')}`,
    { fix: 'Hosts confirm when they are back; weft host list shows their state.' },
  );
}
