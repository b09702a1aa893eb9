import { formatActions } from '../actions/registry.ts';
import type { Action } from '../actions/types.ts';
import { formatInstructions } from '../instructions/registry.ts';
import type { FormatOptions } from '../text/context.ts';
import type { Item } from './frozen-state.ts';

type OnlyInstruction = Exclude<Item, Action>;

function isInstruction(item: Item): item is OnlyInstruction {
  return item.type === 'goto-table' || item.type === 'clear-actions' || item.type === 'write-actions';
}

/** An item as ovs-ofctl writes it. */
export function formatItem(item: Item, names: FormatOptions): string {
  return isInstruction(item) ? formatInstructions([item], names) : formatActions([item as Action], names);
}
