import type { CheckPacketLargerAction, CloneAction, ResubmitAction } from '../actions/types.ts';
import { ports } from '../ports.ts';
import type { Item } from './frozen-state.ts';
import { readTags } from './packet-slots.ts';
import { writeSubfield } from './slots.ts';
import type { Translation } from './translation.ts';

export function resubmit(translation: Translation, { table, port, conntrack }: ResubmitAction): undefined {
  translation.goTo(table ?? translation.table, {
    ...(port === undefined || port === ports.inPort ? {} : { inPort: port }),
    original: conntrack ?? false,
  });
}

/** Actions that change the packet itself in a way that later ones cannot undo. */
const irreversible = new Set<Item['type']>(['conntrack', 'meter', 'output-truncated']);

export function clone(translation: Translation, { actions }: CloneAction): undefined {
  const separate = actions.some(({ type }) => irreversible.has(type));
  translation.onCopy(separate, () => {
    translation.runItems(actions);
    translation.finish();
  });
}

export function exit(translation: Translation): undefined {
  translation.exit = true;
}

/**
 * Sets the bit and carries out what follows. As in Open vSwitch this happens on a copy: behind this list of actions, where a
 * `resubmit` led to it, the packet is again as it was before.
 */
export function checkPacketLarger(
  translation: Translation,
  { length, destination }: CheckPacketLargerAction,
  rest: readonly Item[],
): 'stop' {
  const { exit: outerExit } = translation;
  translation.onCopy(true, () => {
    const size = translation.untaggedLength + 4 * readTags(translation.flow).length;
    writeSubfield(translation.flow, destination, size > length ? 1n : 0n);
    translation.runItems(rest);
    translation.finish();
  });
  translation.exit = outerExit;
  return 'stop';
}
