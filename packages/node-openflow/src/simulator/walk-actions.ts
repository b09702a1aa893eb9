import type { CheckPacketLargerAction, CloneAction, ResubmitAction } from '../actions/types.ts';
import { ports } from '../ports.ts';
import type { Item, QueuedItem } from './frozen-state.ts';
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
  const run = () => {
    translation.runItems(actions);
    translation.finish();
  };
  translation.keepingLists(() =>
    translation.keepingFields(separate ? () => addClone(translation, run) : run),
  );
}

function addClone(translation: Translation, body: () => void): void {
  const operations = translation.apart(body);
  if (operations.length > 0) translation.ask({ type: 'clone', operations });
}

export function exit(translation: Translation): undefined {
  translation.exit = true;
}

/** Goes one of the two ways behind `check_pkt_larger`; only that of the packet at hand counts. */
function follow(
  translation: Translation,
  { length, destination }: CheckPacketLargerAction,
  rest: readonly QueuedItem[],
  larger: boolean,
): void {
  const size = translation.untaggedLength + 4 * readTags(translation.flow).length;
  const steps = translation.trace.length;
  const run = () => {
    writeSubfield(translation.flow, destination, larger ? 1n : 0n);
    translation.runQueue(rest);
    translation.finish();
  };
  translation.keepingFields(() => {
    const operations = translation.apart(run);
    if (size > length === larger) translation.ask({ type: 'clone', operations });
    else translation.trace.length = steps;
  });
}

/**
 * Sets the bit and carries out what follows. As in Open vSwitch this happens on a copy: behind this list of actions, where a
 * `resubmit` led to it, the packet is again as it was before.
 *
 * Open vSwitch prepares the ways of long and short packets both, that of long ones first, and the second way finds traces of
 * the first one: the action set was carried out already, the stack is as it was left, flows are learned. An `exit` on the
 * way of long packets ends all lists, for short packets too.
 */
export function checkPacketLarger(
  translation: Translation,
  action: CheckPacketLargerAction,
  rest: readonly QueuedItem[],
): 'last' {
  translation.keepingLists(() => {
    follow(translation, action, rest, true);
    const { exit: exitOfLarger } = translation;
    translation.exit = false;
    follow(translation, action, rest, false);
    translation.exit = exitOfLarger;
  });
  return 'last';
}
