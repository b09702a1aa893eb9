import type { Action } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';

export type GroupType = 'all' | 'select' | 'indirect' | 'fast-failover';
export type GroupModCommand =
  | 'add'
  | 'modify'
  | 'delete'
  | 'add-or-modify'
  | 'insert-bucket'
  | 'remove-bucket';

export interface GroupBucket {
  /** Default: the smallest number that no later bucket has. OpenFlow 1.5 only. */
  readonly id?: number;
  /** Share of the traffic in `select` groups; default 1 there and 0 elsewhere. */
  readonly weight?: number;
  readonly watchPort?: number;
  readonly watchGroup?: number;
  readonly actions: readonly Action[];
}

/** How a `select` group picks a bucket (Open vSwitch's extension of OpenFlow 1.5). */
export interface GroupSelectionMethod {
  /** `hash` or `dp_hash`, up to 15 characters. */
  readonly method: string;
  readonly parameter?: bigint;
  /** Fields that are hashed, as exact matches with an all-ones value, or masks. */
  readonly fields?: Match;
}

export interface GroupMod {
  readonly type: 'group-mod';
  readonly command: GroupModCommand;
  readonly groupType: GroupType;
  readonly group: number;
  /** For insert and remove: a bucket id, or OFPG_BUCKET_FIRST, LAST, ALL. Default ALL (0xffffffff). */
  readonly commandBucketId?: number;
  readonly buckets: readonly GroupBucket[];
  readonly selection?: GroupSelectionMethod;
}

/** A group as a switch describes it. */
export interface GroupDescription {
  readonly groupType: GroupType;
  readonly group: number;
  readonly buckets: readonly GroupBucket[];
  readonly selection?: GroupSelectionMethod;
}

export type MeterFlag = 'kilobits' | 'packets' | 'burst' | 'statistics';

/** `rate` and `burst` are in kilobits or packets per second, as the meter's flags say. */
export type MeterBand =
  | { readonly type: 'drop'; readonly rate: number; readonly burst?: number }
  | {
      readonly type: 'dscp-remark';
      readonly rate: number;
      readonly burst?: number;
      readonly precedenceLevel: number;
    }
  /** A band this library does not know, whole. */
  | { readonly type: 'unknown'; readonly raw: Uint8Array };

export interface MeterMod {
  readonly type: 'meter-mod';
  readonly command: 'add' | 'modify' | 'delete';
  readonly flags: readonly MeterFlag[];
  readonly meter: number;
  readonly bands: readonly MeterBand[];
}

/** A meter as a switch describes it. */
export interface MeterDescription {
  readonly flags: readonly MeterFlag[];
  readonly meter: number;
  readonly bands: readonly MeterBand[];
}
