import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, errorFromAnswer } from './errors.ts';
import { readEvents, type ServerSentEvent } from './events.ts';
import { paths } from './paths.ts';
import type { Transport } from './transport.ts';
import type { WatchCommit, WatchQuery } from './types.ts';

export interface WatchOptions extends WatchQuery {
  /** Ends the watch; the iteration then finishes without an error. */
  readonly signal?: AbortSignal;
  /** Called at every connection, the first one too. */
  readonly onConnect?: () => void;
  /** Called when the connection broke or could not be made; the watch tries again. */
  readonly onDisconnect?: (error: ApiError) => void;
}

/** The server sends something every 15 s; three times nothing means that the connection is dead. */
const idleMs = 45_000;
const firstRetryMs = 50;
const lastRetryMs = 5_000;

/**
 * Every commit that the query asks for, in order and without gaps: a broken connection is made anew from the last
 * revision, for as long as it takes.
 * @throws ApiError `compacted` when the history is gone, and whatever the API refuses (a wrong query)
 */
export async function* watch(transport: Transport, options: WatchOptions): AsyncGenerator<WatchCommit> {
  let after = options.after;
  let retryMs = firstRetryMs;
  while (!options.signal?.aborted) {
    try {
      const response = await transport.stream(watchPath(options, after), idleMs, options.signal);
      if (response.statusCode !== 200) throw await refusal(response);
      options.onConnect?.();
      for await (const event of readEvents(response)) {
        retryMs = firstRetryMs;
        const commit = readCommit(event);
        // The position moves before the commit is handed out: whoever stops in the middle has seen it.
        after = Number(event.id ?? after);
        if (commit) yield commit;
      }
      throw lost('the controller ended the watch');
    } catch (error) {
      if (options.signal?.aborted) return;
      const failure = error instanceof ApiError ? error : lost(String(error), error);
      if (!isPassing(failure)) throw failure;
      options.onDisconnect?.(failure);
      // Half of the pause is random, so that many agents do not come back at the same moment.
      await pause(retryMs * (0.5 + Math.random() / 2), options.signal);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    }
  }
}

/** Ends early, and without an error, when the watch is ended: the loop looks at the signal itself. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

function watchPath(query: WatchQuery, after: number | undefined): string {
  const search = new URLSearchParams();
  if (after !== undefined) search.set('after', String(after));
  if (query.kinds) search.set('kind', query.kinds.join(','));
  if (query.host !== undefined) search.set('host', query.host);
  return `${paths.watch}?${search}`;
}

function readCommit(event: ServerSentEvent): WatchCommit | undefined {
  if (event.data === '') return undefined;
  if (event.event === 'commit') return JSON.parse(event.data);
  if (event.event === 'compacted') {
    throw new ApiError('the history that the watch asked for is gone', {
      status: 200,
      code: 'compacted',
      value: event.data,
      fix: 'List again, and watch from the revision of the list.',
    });
  }
  if (event.event === 'error') throw ended(event.data);
  return undefined;
}

async function refusal(response: IncomingMessage): Promise<ApiError> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return errorFromAnswer(response.statusCode ?? 0, parse(text), paths.watch);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // errorFromAnswer says that the answer was no problem description
  }
}

/** The controller says itself why it ends a watch. */
function ended(data: string): ApiError {
  const { code, detail = data } = (parse(data) ?? {}) as { code?: string; detail?: string };
  if (code !== 'too-slow') return lost(`the controller ended the watch: ${detail}`);
  return new ApiError(`the controller ended the watch: ${detail}`, {
    status: 0,
    code: 'too-slow',
    fix: 'The watch connects again by itself and goes on where it was; read faster, or watch fewer kinds.',
  });
}

const lost = (message: string, cause?: unknown) =>
  new ApiError(message, {
    status: 0,
    code: 'unreachable',
    cause,
    fix: 'The watch connects again by itself.',
  });

const isPassing = (error: ApiError) =>
  ['unreachable', 'timeout', 'too-slow'].includes(error.code) || error.status >= 500;
