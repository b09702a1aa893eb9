import type { Action, PacketInReason } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';

/** A packet for the controller, in the standard form. */
export interface PacketIn {
  readonly type: 'packet-in';
  /** 0xffffffff when not buffered. */
  readonly bufferId: number;
  /** Length of the whole packet; `data` may be shorter. */
  readonly totalLength: number;
  readonly reason: PacketInReason;
  readonly table: number;
  readonly cookie: bigint;
  /** Pipeline fields: `in_port`, `metadata`, registers, tunnel. */
  readonly match: Match;
  readonly data: Uint8Array;
}

/** What Nicira's packet-in2 and resume carry. Properties that were absent are absent. */
export interface PacketInProperties {
  readonly packet?: Uint8Array;
  /** Length of the whole packet, when `packet` is shorter. */
  readonly fullLength?: number;
  readonly bufferId?: number;
  readonly table?: number;
  readonly cookie?: bigint;
  readonly reason?: PacketInReason;
  /** Pipeline fields: `in_port`, `metadata`, registers, tunnel. */
  readonly metadata?: Match;
  /** What the `controller` action carried. */
  readonly userdata?: Uint8Array;
  /** Opaque: return it as it is in `resume`. */
  readonly continuation?: Uint8Array;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** A packet for the controller, in Nicira's extensible form (NXT_PACKET_IN2). */
export interface PacketIn2 extends PacketInProperties {
  readonly type: 'packet-in2';
}

/** Continues a packet that a `controller(pause)` action holds (NXT_RESUME). */
export interface Resume extends PacketInProperties {
  readonly type: 'resume';
}

/** Sends a packet. */
export interface PacketOut {
  readonly type: 'packet-out';
  /** Default 0xffffffff: the packet is in `data`. */
  readonly bufferId?: number;
  /** Default `ports.controller`. */
  readonly inPort?: number;
  /** Further pipeline fields (OpenFlow 1.5 only); `in_port` belongs in `inPort`. */
  readonly match?: Match;
  readonly actions: readonly Action[];
  readonly data?: Uint8Array;
}
