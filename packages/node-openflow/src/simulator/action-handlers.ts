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
  stackPop,
  stackPush,
} from './field-actions.ts';
import type { Item } from './frozen-state.ts';
import { group } from './group-action.ts';
import { learn } from './learn-action.ts';
import { controller, output, outputRegister, outputTruncated } from './output-actions.ts';
import type { Translation } from './translation.ts';
import { checkPacketLarger, clone, exit, resubmit } from './walk-actions.ts';

/**
 * Carries out an action. `rest` are the items behind it in the same list. The result `stop` means that the rest of this list
 * is skipped, but not of the lists around it.
 */
type Handler<A> = (translation: Translation, action: A, rest: readonly Item[]) => 'stop' | undefined;

function nothing(): undefined {
  return undefined;
}

/** What each action does. */
export const actionHandlers: { readonly [Type in Action['type']]: Handler<Extract<Action, { type: Type }>> } =
  {
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
      translation.operations.push({ type: 'meter', meter });
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
    unknown: () => unsupported('the flow has an action that this library does not know'),
  };
