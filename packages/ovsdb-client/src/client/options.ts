/** What a client is made from. */

import type { ConnectionOptions } from 'node:tls';

/** Part of the options of `tls.connect` that makes sense here; certificates are PEM text. */
export type TlsOptions = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'servername'
  | 'rejectUnauthorized'
  | 'checkServerIdentity'
  | 'minVersion'
>;

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
  /** Upper bound of requests waiting for a reply; more are refused with OVSDB_OVERFLOW. Default 10000. */
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
