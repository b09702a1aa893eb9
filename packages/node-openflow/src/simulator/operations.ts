import type { NetworkAddressTranslation, PacketInReason } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';
import type { FrozenState } from './frozen-state.ts';
import type { FieldValues } from './types.ts';

/** Bits to be written. */
export interface MaskedValue {
  readonly value: bigint;
  readonly mask: bigint;
}

/** What the connection tracker is asked to do with a packet. */
export interface ConntrackRequest {
  readonly zone: number;
  readonly commit: boolean;
  readonly force: boolean;
  readonly mark?: MaskedValue;
  readonly label?: MaskedValue;
  readonly nat?: NetworkAddressTranslation;
}

/** A packet for controllers. With `held` its processing stops here, until it is resumed. */
export interface ControllerOperation {
  readonly type: 'controller';
  readonly id: number;
  readonly reason: PacketInReason;
  readonly table: number;
  readonly cookie: bigint;
  readonly metadata: Match;
  readonly userdata?: Uint8Array;
  readonly maxLength?: number;
  readonly meter?: number;
  readonly held?: FrozenState;
}

/**
 * What the tables ask the datapath to do, in order. As in Open vSwitch, the tables are walked completely before anything
 * happens to the packet: a packet that was translated or tracked is seen by tables only after a `resume`.
 */
export type Operation =
  /** Writes headers: slots and their new values. */
  | { readonly type: 'set'; readonly slots: ReadonlyMap<string, bigint> }
  | ({ readonly type: 'conntrack' } & ConntrackRequest)
  | { readonly type: 'conntrack-clear' }
  /** Sends a copy of the packet, as it is now, through the tables again. */
  | { readonly type: 'resume'; readonly state: FrozenState }
  | {
      readonly type: 'output';
      readonly port: number;
      readonly tunnel?: FieldValues;
      readonly maxLength?: number;
    }
  | ControllerOperation
  /** Runs operations on a copy of the packet. */
  | { readonly type: 'clone'; readonly operations: readonly Operation[] }
  | { readonly type: 'meter'; readonly meter: number };
