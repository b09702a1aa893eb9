import type { Action, FieldMatch, FieldName, FlowMod } from 'node-openflow';
import { type StageName, tableOf } from '../../../controller/pipeline/index.ts';
import type { Mutation } from '../fabric/host.ts';

/** A defect that the compiler or the southbound could have. */
export interface Fault {
  readonly name: string;
  /** The first network that is searched, for faults that few networks show. Default 1. */
  readonly firstSeed?: number;
  /** Made anew for each run, because some faults remember. */
  readonly plant: () => Mutation;
}

type FlowChange = (flow: FlowMod) => FlowMod | undefined;

/** A fault in added flows of some stages. */
export function inStages(name: string, stages: readonly StageName[], change: FlowChange): Fault {
  return remembering(name, stages, () => change);
}

/** The same, with a change that remembers flows of its run. */
export function remembering(name: string, stages: readonly StageName[], begin: () => FlowChange): Fault {
  const tables = new Set(stages.map(tableOf));
  return {
    name,
    plant: () => {
      const change = begin();
      return (message) =>
        message.type === 'flow-mod' && message.command === 'add' && tables.has(message.table)
          ? change(message)
          : message;
    },
  };
}

export function actionsOf({ instructions }: FlowMod): readonly Action[] {
  return instructions.flatMap((one) => (one.type === 'apply-actions' ? one.actions : []));
}

export function withActions(flow: FlowMod, change: (action: Action) => Action[]): FlowMod {
  const instructions = flow.instructions.map((one) =>
    one.type === 'apply-actions' ? { ...one, actions: one.actions.flatMap(change) } : one,
  );
  return { ...flow, instructions };
}

export function withMatch(flow: FlowMod, change: (one: FieldMatch) => FieldMatch[]): FlowMod {
  return { ...flow, match: flow.match.flatMap(change) };
}

export const matches = (flow: FlowMod, field: FieldName) => flow.match.some((one) => one.field === field);
export const withoutField = (field: FieldName) => (flow: FlowMod) =>
  withMatch(flow, (one) => (one.field === field ? [] : [one]));
export const withoutAction = (type: Action['type']) => (flow: FlowMod) =>
  withActions(flow, (action) => (action.type === type ? [] : [action]));
export const sets = (field: FieldName) => (action: Action) =>
  action.type === 'set-field' && action.field === field;
export const withoutSetting = (field: FieldName) => (flow: FlowMod) =>
  withActions(flow, (action) => (sets(field)(action) ? [] : [action]));

export const rules = ['ingress-rules', 'egress-rules'] as const;
export const acls = ['egress-acl', 'ingress-acl'] as const;

export const matchText = ({ match }: FlowMod) => match.map(({ field, value }) => `${field}=${value}`).join();

/**
 * The first action of a sort that each flow was given stays, whatever comes later.
 *
 * @param key what makes two flows the same one; undefined for flows that stay as they are
 */
export function stale(
  name: string,
  stage: StageName,
  isStale: (action: Action) => boolean,
  key: (flow: FlowMod) => string | undefined = matchText,
): Fault {
  return remembering(name, [stage], () => {
    const first = new Map<string, Action>();
    return (flow) => {
      const id = key(flow);
      return withActions(flow, (action) => {
        if (id === undefined || !isStale(action)) return [action];
        const kept = first.get(id) ?? action;
        first.set(id, kept);
        return [kept];
      });
    };
  });
}

export const leadsTo = ({ instructions }: FlowMod, stage: StageName) =>
  instructions.some((one) => one.type === 'goto-table' && one.table === tableOf(stage));

export function inZone(action: Action, field: FieldName): Action {
  return action.type === 'conntrack' ? { ...action, zone: { field, offset: 0, bits: 16 } } : action;
}

/** True when the flow matches only packets with this bit of `ct_state`. */
export function hasState(flow: FlowMod, bit: number): boolean {
  return flow.match.some(({ field, value }) => field === 'ct_state' && (Number(value) & bit) !== 0);
}

/** True when a field matches a network of RFC 6598, as secondary blocks are here. */
export const isShared = ({ match }: FlowMod, field: FieldName) =>
  match.some((one) => one.field === field && Number(one.value) >>> 22 === (100 << 2) + 1);
