import type { LearnAction, LearnSpec } from '../actions/learn-types.ts';
import type { Action } from '../actions/types.ts';
import type { FieldMatch, Subfield } from '../fields/match.ts';
import type { FieldName } from '../fields/names.ts';
import { matchTable } from '../fields/registry.ts';
import { asFieldValue } from '../fields/value-text.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { defaultPriority, ports } from '../ports.ts';
import { fromPort16 } from '../text/context.ts';
import { maskOf, writeMasked } from './field-actions.ts';
import { readSubfield } from './slots.ts';
import type { Translation } from './translation.ts';

interface Bits {
  value: bigint;
  mask: bigint;
}

const outputPorts: readonly number[] = [ports.inPort, ports.flood, ports.local, ports.all];

function sourceValue(translation: Translation, spec: LearnSpec): bigint {
  return 'value' in spec ? BigInt(spec.value) : readSubfield(translation.flow, spec.source);
}

function addCondition(match: Map<FieldName, Bits>, destination: Subfield, value: bigint): void {
  const { field, offset } = destination;
  const known = match.get(field) ?? { value: 0n, mask: 0n };
  const mask = maskOf(destination);
  match.set(field, { value: (known.value & ~mask) | (value << BigInt(offset)), mask: known.mask | mask });
}

/** In a match `in_port` has 32 bits, in the action 16. */
function conditionOf(field: FieldName, { value, mask }: Bits): FieldMatch {
  if (field === 'in_port') return { field, value: fromPort16(Number(value)) };
  const definition = matchTable.get(field);
  return { field, ...asFieldValue(definition, { value, mask }) };
}

function outputOf(value: bigint): Action[] {
  if (value > 0xffffn) return [];
  const port = fromPort16(Number(value));
  return port < ports.maximum || outputPorts.includes(port) ? [{ type: 'output', port }] : [];
}

/** The flow that the packet at hand makes of the specs. */
function learnedFlow(translation: Translation, action: LearnAction): FlowMod {
  const match = new Map<FieldName, Bits>();
  const actions: Action[] = [];
  for (const spec of action.specs) {
    const value = sourceValue(translation, spec);
    if (spec.type === 'output') actions.push(...outputOf(value));
    else if (spec.type.startsWith('match')) addCondition(match, spec.destination, value);
    else actions.push({ type: 'load', value, destination: spec.destination });
  }
  return {
    type: 'flow-mod',
    command: 'add',
    table: action.table,
    priority: action.priority ?? defaultPriority,
    cookie: action.cookie ?? 0n,
    ...(action.idleTimeout ? { idleTimeout: action.idleTimeout } : {}),
    ...(action.hardTimeout ? { hardTimeout: action.hardTimeout } : {}),
    match: [...match].map(([field, bits]) => conditionOf(field, bits)),
    instructions: actions.length > 0 ? [{ type: 'apply-actions', actions }] : [],
  };
}

/** Adds or refreshes a flow. It is there at once, for the packet at hand too. */
export function learn(translation: Translation, action: LearnAction): undefined {
  const { tables, now } = translation.switch;
  const learned = tables.learn(learnedFlow(translation, action), action.limit ?? 0, now);
  if (!learned) translation.report(`the limit of ${action.limit} flows is reached: nothing is learned`);
  const result = action.resultDestination;
  if (result) writeMasked(translation, result.field, learned ? maskOf(result) : 0n, maskOf(result));
}
