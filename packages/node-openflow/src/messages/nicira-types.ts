import type { PacketInReason } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';
import type { FlowRemovedReason } from './flow-mod-types.ts';
import type { AsyncMasks } from './session-types.ts';

/*
 * Messages that Open vSwitch had before OpenFlow did, and takes in every version.
 */

export interface NiciraRoleRequest {
  readonly type: 'nicira-role-request';
  readonly role: 'equal' | 'primary' | 'secondary';
}

export interface NiciraRoleReply {
  readonly type: 'nicira-role-reply';
  readonly role: 'equal' | 'primary' | 'secondary';
}

/** A packet for the controller after `set-packet-in-format` with `nxt-packet-in`. */
export interface NiciraPacketIn {
  readonly type: 'nicira-packet-in';
  /** 0xffffffff when not buffered. */
  readonly bufferId: number;
  /** Length of the whole packet; `data` may be shorter. */
  readonly totalLength: number;
  readonly reason: PacketInReason;
  readonly table: number;
  readonly cookie: bigint;
  readonly match: Match;
  readonly data: Uint8Array;
}

export interface NiciraFlowRemoved {
  readonly type: 'nicira-flow-removed';
  readonly cookie: bigint;
  readonly priority: number;
  readonly reason: FlowRemovedReason;
  /** Absent when the switch does not tell. */
  readonly table?: number;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  readonly idleTimeout: number;
  readonly packetCount: bigint;
  readonly byteCount: bigint;
  readonly match: Match;
}

/** Lets the upper eight bits of a flow-mod's command be its table (OpenFlow 1.0). */
export interface NiciraFlowModTableId {
  readonly type: 'nicira-flow-mod-table-id';
  readonly set: boolean;
}

/** An early form of `set-config` for flow expiry; Open vSwitch knows its number and refuses it. */
export interface NiciraFlowAge {
  readonly type: 'nicira-flow-age';
}

/** As `set-async` in OpenFlow 1.3. */
export interface NiciraSetAsync {
  readonly type: 'nicira-set-async';
  readonly masks: AsyncMasks;
}

/** As `set-async` in OpenFlow 1.4, for 1.3. */
export interface NiciraSetAsync2 {
  readonly type: 'nicira-set-async2';
  readonly masks: AsyncMasks;
}
