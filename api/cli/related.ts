import type { ApiKind, ApiResource, WatchCommit, WeftClient } from '../contract/index.ts';
import { ApiError, apiKinds } from '../contract/index.ts';
import { kindOfId } from './kinds.ts';
import { textsIn } from './manifest/references.ts';
import { alternatives, type FieldSchema, fieldSchemas, textFields } from './schema.ts';

/** A resource that has to do with another one. */
export interface Related {
  /** The field that holds the id. */
  readonly field: string;
  readonly kind: ApiKind;
  readonly id: string;
  readonly name?: string;
}

/** What a resource names in its own fields. */
export function namedBy(resource: ApiResource<ApiKind>): Related[] {
  const found = new Map<string, Related>();
  const named: Record<string, unknown> = { ...(resource.spec as object), ...(resource.status as object) };
  for (const [field, value] of Object.entries(named)) {
    for (const text of textsIn(value)) {
      const kind = kindOfId(text) ?? namedKinds[field];
      if (kind !== undefined && text !== resource.id) found.set(text, { field, kind, id: text });
    }
  }
  return [...found.values()];
}

/** Fields that name what has names and no ids of the usual form. */
const namedKinds: Readonly<Record<string, ApiKind>> = { hostId: 'host', accountId: 'account' };

/**
 * What names a resource: for every kind whose fields can hold its id, by the document of the API, one filtered list a
 * field. So a new kind is found without a word here.
 */
export async function namersOf(client: WeftClient, resource: ApiResource<ApiKind>): Promise<Related[]> {
  const { kind, id } = resource;
  const document = await client.openapi();
  const questions = apiKinds.flatMap((other) =>
    [...textFields(fieldSchemas(document, other, 'Spec'))]
      .filter(([path, schema]) => namedKinds[path] === kind || canHold(schema, id))
      .map(([path]) => ({ kind: other, path })),
  );
  const answers = await Promise.all(
    questions.map(async ({ kind: other, path }) => {
      const { items } = await client.listAll(other, { [`spec.${path}`]: id });
      return items.map((item) => ({ field: path, kind: other, id: item.id, ...nameField(item) }));
    }),
  );
  const named = answers.flat().filter((related) => related.id !== id);
  return kind === 'external-network' ? [...named, ...(await hostsThatReach(client, resource))] : named;
}

/** Hosts name a network outside by its name, in their ports to it. */
async function hostsThatReach(client: WeftClient, { spec }: ApiResource<ApiKind>): Promise<Related[]> {
  const field = 'externalPorts';
  const { items } = await client.listAll('host', {
    [`spec.${field}`]: (spec as ApiResource<'external-network'>['spec']).name,
  });
  return items.map(({ id }) => ({ field, kind: 'host', id }));
}

const canHold = (schema: FieldSchema, id: string) =>
  alternatives(schema).some(
    ({ pattern }) => pattern?.includes('[0-9a-f]{17}') && new RegExp(pattern).test(id),
  );

function nameField(resource: ApiResource<ApiKind>): { name?: string } {
  const name = (resource.spec as { name?: unknown }).name ?? resource.tags.Name;
  return typeof name === 'string' ? { name } : {};
}

/** A commit that wrote a resource. */
export interface ResourceEvent {
  readonly revision: number;
  /** When it was written, and by which key; absent for what the controller wrote by itself, or an agent reported. */
  readonly time?: string;
  readonly principal?: string;
  /** What differs from the version before, as `field: old → new`; absent for the oldest that is known. */
  readonly changed?: readonly string[];
}

/** So many commits back are looked through for what happened to a resource. */
const eventWindow = 2000;
const eventsMs = 5000;

/**
 * What happened to a resource in the last `eventWindow` revisions before it was written last, oldest first. The watch
 * ends by itself: the resource's own revision is the last that touched it.
 */
export async function eventsOf(
  client: WeftClient,
  { kind, id, revision }: ApiResource<ApiKind>,
): Promise<ResourceEvent[]> {
  const events: ResourceEvent[] = [];
  const writers = await writersOf(client, id);
  const after = Math.max(0, revision - eventWindow);
  const signal = AbortSignal.timeout(eventsMs);
  let before: unknown;
  for await (const commit of client.watch({ after, kinds: [kind], signal })) {
    const now = versionIn(commit, id);
    if (now !== undefined) {
      events.push({
        revision: commit.revision,
        ...writers.get(commit.revision),
        ...(before === undefined ? {} : { changed: differences(before, now) }),
      });
      before = now;
    }
    if (commit.revision >= revision) break;
  }
  return events;
}

/** Who wrote each version, as the audit log has it. Whoever may not ask sees the versions alone. */
async function writersOf(
  client: WeftClient,
  id: string,
): Promise<Map<number, Pick<ResourceEvent, 'time' | 'principal'>>> {
  try {
    const { items } = await client.audit({ id, outcome: 'done', limit: 1000 });
    return new Map(items.map(({ after = 0, time, principal }) => [after, { time, principal }]));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'forbidden') return new Map();
    throw error;
  }
}

function versionIn({ changes }: WatchCommit, id: string): unknown {
  const after = changes.find((change) => change.id === id)?.after;
  return after && { spec: after.spec, status: after.status, tags: after.tags };
}

/** `spec.description: "old" → "new"`, the deepest paths that differ. */
function differences(before: unknown, now: unknown, path = ''): string[] {
  if (isMapping(before) && isMapping(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) =>
      differences(before[name], now[name], path === '' ? name : `${path}.${name}`),
    );
  }
  const [old, fresh] = [before, now].map((value) => JSON.stringify(value) ?? 'none');
  return old === fresh ? [] : [`${path}: ${old} → ${fresh}`];
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
