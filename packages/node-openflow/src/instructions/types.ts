import type { Action } from '../actions/types.ts';
import type { FlowStatistics } from '../messages/flow-mod-types.ts';

/** Has the switch tell the flow's statistics when they pass a threshold (OpenFlow 1.5). */
export interface StatTriggerInstruction {
  readonly type: 'stat-trigger';
  /** `periodic` tells at every multiple of a threshold, `only-first` at the first one that is passed. */
  readonly flags: readonly ('periodic' | 'only-first' | number)[];
  readonly thresholds: FlowStatistics;
}

/** What a flow does with a packet that it matches (OpenFlow 1.5.1, section 7.2.4). */
export type Instruction =
  | { readonly type: 'apply-actions'; readonly actions: readonly Action[] }
  | { readonly type: 'write-actions'; readonly actions: readonly Action[] }
  | { readonly type: 'clear-actions' }
  | { readonly type: 'goto-table'; readonly table: number }
  | { readonly type: 'write-metadata'; readonly metadata: bigint; readonly mask?: bigint }
  /** OpenFlow 1.3 and 1.4 only; in 1.5 metering is an action. */
  | { readonly type: 'meter'; readonly meter: number }
  | StatTriggerInstruction
  | { readonly type: 'unknown'; readonly raw: Uint8Array };
