import type { Match } from '../fields/match.ts';
import type { Instruction } from '../instructions/types.ts';
import type { FlowRemovedReason } from './flow-mod-types.ts';

/** What a monitor reports (the first four) and how. `only-own` is not in OpenFlow 1.3. */
export type FlowMonitorFlag =
  | 'initial'
  | 'add'
  | 'removed'
  | 'modify'
  | 'instructions'
  | 'no-abbreviations'
  | 'only-own';

/** Asks a switch to report changes of flows. */
export interface FlowMonitorRequest {
  readonly monitor: number;
  /** Default `add`. In OpenFlow 1.3 cancelling has a message of its own. */
  readonly command?: 'add' | 'modify' | 'delete';
  readonly flags: readonly (FlowMonitorFlag | number)[];
  /** Default `allTables`. */
  readonly table?: number;
  readonly outPort?: number;
  /** Not in OpenFlow 1.3. */
  readonly outGroup?: number;
  readonly match?: Match;
}

/** A change of a flow. */
export type FlowUpdate =
  | {
      readonly event: 'initial' | 'added' | 'removed' | 'modified';
      readonly table: number;
      /** For `removed`. */
      readonly reason?: FlowRemovedReason;
      readonly priority: number;
      readonly idleTimeout: number;
      readonly hardTimeout: number;
      readonly cookie: bigint;
      readonly match: Match;
      readonly instructions: readonly Instruction[];
    }
  /** The change that the request with this transaction id asked for. */
  | { readonly event: 'abbreviated'; readonly xid: number }
  /** Reports stop, since too many wait, and go on. In OpenFlow 1.3 these are messages of their own. */
  | { readonly event: 'paused' | 'resumed' };

/** Ends a monitor (OpenFlow 1.3 only). */
export interface FlowMonitorCancel {
  readonly type: 'flow-monitor-cancel';
  readonly monitor: number;
}

/** Reports of flow monitors stop, since too many wait (OpenFlow 1.3 only). */
export interface FlowMonitorPaused {
  readonly type: 'flow-monitor-paused';
}

/** Reports of flow monitors go on (OpenFlow 1.3 only). */
export interface FlowMonitorResumed {
  readonly type: 'flow-monitor-resumed';
}
