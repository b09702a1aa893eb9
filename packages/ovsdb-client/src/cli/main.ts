/** The commands of `ovsdb`: results as JSON on standard output, errors as one line on standard error. */

import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { OvsdbClient, type OvsdbClientOptions, OvsdbError, ops, type TlsOptions } from '../index.ts';
import { plainRow } from './plain.ts';

const usage = `usage: ovsdb [options] COMMAND

  ovsdb list-dbs ENDPOINT               names of the databases
  ovsdb get-schema ENDPOINT DB          schema of a database
  ovsdb transact ENDPOINT JSON          executes '["DB", {"op": ...}, ...]' (RFC 7047 section 4.1.3)
  ovsdb dump ENDPOINT DB [TABLE...]     all rows of all tables, or of those named
  ovsdb monitor ENDPOINT DB TABLE...    rows and their changes, one JSON object a line, until interrupted

ENDPOINT is unix:/absolute/path, tcp:HOST:PORT or ssl:HOST:PORT; several are separated by commas.

  --timeout SECONDS   to connect and to wait for a reply (default 10)
  --leader-only       use the leader of a cluster only
  --ca FILE           certificates of authorities to trust, for ssl
  --cert FILE, --key FILE   certificate and private key of this client, for ssl
`;

/** What the command needs of the process that it runs in. */
export interface CommandContext {
  readonly out: Writable;
  readonly error: Writable;
  /** Ends `monitor`. */
  readonly signal: AbortSignal;
}

interface Flags {
  readonly timeout?: string | undefined;
  readonly 'leader-only'?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly help?: boolean | undefined;
}

class UsageError extends Error {}

type Command = (client: OvsdbClient, args: readonly string[], context: CommandContext) => Promise<number>;

/** Commands with the number of arguments after the endpoint: at least, at most. */
const commands: ReadonlyMap<string, readonly [Command, number, number]> = new Map([
  ['list-dbs', [listDatabases, 0, 0]],
  ['get-schema', [getSchema, 1, 1]],
  ['transact', [transact, 1, 1]],
  ['dump', [dump, 1, Number.POSITIVE_INFINITY]],
  ['monitor', [monitor, 2, Number.POSITIVE_INFINITY]],
]);

/**
 * Runs one command.
 *
 * @param argv the arguments after the name of the program
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  try {
    const { values, positionals } = parse(argv);
    if (values.help === true) {
      context.out.write(usage);
      return 0;
    }
    return await runCommand(positionals, values, context);
  } catch (error) {
    if (error instanceof UsageError) {
      context.error.write(`ovsdb: ${error.message}\n${usage}`);
      return 2;
    }
    context.error.write(`ovsdb: ${error instanceof OvsdbError ? error.message : String(error)}\n`);
    return 1;
  }
}

function parse(argv: readonly string[]): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        timeout: { type: 'string' },
        'leader-only': { type: 'boolean' },
        ca: { type: 'string' },
        cert: { type: 'string' },
        key: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function runCommand(
  positionals: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<number> {
  const [name, endpoint, ...args] = positionals;
  const entry = commands.get(name ?? '');
  if (entry === undefined) {
    throw new UsageError(name === undefined ? 'no command' : `there is no command ${name}`);
  }
  const [command, least, most] = entry;
  if (endpoint === undefined || args.length < least || args.length > most) {
    throw new UsageError(`wrong number of arguments for ${name}`);
  }
  const timeoutMs = timeoutOf(flags);
  const client = new OvsdbClient(await clientOptions(endpoint, flags, timeoutMs));
  context.signal.addEventListener('abort', () => void client.close());
  try {
    await client.connect({ timeoutMs });
    return await command(client, args, context);
  } finally {
    await client.close();
  }
}

function timeoutOf(flags: Flags): number {
  const seconds = Number(flags.timeout ?? 10);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new UsageError(`--timeout takes seconds, not ${flags.timeout}`);
  }
  return Math.ceil(seconds * 1000);
}

async function clientOptions(endpoint: string, flags: Flags, timeoutMs: number): Promise<OvsdbClientOptions> {
  const tls: TlsOptions = {
    ...(flags.ca === undefined ? {} : { ca: await readFile(flags.ca, 'utf8') }),
    ...(flags.cert === undefined ? {} : { cert: await readFile(flags.cert, 'utf8') }),
    ...(flags.key === undefined ? {} : { key: await readFile(flags.key, 'utf8') }),
  };
  return {
    endpoints: endpoint.split(','),
    tls,
    requestTimeoutMs: timeoutMs,
    leaderOnly: flags['leader-only'] === true,
  };
}

async function listDatabases(
  client: OvsdbClient,
  _args: readonly string[],
  { out }: CommandContext,
): Promise<number> {
  print(out, await client.listDatabases());
  return 0;
}

async function getSchema(
  client: OvsdbClient,
  args: readonly string[],
  { out }: CommandContext,
): Promise<number> {
  print(out, await client.request('get_schema', args));
  return 0;
}

/** Passes JSON through as it is, so that whatever the server accepts can be sent. */
async function transact(
  client: OvsdbClient,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const params = parseParams(args[0] ?? '');
  const results = await client.request('transact', params);
  print(context.out, results);
  const failed = Array.isArray(results) ? results.findIndex((result) => result?.error !== undefined) : -1;
  if (failed === -1) {
    return 0;
  }
  const where = failed < params.length - 1 ? `operation ${failed}` : 'the commit';
  context.error.write(`ovsdb: ${where} failed: ${(results as { error: string }[])[failed]?.error}\n`);
  return 1;
}

function parseParams(text: string): unknown[] {
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`the transaction is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(params) || typeof params[0] !== 'string') {
    throw new UsageError('a transaction is an array of the name of the database and operations');
  }
  return params;
}

async function dump(client: OvsdbClient, args: readonly string[], { out }: CommandContext): Promise<number> {
  const [database = '', ...wanted] = args;
  const schema = await client.getSchema(database);
  const tables = wanted.length > 0 ? wanted : [...schema.tables.keys()].sort();
  // One transaction: the tables are as of one moment.
  const results = await client.transact(
    database,
    tables.map((table) => ops.select(table, [])),
  );
  const rows = tables.map((table, i) => [table, (results[i]?.rows ?? []).map(plainRow)]);
  print(out, Object.fromEntries(rows));
  return 0;
}

async function monitor(
  client: OvsdbClient,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { out, error, signal } = context;
  const [database = '', ...tables] = args;
  const replica = await client.monitor(database, Object.fromEntries(tables.map((table) => [table, {}])));
  client.on('disconnect', (reason) => error.write(`ovsdb: ${reason.message}; connecting again\n`));
  const ended = new Promise<void>((resolve, reject) => {
    replica.on('error', reject);
    signal.addEventListener('abort', () => resolve());
  });
  for (const table of tables) {
    for (const row of replica.table(table).values()) {
      printLine(out, { table, after: plainRow(row) });
    }
  }
  replica.on('change', (changes) => {
    for (const { table, before, after } of changes) {
      printLine(out, {
        table,
        ...(before === undefined ? {} : { before: plainRow(before) }),
        ...(after === undefined ? {} : { after: plainRow(after) }),
      });
    }
  });
  await ended;
  return 0;
}

function print(out: Writable, value: unknown): void {
  out.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function printLine(out: Writable, value: unknown): void {
  out.write(`${JSON.stringify(value)}\n`);
}
