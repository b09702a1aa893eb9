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
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
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
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** A group as a switch describes it. */
export interface GroupDescription {
  readonly groupType: GroupType;
  readonly group: number;
  readonly buckets: readonly GroupBucket[];
  readonly selection?: GroupSelectionMethod;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
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
  readonly flags: readonly (MeterFlag | number)[];
  readonly meter: number;
  readonly bands: readonly MeterBand[];
}

/** A meter as a switch describes it. */
export interface MeterDescription {
  readonly flags: readonly (MeterFlag | number)[];
  readonly meter: number;
  readonly bands: readonly MeterBand[];
}

export interface PacketAndByteCount {
  readonly packetCount: bigint;
  readonly byteCount: bigint;
}

export interface GroupStatistics extends PacketAndByteCount {
  readonly group: number;
  /** Flows and groups that send to this one. */
  readonly referenceCount: number;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  readonly buckets: readonly PacketAndByteCount[];
}

interface PerGroupType {
  readonly all: number;
  readonly select: number;
  readonly indirect: number;
  readonly fastFailover: number;
}

export interface GroupFeatures {
  /** Bit n is the type of group with number n: all, select, indirect, fast failover. */
  readonly types: number;
  /** OFPGFC_* bits: 1 select weight, 2 select liveness, 4 chaining, 8 chaining checks. */
  readonly capabilities: number;
  readonly maximumGroups: PerGroupType;
  /** Bit n is the action with number n. */
  readonly actions: PerGroupType;
}

export interface MeterStatistics extends PacketAndByteCount {
  readonly meter: number;
  /** Flows that use the meter. */
  readonly referenceCount: number;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  readonly bands: readonly PacketAndByteCount[];
}

export interface MeterFeatures {
  readonly maximumMeter: number;
  /** Bit n is the type of band with number n. */
  readonly bandTypes: number;
  /** Bits of meter flags. */
  readonly capabilities: number;
  readonly maximumBands: number;
  readonly maximumColor: number;
  /** OFPMFF_* bits. OpenFlow 1.5 only, and not with Open vSwitch. */
  readonly features?: number;
}
