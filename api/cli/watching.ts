import { ApiError, type ApiKind, type ApiResource, matchesFilter } from '../contract/index.ts';
import { columnsOf } from './columns.ts';
import { type Format, renderCells, renderData } from './output.ts';
import type { Session } from './session.ts';

type Event = 'there' | 'added' | 'changed' | 'gone';

/**
 * Shows a list, and then every change of it, a line each, until the time is over or the program is ended.
 * @param filter equality by path, as lists of the API take it
 */
export async function watchList<K extends ApiKind>(
  session: Session,
  kind: K,
  filter: Readonly<Record<string, string>>,
  seconds: number | undefined,
): Promise<void> {
  session.progress.end();
  const signal = seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1000);
  const lines = new EventLines(session, kind);
  const shown = new Map<string, ApiResource<K>>();
  while (!signal?.aborted) {
    const after = await showList(session, kind, filter, shown, lines);
    try {
      await follow(session, { kind, filter, after, signal }, shown, lines);
    } catch (error) {
      // What happened is no longer known: what there is now is.
      if (!(error instanceof ApiError) || error.code !== 'compacted') throw error;
    }
  }
}

/** Shows what is there and was not shown as it is. @returns the revision from which on to follow */
async function showList<K extends ApiKind>(
  { client }: Session,
  kind: K,
  filter: Readonly<Record<string, string>>,
  shown: Map<string, ApiResource<K>>,
  lines: EventLines<K>,
): Promise<number> {
  const { items, revision } = await client.listAll(kind, filter);
  const isFirst = shown.size === 0;
  const gone = new Map(shown);
  for (const resource of items) {
    gone.delete(resource.id);
    const before = shown.get(resource.id);
    shown.set(resource.id, resource);
    if (!before) await lines.write(isFirst ? 'there' : 'added', resource);
    else if (before.revision !== resource.revision) await lines.write('changed', resource);
  }
  for (const resource of gone.values()) {
    shown.delete(resource.id);
    await lines.write('gone', resource);
  }
  return revision;
}

interface Followed<K extends ApiKind> {
  readonly kind: K;
  readonly filter: Readonly<Record<string, string>>;
  readonly after: number;
  readonly signal: AbortSignal | undefined;
}

async function follow<K extends ApiKind>(
  { client, io }: Session,
  { kind, filter, after, signal }: Followed<K>,
  shown: Map<string, ApiResource<K>>,
  lines: EventLines<K>,
): Promise<void> {
  let isLost = false;
  const commits = client.watch({
    after,
    kinds: [kind],
    ...(signal ? { signal } : {}),
    onDisconnect: ({ message }) => {
      if (!isLost) io.err(`weft: ${message} — It is tried again.\n`);
      isLost = true;
    },
    onConnect: () => {
      isLost = false;
    },
  });
  for await (const commit of commits) {
    for (const change of commit.changes) {
      if (change.kind !== kind) continue;
      const before = shown.get(change.id);
      const now = change.after && (await asListed(client, kind, change.after as ApiResource<K>));
      if (now && isListed(now, filter)) {
        shown.set(now.id, now);
        await lines.write(before ? 'changed' : 'added', now);
      } else if (before) {
        shown.delete(change.id);
        await lines.write('gone', before);
      }
    }
  }
}

/** Watches tell what is stored; lists tell of hosts their liveness, and of subnets what is free, too. */
async function asListed<K extends ApiKind>(
  client: Session['client'],
  kind: K,
  resource: ApiResource<K>,
): Promise<ApiResource<K> | undefined> {
  if (kind !== 'host' && kind !== 'subnet') return resource;
  return client.get(kind, resource.id).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'not-found') return undefined;
    throw error;
  });
}

/** True when a list with this filter would have the resource. */
const isListed = (resource: ApiResource<ApiKind>, filter: Readonly<Record<string, string>>) =>
  Object.entries(filter).every(([path, wanted]) => matchesFilter(resource, path, wanted));

/** Columns keep the width of what came first, so that lines can be written one at a time. */
class EventLines<K extends ApiKind> {
  #session: Session;
  #kind: K;
  #widths: number[] | undefined;
  constructor(session: Session, kind: K) {
    this.#session = session;
    this.#kind = kind;
  }

  async write(event: Event, resource: ApiResource<K>): Promise<void> {
    const { io, format } = this.#session;
    if (format === 'name') io.out(`${resource.id}\n`);
    else if (format === 'json') io.out(`${JSON.stringify({ event, resource })}\n`);
    else if (format === 'yaml') io.out(`---\n${await renderData({ event, resource }, format)}`);
    else this.#writeRow(event, resource, format);
  }

  #writeRow(event: Event, resource: ApiResource<K>, format: Format): void {
    const columns = columnsOf(this.#kind, format === 'wide');
    const title = ['EVENT', ...columns.map((column) => column.title)];
    const row = [event, ...renderCells(columns, resource)];
    if (!this.#widths) {
      this.#widths = row.map((text, index) => Math.max(text.length, (title[index] ?? '').length));
      this.#widths[0] = 'changed'.length;
      this.#session.io.out(this.#line(title));
    }
    this.#session.io.out(this.#line(row));
  }

  #line(row: readonly string[]): string {
    const padded = row.map((text, index) => text.padEnd(this.#widths?.[index] ?? 0));
    return `${padded.join('  ').trimEnd()}\n`;
  }
}
