import type { Match } from '../fields/match.ts';
import type { Instruction } from '../instructions/types.ts';

export type FlowModCommand = 'add' | 'modify' | 'modify-strict' | 'delete' | 'delete-strict';

export type FlowFlag =
  | 'send-flow-removed'
  | 'check-overlap'
  | 'reset-counts'
  | 'no-packet-counts'
  | 'no-byte-counts';

/** Adds, changes or removes flows. Timeouts are seconds; 0 or absent means none. */
export interface FlowMod {
  readonly type: 'flow-mod';
  readonly command: FlowModCommand;
  /** 0–254; 255 means all tables and is allowed for deletions only. */
  readonly table: number;
  /** Default 32768. */
  readonly priority?: number;
  /** Default 0. */
  readonly cookie?: bigint;
  /** For modify and delete: bits of the cookie that must be equal; default 0, which restricts nothing. */
  readonly cookieMask?: bigint;
  readonly idleTimeout?: number;
  readonly hardTimeout?: number;
  readonly importance?: number;
  /** Default 0xffffffff: no buffered packet. */
  readonly bufferId?: number;
  /** For deletions: only flows that send to this port. Default any. */
  readonly outPort?: number;
  /** For deletions: only flows that send to this group. Default any. */
  readonly outGroup?: number;
  /** A number stands for bits without a name. */
  readonly flags?: readonly (FlowFlag | number)[];
  readonly match: Match;
  readonly instructions: readonly Instruction[];
}

/** Why a flow went away; a number is a reason without a name. */
export type FlowRemovedReason =
  | 'idle-timeout'
  | 'hard-timeout'
  | 'delete'
  | 'group-delete'
  | 'meter-delete'
  | 'eviction'
  | number;

/** Counters and age of a flow. What a switch does not tell is absent. */
export interface FlowStatistics {
  readonly durationSeconds?: number;
  readonly durationNanoseconds?: number;
  readonly idleSeconds?: number;
  readonly idleNanoseconds?: number;
  readonly flowCount?: number;
  readonly packetCount?: bigint;
  readonly byteCount?: bigint;
  /** Entries of OpenFlow 1.5 that this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** The counters of a flow (OpenFlow 1.5), told on request or when a threshold is passed. */
export interface FlowCounters extends FlowStatistics {
  readonly table: number;
  readonly reason: 'request' | 'trigger' | number;
  readonly priority: number;
  readonly match: Match;
}

/** A flow as a switch describes it. */
export interface FlowDescription extends FlowStatistics {
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly importance: number;
  readonly flags: readonly (FlowFlag | number)[];
  readonly match: Match;
  readonly instructions: readonly Instruction[];
}

/** Tells that a flow went away. */
export interface FlowRemoved extends FlowStatistics {
  readonly type: 'flow-removed';
  readonly reason: FlowRemovedReason;
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly match: Match;
}
