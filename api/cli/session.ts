import {
  type ApiKind,
  type ApiResource,
  type CreateRequest,
  type Receipt,
  type Receipted,
  WeftClient,
  type WriteQuery,
} from '../contract/index.ts';
import type { Io } from './command.ts';
import { type ConnectionOptions, connectionOf } from './connection.ts';
import { CliError } from './errors.ts';
import { resolveId } from './names.ts';
import { type Format, renderData, renderList } from './output.ts';
import { type Profile, profileNamed, readConfiguration } from './profiles.ts';
import { Progress } from './progress.ts';
import { readSpec, type SpecOptions } from './spec.ts';

export interface SessionOptions extends ConnectionOptions, SpecOptions {
  readonly wait?: boolean;
  readonly timeout?: number;
}

/** What a command that talks to the API works with. */
export interface Session {
  readonly client: WeftClient;
  readonly io: Io;
  readonly format: Format;
  readonly progress: Progress;
  /** For every write: with `--wait` it waits for the hosts. */
  readonly write: WriteQuery;
  /** Id of what a person means by an id or a name. */
  id(kind: ApiKind, text: string, within?: Readonly<Record<string, string>>): Promise<string>;
  /** Fields that `--spec` and `--spec-file` give. */
  givenSpec(kind: ApiKind, part: 'Create' | 'Update'): Promise<Record<string, unknown>>;
  /** Makes a resource, with the fields of `--spec` too, without showing it. */
  make<K extends ApiKind>(kind: K, body: CreateRequest): Promise<ApiResource<K> & Receipted>;
  /** Makes a resource and shows it. */
  create(kind: ApiKind, body: CreateRequest): Promise<void>;
  /** Changes the resource that a person means by an id or a name, and shows it. */
  change(kind: ApiKind, text: string, spec: Readonly<Record<string, unknown>>): Promise<void>;
  /** Shows what a write made; fails when hosts that were waited for have not confirmed. */
  show<K extends ApiKind>(kind: K, written: ApiResource<K> & Receipted): Promise<void>;
}

export const defaultWaitSeconds = 10;

/** Opens the connection that options, environment and profile ask for; the caller closes its client and its progress. */
export async function openSession(options: SessionOptions, io: Io): Promise<Session> {
  const { url, access, format } = connectionOf(options, io.env, await profileOf(options, io));
  const client = new WeftClient({ url, access });
  const waiting = options.wait ? 'waiting for the hosts to confirm' : `waiting for ${new URL(url).host}`;
  const progress = new Progress(io, waiting);
  const write = options.wait ? { waitSeconds: options.timeout ?? defaultWaitSeconds } : {};
  const clearing: Io = {
    ...io,
    out: (text) => {
      progress.clear();
      io.out(text);
    },
  };
  const session: Session = {
    client,
    io: clearing,
    format,
    progress,
    write,
    id: (kind, text, within) => resolveId(client, kind, text, within),
    givenSpec: (kind, part) => readSpec(client, kind, part, options),
    make: async (kind, body) => {
      const spec = { ...body.spec, ...(await session.givenSpec(kind, 'Create')) };
      return client.create(kind, { ...body, spec }, write);
    },
    create: async (kind, body) => session.show(kind, await session.make(kind, body)),
    change: async (kind, text, spec) => {
      const id = await session.id(kind, text);
      await session.show(kind, await client.update(kind, id, { spec }, write));
    },
    show: async (kind, written) => {
      const asData = format === 'json' || format === 'yaml';
      clearing.out(asData ? await renderData(written, format) : await renderList(kind, [written], format));
      requireApplied(written.receipt);
    },
  };
  return session;
}

async function profileOf(options: ConnectionOptions, { env }: Io): Promise<Profile> {
  return profileNamed(await readConfiguration(env), options.profile ?? env.WEFT_PROFILE);
}

/** @throws CliError `not-applied` when a receipt says that hosts are missing */
export function requireApplied(receipt: Receipt | undefined): void {
  if (!receipt || receipt.applied) return;
  const missing = receipt.hosts.filter((host) => host.state !== 'applied');
  throw new CliError(
    'not-applied',
    `revision ${receipt.revision} is written, but not every host has confirmed it: ${missing.map(told).join(', ')}`,
    {
      fix: missing.some(({ state }) => state === 'rejected')
        ? "A switch refused flows: the controller's log says which; mend the switch, then connect it again."
        : 'Hosts confirm when they are back; weft host list shows their state.',
    },
  );
}

const told = ({ host, state, error }: Receipt['hosts'][number]) =>
  `${host} is ${state}${error === undefined ? '' : ` (${error})`}`;
