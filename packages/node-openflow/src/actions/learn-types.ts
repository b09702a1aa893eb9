import type { Subfield } from '../fields/match.ts';
import type { FieldValue } from '../fields/names.ts';

/** One part of the flow that `learn` makes: a condition of its match or one of its actions. */
export type LearnSpec =
  | { readonly type: 'match-field'; readonly source: Subfield; readonly destination: Subfield }
  | { readonly type: 'match-immediate'; readonly value: FieldValue; readonly destination: Subfield }
  | { readonly type: 'load-field'; readonly source: Subfield; readonly destination: Subfield }
  | { readonly type: 'load-immediate'; readonly value: FieldValue; readonly destination: Subfield }
  | { readonly type: 'output'; readonly source: Subfield };

export type LearnFlag = 'send-flow-removed' | 'delete-learned';

/** Adds or refreshes a flow made from the packet at hand. Times are seconds; 0 or absent means none. */
export interface LearnAction {
  readonly type: 'learn';
  readonly table: number;
  readonly idleTimeout?: number;
  readonly hardTimeout?: number;
  /** Default 32768. */
  readonly priority?: number;
  readonly cookie?: bigint;
  readonly flags?: readonly (LearnFlag | number)[];
  readonly finIdleTimeout?: number;
  readonly finHardTimeout?: number;
  /** Most flows with this cookie and table that may exist; absent or 0 means no limit. */
  readonly limit?: number;
  /** One bit that is set to 1 when the flow was learned, or existed, and to 0 when the limit forbade it. */
  readonly resultDestination?: Subfield;
  readonly specs: readonly LearnSpec[];
}
