import type { Action } from 'node-openflow';
import { registers, tableOf } from '../../../controller/pipeline/index.ts';
import {
  actionsOf,
  type Fault,
  hasState,
  inStages,
  inZone,
  matches,
  rules,
  sets,
  stale,
  withActions,
  withMatch,
  withoutAction,
  withoutField,
  withoutSetting,
} from './fault.ts';

const verdicts = ['egress-verdict', 'ingress-verdict'] as const;
const checks = ['egress-check', 'ingress-check'] as const;
/** Bits of `ct_state`, ovs-fields(7). */
const established = 2;
const reply = 8;
/** Of flows by which addresses pass as the interface's own, though a pair or no check lets others pass. */
const inOwnName = 97;

/** Faults in security groups and in what is remembered of connections. */
export const groupFaults: readonly Fault[] = [
  inStages('rules match the source port', rules, (flow) =>
    withMatch(flow, (one) => [one.field === 'ct_tp_dst' ? { ...one, field: 'ct_tp_src' } : one]),
  ),
  {
    // Seldom is a port just beside a range.
    firstSeed: 27,
    ...inStages('ranges of ports are one bit too wide', rules, (flow) =>
      withMatch(flow, (one) => [
        one.field === 'ct_tp_dst'
          ? { ...one, ...widened(Number(one.value), Number(one.mask ?? 0xffff), 16) }
          : one,
      ]),
    ),
  },
  inStages('networks of rules are one bit too wide', rules, (flow) =>
    withMatch(flow, (one) => [
      one.field === 'ct_nw_src' || one.field === 'ct_nw_dst'
        ? { ...one, ...widened(Number(one.value), Number(one.mask ?? 0xffffffff), 32) }
        : one,
    ]),
  ),
  inStages('rules do not look at the peer', rules, (flow) => {
    const parts = actionsOf(flow).flatMap((action) => (action.type === 'conjunction' ? [action] : []));
    if (!parts.some(({ clauses }) => clauses === 3)) return flow;
    const kept = withActions(flow, (action) => {
      if (action.type !== 'conjunction' || action.clauses < 3) return [action];
      return action.clause === 3 ? [] : [{ ...action, clauses: 2 }];
    });
    return actionsOf(kept).length > 0 ? kept : undefined;
  }),
  inStages('rules of one VPC count in another', rules, withoutField('metadata')),
  inStages('connections are sought in the zone of translation', ['ingress-track'], (flow) =>
    withActions(flow, (action) => [inZone(action, registers.translationZone)]),
  ),
  stale('an interface keeps its old groups', 'classify', sets(registers.ownIdentity)),
  inStages('an old identity stays in the label', verdicts, (flow) =>
    hasState(flow, established) ? withoutAction('conntrack')(flow) : flow,
  ),
  inStages('the first packet records no identity', verdicts, (flow) =>
    withActions(flow, (action) => (action.type === 'conntrack' ? [{ ...action, exec: [] }] : [action])),
  ),
  inStages('replies are judged as if they opened the connection', checks, (flow) =>
    withActions(flow, (action) => [hasState(flow, reply) ? otherRules(action) : action]),
  ),
  inStages('replies are judged without the label', checks, withoutAction('move')),
  inStages('what comes from outside has groups', ['external-in'], (flow) =>
    withActions(flow, (action) => [
      sets(registers.peerIdentity)(action) ? ({ ...action, value: 1 } as Action) : action,
    ]),
  ),
  inStages('the tunnel carries no identity', ['tunnel'], (flow) =>
    withActions(flow, (action) =>
      action.type === 'move' && action.destination.field === 'tun_metadata0' ? [] : [action],
    ),
  ),
  inStages(
    "a router's groups count for what it passes on",
    ['source-guard'],
    withoutSetting(registers.flags),
  ),
  inStages('what is passed on has groups in the tunnel', ['forward'], withoutSetting(registers.ownIdentity)),
  inStages("what is passed on has its router's groups on one host", ['forward'], (flow) =>
    matches(flow, registers.flags) && matches(flow, registers.hostKey) ? undefined : flow,
  ),
  inStages('a shared address has no groups', ['source-guard'], (flow) =>
    flow.priority === inOwnName ? undefined : flow,
  ),
  {
    name: 'zones are not flushed',
    plant: () => (message) => (message.type === 'ct-flush-zone' ? undefined : message),
  },
  {
    name: 'old flows are not deleted',
    plant: () => (message) =>
      message.type === 'flow-mod' && message.command === 'delete' ? undefined : message,
  },
];

/** A value under a mask with one bit less. */
function widened(value: number, mask: number, bits: 16 | 32): { value: number; mask: number } {
  const all = 2 ** bits;
  const wider = (((mask * 2) % all) + all) % all;
  return { value: Number(BigInt(value) & BigInt(wider)), mask: wider };
}

/** A call of the other direction's rules. */
function otherRules(action: Action): Action {
  if (action.type !== 'resubmit' || action.table === undefined) return action;
  const [ingress, egress] = rules.map(tableOf);
  return { ...action, table: (action.table === ingress ? egress : ingress) as number };
}
