import { type Feature, type FragmentDefinition, globalScope, onRegister } from '../../pipeline/index.ts';
import { hostScope } from '../host/scope.ts';
import { boundContext } from '../network-interface/context.ts';
import { agentMeter, othersMeter } from './meters.ts';

/** The meter of one binding, and the flow by which stage `limit` finds it. */
const limitOfInterface: FragmentDefinition = {
  name: 'limit.interface',
  code: 4,
  compile(view, id) {
    const context = boundContext(view, id);
    if (!context) return undefined;
    const { action, create, remove } = agentMeter(context.binding);
    const number = context.networkInterface.number as number;
    return {
      scope: hostScope(context.host),
      number,
      flows: [
        {
          stage: 'limit',
          priority: 100,
          match: [onRegister('interfaceNumber', number)],
          actions: [action],
        },
      ],
      before: create,
      whenGone: remove,
    };
  },
};

const limitOfOthers: FragmentDefinition = {
  name: 'limit.others',
  code: 5,
  compile: () => ({
    scope: globalScope,
    number: 0,
    flows: [{ stage: 'limit', priority: 0, match: [], actions: [othersMeter.action] }],
    before: othersMeter.create,
  }),
};

/** How much an interface may ask of the agent. */
export const limitFeature: Feature = {
  name: 'limit',
  fragments: [limitOfInterface, limitOfOthers],
  *affected({ kind, id, before, after }) {
    // The slot of a binding and the number of its interface never change.
    if (kind === 'binding' && !(before && after)) yield { definition: limitOfInterface, id };
  },
  always: [{ definition: limitOfOthers, id: 'others' }],
};
