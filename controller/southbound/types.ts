import type { ConnectionSettings } from 'node-openflow';
import type { DesiredState } from '../compiler/types.ts';
import type { ScopeKey } from '../pipeline/index.ts';
import type { Metrics } from './metrics.ts';

/** What is used of a pino logger: fields first, then the sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Bounds of everything that could grow or wait without end. */
export interface Limits {
  /** Connections of datapaths that no host has registered yet. */
  readonly waitingConnections: number;
  /** How long such a connection may wait, in milliseconds. */
  readonly waitingMs: number;
  /** Each answer that the handshake needs, in milliseconds. */
  readonly handshakeMs: number;
  /** Silence of a switch in the middle of a dump, or with a full socket, that ends a resync, in milliseconds. */
  readonly resyncMs: number;
  /** How long a fragment is held back for others, in milliseconds. */
  readonly gateMs: number;
  /** Barriers without a reply on one connection. */
  readonly outstandingBarriers: number;
  /** Bytes queued for one switch. */
  readonly queuedBytes: number;
  /** Revisions for which it is known which hosts they touch. */
  readonly rememberedRevisions: number;
  /** Calls of `applied` that wait at the same time. */
  readonly receiptWaiters: number;
}

export const defaultLimits: Limits = {
  waitingConnections: 1_000,
  waitingMs: 60_000,
  handshakeMs: 10_000,
  resyncMs: 60_000,
  gateMs: 3_000,
  outstandingBarriers: 10_000,
  queuedBytes: 64 * 1024 * 1024,
  rememberedRevisions: 10_000,
  receiptWaiters: 10_000,
};

export interface SouthboundOptions {
  readonly desired: DesiredState;
  /** The host that registered this datapath id (16 lower-case hexadecimal digits). */
  readonly hostByDatapath: (datapathId: string) => { readonly hostId: string } | undefined;
  /** Fences the primary role: a switch refuses a controller whose generation is older than one it has seen. */
  readonly generationId: () => bigint;
  readonly logger: Logger;
  readonly limits?: Partial<Limits>;
  readonly connection?: ConnectionSettings;
}

/** A switch refused a message. */
export interface Rejection {
  readonly hostId: string;
  /** Newest revision among those that the refused message may belong to. */
  readonly revision: number;
  /** OpenFlow names, for example OFPET_FLOW_MOD_FAILED and OFPFMFC_TABLE_FULL. */
  readonly errorType: string;
  readonly errorCode: string;
  /** Of the refused flow-mod; undefined when another message was refused. */
  readonly cookie?: bigint;
  readonly scope?: ScopeKey;
  /** The fragment whose flow was refused, when the host still has it in the desired state. */
  readonly fragment?: string;
}

export interface SouthboundEvents {
  /** A switch is adopted and has what it should have, but for what its barrier confirms later. */
  up: [hostId: string];
  down: [hostId: string, reason: string];
  /** Every host's newest confirmed revision, as it changes. */
  confirmed: [hostId: string, revision: number];
  rejected: [rejection: Rejection];
}

export interface HostSessionLiveness {
  readonly openflow: 'up' | 'down';
  /** Newest revision that the switch has confirmed on this connection, or on the last one when there is none. */
  readonly appliedRevision: number;
}

export type { Metrics };
