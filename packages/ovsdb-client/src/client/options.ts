/** What a client is made from. */

import { OvsdbError } from '../errors.ts';
import type { TlsOptions } from '../jsonrpc/endpoint.ts';

export interface ReconnectOptions {
  /** Milliseconds before the first new attempt; doubled after each failure. */
  readonly minMs?: number;
  /** Upper bound of the milliseconds between attempts. */
  readonly maxMs?: number;
}

export interface OvsdbClientOptions {
  /**
   * Where the servers are: `unix:/absolute/path`, `tcp:host:port` or `ssl:host:port` (IPv6 addresses in brackets). With
   * several, they are tried in turn; they are meant to be the members of one cluster.
   */
  readonly endpoints: readonly string[];
  /** Certificates for `ssl:` endpoints. */
  readonly tls?: TlsOptions;
  /** An idle connection is probed after so many milliseconds, and given up after as many more. 0: never. Default 5000. */
  readonly inactivityProbeMs?: number;
  /** Time to establish one connection and to prepare it. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Time for a request to be answered, the time to wait for a connection included. Default 30000. */
  readonly requestTimeoutMs?: number;
  /** Time for the first contents of a monitor, which can be large. Default 120000. */
  readonly monitorTimeoutMs?: number;
  /** `false`: the first loss of the connection is final. Default `{ minMs: 100, maxMs: 8000 }`. */
  readonly reconnect?: ReconnectOptions | false;
  /**
   * Use only the leader of a cluster: `true` for all clustered databases of the server, or the names of those that
   * matter. Without it, any member that is in touch with its cluster will do.
   */
  readonly leaderOnly?: boolean | readonly string[];
  /** Upper bound of requests waiting for a reply; more are refused with OVSDB_OVERFLOW. At least 2, default 10000. */
  readonly maxPendingRequests?: number;
  /** Upper bound of the bytes of one message from the server. Default 256 MiB. */
  readonly maxMessageBytes?: number;
}

export interface RequestOptions {
  /** Overrides `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /**
   * Cancels the transaction. The promise then still tells the truth: it is rejected with OVSDB_CANCELED only when the
   * server confirms that nothing was committed.
   */
  readonly signal?: AbortSignal;
}

export interface ConnectOptions {
  /** Gives up waiting after so many milliseconds; the client itself goes on trying until it is closed. */
  readonly timeoutMs?: number;
}

export interface LockOptions {
  /** Take the lock from its owner instead of waiting for it. */
  readonly steal?: boolean;
}

/** Options with their defaults filled in. */
export interface ResolvedOptions {
  readonly endpoints: readonly string[];
  readonly tls: TlsOptions | undefined;
  readonly inactivityProbeMs: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly monitorTimeoutMs: number;
  readonly retry: boolean;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly leaderOnly: boolean | readonly string[];
  readonly maxPendingRequests: number;
  readonly maxMessageBytes: number;
}

/** @throws OvsdbError OVSDB_BAD_OPTION naming the option */
export function resolveOptions(options: OvsdbClientOptions): ResolvedOptions {
  if (!Array.isArray(options.endpoints) || options.endpoints.length === 0) {
    throw new OvsdbError('OVSDB_BAD_OPTION', 'endpoints must be an array with at least one endpoint');
  }
  const backoff = options.reconnect === false ? {} : (options.reconnect ?? {});
  const minBackoffMs = atLeast(1, 'reconnect.minMs', backoff.minMs ?? 100);
  return {
    endpoints: options.endpoints,
    tls: options.tls,
    inactivityProbeMs: atLeast(0, 'inactivityProbeMs', options.inactivityProbeMs ?? 5000),
    connectTimeoutMs: atLeast(1, 'connectTimeoutMs', options.connectTimeoutMs ?? 5000),
    requestTimeoutMs: atLeast(1, 'requestTimeoutMs', options.requestTimeoutMs ?? 30_000),
    monitorTimeoutMs: atLeast(1, 'monitorTimeoutMs', options.monitorTimeoutMs ?? 120_000),
    retry: options.reconnect !== false,
    minBackoffMs,
    maxBackoffMs: atLeast(minBackoffMs, 'reconnect.maxMs', backoff.maxMs ?? Math.max(8000, minBackoffMs)),
    leaderOnly: options.leaderOnly ?? false,
    maxPendingRequests: atLeast(2, 'maxPendingRequests', options.maxPendingRequests ?? 10_000),
    maxMessageBytes: atLeast(1024, 'maxMessageBytes', options.maxMessageBytes ?? 256 * 1024 * 1024),
  };
}

/** Timers hold at most 2^31 - 1 milliseconds, and nothing here needs more. */
const largest = 2 ** 31 - 1;

function atLeast(least: number, name: string, value: number): number {
  if (!Number.isInteger(value) || value < least || value > largest) {
    throw new OvsdbError(
      'OVSDB_BAD_OPTION',
      `${name} must be an integer from ${least} to ${largest}, not ${value}`,
    );
  }
  return value;
}
