import type { Action } from '../actions/types.ts';
import { conntrack, conntrackClear } from './conntrack-actions.ts';
import { unsupported } from './errors.ts';
import {
  decrementTtl,
  deleteField,
  load,
  move,
  popVlan,
  pushVlan,
  setField,
  setTtl,
  setTunnel,
  stackPop,
  stackPush,
  writeMetadata,
} from './field-actions.ts';
import type { QueuedItem } from './frozen-state.ts';
import { group } from './group-action.ts';
import { learn } from './learn-action.ts';
import { controller, output, outputRegister, outputTruncated } from './output-actions.ts';
import type { Translation } from './translation.ts';
import { checkPacketLarger, clone, exit, resubmit } from './walk-actions.ts';

/**
 * How a list of items goes on: `stop` and `last` skip the rest of it, but not that of the lists around it; `pause` skips
 * everything for now.
 */
export type ItemResult = 'stop' | 'last' | 'pause' | undefined;

/** Carries out an action. `rest` are the items behind it in the same list. */
export type ActionHandler<A> = (
  translation: Translation,
  action: A,
  rest: readonly QueuedItem[],
) => ItemResult;

function nothing(): undefined {
  return undefined;
}

function notSimulated(_translation: Translation, action: Action): never {
  return unsupported(`the action ${action.type}`);
}

/** What each action does. */
export const actionHandlers: {
  readonly [Type in Action['type']]: ActionHandler<Extract<Action, { type: Type }>>;
} = {
  output,
  'output-register': outputRegister,
  'output-truncated': outputTruncated,
  'set-field': setField,
  load,
  move,
  'decrement-ttl': (translation) => decrementTtl(translation, [0]),
  'decrement-ttl-to-controllers': (translation, action) => decrementTtl(translation, action.controllerIds),
  group,
  meter(translation, { meter }) {
    translation.ask({ type: 'meter', meter });
    return undefined;
  },
  'push-vlan': pushVlan,
  'pop-vlan': popVlan,
  'set-queue': nothing,
  resubmit,
  conjunction: nothing,
  conntrack,
  'conntrack-clear': conntrackClear,
  controller,
  learn,
  note: nothing,
  clone,
  'stack-push': stackPush,
  'stack-pop': stackPop,
  'check-packet-larger': checkPacketLarger,
  'delete-field': deleteField,
  exit,
  'set-ttl': setTtl,
  'set-tunnel': setTunnel,
  'write-metadata': writeMetadata,
  'pop-queue': nothing,
  'fin-timeout': nothing,
  sample: nothing,
  'push-mpls': notSimulated,
  'pop-mpls': notSimulated,
  'set-mpls-ttl': notSimulated,
  'decrement-mpls-ttl': notSimulated,
  'push-pbb': notSimulated,
  'pop-pbb': notSimulated,
  'copy-ttl-out': notSimulated,
  'copy-ttl-in': notSimulated,
  multipath: notSimulated,
  bundle: notSimulated,
  encapsulate: notSimulated,
  decapsulate: notSimulated,
  'decrement-nsh-ttl': notSimulated,
  unknown: notSimulated,
};
