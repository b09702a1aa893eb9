import type { FieldName } from '../fields/names.ts';

/** Thresholds, in percent of free space, at which a switch reports how full a table is. */
export interface TableVacancy {
  readonly down: number;
  readonly up: number;
  /** Free space now; in descriptions only. */
  readonly current?: number;
}

/** What is configured about a table. */
export interface TableConfiguration {
  readonly table: number;
  /** OFPTC_* bits: 4 eviction, 8 vacancy events. */
  readonly config: number;
  /** OFPTMPEF_* bits: 1 other, 2 importance, 4 lifetime. OpenFlow 1.4 and later, like all below. */
  readonly eviction?: number;
  readonly vacancy?: TableVacancy;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

export interface TableMod extends TableConfiguration {
  readonly type: 'table-mod';
}

/** Why a table's status is told; a number is a reason without a name. */
export type TableReason = 'vacancy-down' | 'vacancy-up' | number;

/** Tells that a table is fuller or emptier than a threshold (OpenFlow 1.4 and later). */
export interface TableStatus {
  readonly type: 'table-status';
  readonly reason: TableReason;
  readonly table: TableConfiguration;
}

export interface TableStatistics {
  readonly table: number;
  readonly activeCount: number;
  readonly lookupCount: bigint;
  readonly matchedCount: bigint;
}

/** An action or instruction without its values: its name or number, or an experimenter's whole entry. */
export type FeatureId = string | number | Uint8Array;

/** A field in a list of fields. */
export interface FieldFeature {
  readonly field: FieldName;
  /** Whether it may have a mask. */
  readonly maskable?: boolean;
  /** Bytes on the wire, for `tun_metadataN` and unknown fields only. */
  readonly size?: number;
}

/** One capability of a table. Those that end in `-miss` are about packets that no other flow matches. */
export type TableFeatureProperty =
  | { readonly type: 'instructions' | 'instructions-miss'; readonly instructions: readonly FeatureId[] }
  | {
      readonly type: 'next-tables' | 'next-tables-miss' | 'table-sync-from';
      readonly tables: readonly number[];
    }
  | {
      readonly type: 'write-actions' | 'write-actions-miss' | 'apply-actions' | 'apply-actions-miss';
      readonly actions: readonly FeatureId[];
    }
  | {
      readonly type:
        | 'match'
        | 'wildcards'
        | 'write-setfield'
        | 'write-setfield-miss'
        | 'apply-setfield'
        | 'apply-setfield-miss'
        | 'write-copyfield'
        | 'write-copyfield-miss'
        | 'apply-copyfield'
        | 'apply-copyfield-miss';
      readonly fields: readonly FieldFeature[];
    }
  /** Namespace in the upper 16 bits. */
  | { readonly type: 'packet-types'; readonly packetTypes: readonly number[] }
  /** A property this library does not know, whole. */
  | { readonly type: 'unknown'; readonly raw: Uint8Array };

export interface TableFeatures {
  readonly table: number;
  /** What a request does with the table: 0 replace, 1 modify, 2 enable, 3 disable. OpenFlow 1.5 only. */
  readonly command?: number;
  /** OFPTFF_* bits. OpenFlow 1.5 only. */
  readonly features?: number;
  readonly name: string;
  /** Bits of the metadata that can be matched. */
  readonly metadataMatch: bigint;
  /** Bits of the metadata that can be written. */
  readonly metadataWrite: bigint;
  /** OFPTC_* bits. */
  readonly capabilities: number;
  readonly maximumEntries: number;
  readonly properties: readonly TableFeatureProperty[];
}
