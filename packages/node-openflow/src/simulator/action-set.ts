import type { Action } from '../actions/types.ts';

/** Carried out first, in this order; of each only the one that was written last (OpenFlow 1.5.1, section 5.6). */
const single: readonly Action['type'][] = [
  'pop-vlan',
  'push-vlan',
  'decrement-ttl',
  'decrement-ttl-to-controllers',
];
/** Of these only one is carried out, the one that stands last in this list; without any of them nothing is. */
const final: readonly Action['type'][] = ['conntrack', 'conntrack-clear', 'resubmit', 'output', 'group'];

/** The actions of an action set in the order in which Open vSwitch carries them out. */
export function orderedActionSet(actions: readonly Action[]): Action[] {
  let last: Action | undefined;
  for (const action of actions) {
    const rank = final.indexOf(action.type);
    if (rank >= 0 && (!last || rank >= final.indexOf(last.type))) last = action;
  }
  if (!last) return [];
  const first = single.flatMap((type) => actions.findLast((action) => action.type === type) ?? []);
  const others = actions.filter(({ type }) => !single.includes(type) && !final.includes(type));
  return [...first, ...others, last];
}
