import type { FlowMod } from 'node-openflow';
import { registers, tableOf } from '../../../controller/pipeline/index.ts';
import { acls, type Fault, inStages, sets, withActions, withoutField, withoutSetting } from './fault.ts';

/** Of the flow by which what stays in its subnet passes. */
const switchedPriority = 65000;
/** On to where an entry that allows leads. */
export const gotoOf = ({ table }: FlowMod): FlowMod['instructions'] => [
  { type: 'goto-table', table: tableOf(table === tableOf('egress-acl') ? 'route' : 'ingress-check') },
];

/** Faults in network ACLs and peering connections. */
export const borderFaults: readonly Fault[] = [
  inStages('entries of network ACLs are tried from the highest number', acls, (flow) => ({
    ...flow,
    priority: flow.priority === switchedPriority ? flow.priority : 0xffff - (flow.priority ?? 0),
  })),
  inStages('network ACLs deny nothing', acls, (flow) =>
    flow.instructions.length > 0 ? flow : { ...flow, instructions: gotoOf(flow) },
  ),
  inStages('network ACLs judge what stays in its subnet', acls, (flow) =>
    flow.priority === switchedPriority ? undefined : flow,
  ),
  inStages('a network ACL counts in all subnets', acls, withoutField(registers.networkAcl)),
  inStages('the tunnel forgets that a packet stays in its subnet', ['tunnel'], (flow) =>
    withActions(flow, (action) =>
      action.type === 'move' &&
      action.destination.field === 'tun_metadata0' &&
      action.destination.offset === 31
        ? []
        : [action],
    ),
  ),
  inStages('a peering route stays in its own VPC', ['route'], withoutSetting('metadata')),
  inStages('identities never cross a peering connection', ['route'], (flow) =>
    withActions(flow, (action) =>
      sets('metadata')(action)
        ? [{ type: 'set-field', field: registers.ownIdentity, value: 0 }, action]
        : [action],
    ),
  ),
  {
    ...inStages(
      'identities of a peer are looked up in the own VPC',
      ['egress-destination'],
      withoutSetting('metadata'),
    ),
    firstSeed: 41,
  },
];
