import type { Action } from '../actions/types.ts';

/** What a flow does with a packet that it matches (OpenFlow 1.5.1, section 7.2.4). */
export type Instruction =
  | { readonly type: 'apply-actions'; readonly actions: readonly Action[] }
  | { readonly type: 'write-actions'; readonly actions: readonly Action[] }
  | { readonly type: 'clear-actions' }
  | { readonly type: 'goto-table'; readonly table: number }
  | { readonly type: 'write-metadata'; readonly metadata: bigint; readonly mask?: bigint }
  /** OpenFlow 1.3 and 1.4 only; in 1.5 metering is an action. */
  | { readonly type: 'meter'; readonly meter: number }
  | { readonly type: 'unknown'; readonly raw: Uint8Array };
