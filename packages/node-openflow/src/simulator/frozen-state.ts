import type { Action } from '../actions/types.ts';
import type { Instruction } from '../instructions/types.ts';
import type { Slots } from './slots.ts';
import type { Continuation } from './types.ts';

/** What is left of a flow once its instructions are put into the order in which they are carried out. */
export type Item =
  | Action
  | Exclude<Instruction, { type: 'apply-actions' | 'meter' | 'stat-trigger' | 'unknown' }>;

/** An item that is to be carried out, and the flow that it is from. */
export interface QueuedItem {
  readonly item: Item;
  readonly table: number;
  readonly cookie: bigint;
}

/** A value on the stack; its width decides what a shorter pop takes. */
export interface StackEntry {
  readonly value: bigint;
  readonly bits: number;
}

/** The state of the walk through the tables while the packet is elsewhere. */
export interface FrozenState extends Continuation {
  readonly table: number;
  /** Registers, metadata, input port and tunnel. */
  readonly pipeline: Slots;
  readonly stack: readonly StackEntry[];
  /** What goes on; when absent a lookup in `table` does. */
  readonly items?: readonly QueuedItem[];
  /** Whether the tables may see what the connection tracker said. */
  readonly tracked: boolean;
}

const frozenSlot = /^(reg\d+|metadata|in_port|tun(nel)?_.*)$/;

/** The part of the fields that outlives the way through the datapath. */
export function freezePipeline(slots: ReadonlyMap<string, bigint>): Slots {
  return new Map([...slots].filter(([slot]) => frozenSlot.test(slot)));
}

/** Replaces that part of the fields by what was frozen. */
export function thawPipeline(slots: Slots, frozen: ReadonlyMap<string, bigint>): void {
  for (const slot of [...slots.keys()]) if (frozenSlot.test(slot)) slots.delete(slot);
  for (const [slot, value] of frozen) slots.set(slot, value);
}
