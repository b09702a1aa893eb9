import type { Principal } from '@weft/api/auth';
import type { Caller, Commit } from '@weft/controller';
import { type AnyResource, WeftError } from '@weft/controller/resources';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isApiKind, type WatchChange } from '../contract/index.ts';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { EventStream } from './event-stream.ts';
import { ref, type Schema } from './json-schema.ts';
import { checkedKind, exposedKinds } from './kinds.ts';
import { operation } from './operations.ts';

export const watchUrl = '/v1/watch';

const watchQuery: Schema = {
  type: 'object',
  properties: {
    after: {
      type: 'integer',
      minimum: 0,
      description: 'the revision that was seen last; without it, only what comes from now on',
    },
    kind: { type: 'string', maxLength: 1000, description: 'only these kinds, separated by commas' },
    host: {
      type: 'string',
      maxLength: 63,
      description: 'only instances on this host with their interfaces, and bindings of it',
    },
  },
  additionalProperties: false,
};

interface WatchQuery {
  readonly after?: number;
  readonly kind?: string;
  readonly host?: string;
}

type Change = Commit['changes'][number];

/** `GET /v1/watch`: commits as server-sent events. */
export function registerWatchRoute(server: FastifyInstance, context: RouteContext): void {
  const streams = new Set<EventStream>();
  const watching = new Map<string, number>();
  server.addHook('preClose', async () => {
    for (const stream of streams)
      stream.end('error', { code: 'unavailable', detail: 'the controller stops' });
  });
  server.route({
    method: 'GET',
    url: watchUrl,
    exposeHeadRoute: false,
    config: { access: 'everybody' },
    schema: {
      ...operation('watch', 'watch', 'Follow changes as server-sent events', {
        description:
          'Event `commit` for every commit with changes that the query asks for, in order and without gaps; its id is the revision, from which a client goes on by `after` or `Last-Event-ID`. Event `compacted`: the history is gone, list again. Event `error`: the stream ends, come back.',
      }),
      querystring: watchQuery,
      response: {
        200: {
          description: 'a stream of events; the data of `commit` is a WatchCommit',
          content: { 'text/event-stream': { schema: ref('WatchCommit') } },
        },
        '4xx': {
          description: 'refused',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
    handler: async (request, reply) => {
      const query = request.query as WatchQuery;
      const wanted = wantedBy(query, hostOf(context.controller, callerOf(request)));
      const after = query.after ?? lastEventId(request) ?? context.controller.revision;
      const caller = callerOf(request);
      const leave = enter(watching, caller.name, context.watchesPerCaller);
      reply.hijack();
      await follow(context, after, { caller, wanted }, (onEnd) => {
        const options = { backlogBytes: context.watchBacklogBytes, keepAliveMs: context.watchKeepAliveMs };
        const stream = new EventStream(reply.raw, after, options, () => {
          streams.delete(stream);
          leave();
          onEnd();
        });
        streams.add(stream);
        return stream;
      });
    },
  });
}

/** Joins the controller's watch and a stream for as long as both last. */
async function follow(
  { controller, authenticator, logger }: RouteContext,
  after: number,
  { caller, wanted }: { caller: Principal; wanted: (change: Change) => boolean },
  open: (onEnd: () => void) => EventStream,
): Promise<void> {
  let watch: { close(): void } | undefined;
  const stream = open(() => watch?.close());
  if (after > controller.revision) {
    // The store is younger than what the client has seen: it was replaced, and nothing the client knows still holds.
    stream.end('compacted', { oldestRevision: 0, revision: controller.revision });
    return;
  }
  try {
    watch = await controller.watch(after, (commit) => {
      if (stream.ended) return;
      if (commit.changes.some(concernsKeys) && !authenticator.isValid(caller)) {
        stream.end('error', { code: 'unauthenticated', detail: 'the access key is no longer accepted' });
        return;
      }
      const changes = controller.visibleChanges(commit, caller).filter(wanted).map(shown);
      if (changes.length === 0) stream.skipTo(commit.revision);
      else stream.send('commit', commit.revision, { revision: commit.revision, changes });
    });
    if (stream.ended) watch.close();
  } catch (error) {
    if (isCompacted(error)) {
      stream.end('compacted', { oldestRevision: error.oldestRevision, revision: controller.revision });
      return;
    }
    logger.error({ err: error, after }, 'a watch could not start');
    stream.end('error', { code: 'internal', detail: 'the watch could not start' });
  }
}

/** By name, so that the API can be loaded without everything that a controller consists of. */
const isCompacted = (error: unknown): error is Error & { oldestRevision: number } =>
  error instanceof Error && error.name === 'StoreCompacted';

const concernsKeys = ({ kind }: Change) => kind === 'access-key' || kind === 'account';

/**
 * Counts one more watch of a caller.
 * @returns to be called when it has ended
 * @throws WeftError rate-limited
 */
function enter(watching: Map<string, number>, name: string, most = Number.POSITIVE_INFINITY): () => void {
  const count = watching.get(name) ?? 0;
  if (count >= most) {
    throw new WeftError('rate-limited', `${name} has ${count} watches already`, {
      fix: 'End some of them; one watch can follow several kinds.',
    });
  }
  watching.set(name, count + 1);
  return () => {
    const left = (watching.get(name) ?? 1) - 1;
    if (left > 0) watching.set(name, left);
    else watching.delete(name);
  };
}

function wantedBy(query: WatchQuery, of: HostOf): (change: Change) => boolean {
  const kinds = new Set(query.kind === undefined ? exposedKinds : query.kind.split(',').map(checkedKind));
  return (change) =>
    isApiKind(change.kind) &&
    kinds.has(change.kind) &&
    (query.host === undefined || concernsHost(change, query.host, of));
}

/** Where an instance is, or undefined when it is not there any more. */
type HostOf = (instanceId: string) => string | undefined;

const hostOf =
  (controller: RouteContext['controller'], caller: Caller): HostOf =>
  (instanceId) => {
    try {
      return controller.read('instance', instanceId, caller).spec.hostId;
    } catch (error) {
      if (error instanceof WeftError && error.code === 'not-found') return undefined;
      throw error;
    }
  };

/** An instance that left the host concerns it too, and an interface that was taken from one there. */
const concernsHost = (change: Change, host: string, of: HostOf) =>
  isOnHost(change.before, host, of) || isOnHost(change.after, host, of);

function isOnHost(resource: AnyResource | undefined, host: string, of: HostOf): boolean {
  switch (resource?.kind) {
    case 'instance':
    case 'binding':
      return (resource.spec as { hostId: string }).hostId === host;
    case 'network-interface':
      return resource.spec.instanceId !== undefined && of(resource.spec.instanceId) === host;
    default:
      return false;
  }
}

const shown = ({ kind, id, after }: Change) => ({ kind, id, ...(after ? { after } : {}) }) as WatchChange;

/** Browsers send it when they connect again (WHATWG HTML, section 9.2.4). */
function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
