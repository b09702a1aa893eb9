import type { Action } from 'node-openflow';
import { registers, type StageName, tableOf } from '../../../controller/pipeline/index.ts';
import {
  actionsOf,
  type Fault,
  hasState,
  inStages,
  inZone,
  isShared,
  matches,
  sets,
  stale,
  withActions,
  withMatch,
  withoutAction,
  withoutField,
} from './fault.ts';

/** Bit of `ct_state`, ovs-fields(7). */
const invalid = 16;

/** Faults at external networks: elastic IPs, NAT gateways, VLANs. */
export const outsideFaults: readonly Fault[] = [
  inStages('translation uses the zone of security groups', ['external-in'], (flow) =>
    withActions(flow, (action) => [inZone(action, registers.securityZone)]),
  ),
  inStages('who comes from outside may have an address of a secondary block', ['external-in'], (flow) =>
    isShared(flow, 'ipv4_src') ? undefined : flow,
  ),
  inStages('packets of any size come in from outside', ['classify'], withoutAction('check-packet-larger')),
  inStages('what could not be translated crosses the border', ['external-route', 'locate'], (flow) =>
    hasState(flow, invalid) ? undefined : flow,
  ),
  inStages('any frame comes in for an elastic IP', ['external-in'], withoutField('eth_dst')),
  inStages('packets from outside may claim to come from the VPC', ['external-in'], (flow) =>
    matches(flow, 'ipv4_src') ? undefined : flow,
  ),
  inStages('a NAT gateway does not remember', ['ingress-check'], (flow) =>
    withActions(flow, (action) =>
      action.type === 'conntrack' && action.commit && action.table === tableOf('egress-acl')
        ? [{ ...action, commit: false }]
        : [action],
    ),
  ),
  inStages('no network ACL judges what comes to a NAT gateway', ['locate'], (flow) =>
    withActions(flow, (action) => [goingOn(action, 'ingress-acl', 'ingress-check')]),
  ),
  inStages('no network ACL judges what a NAT gateway sends', ['ingress-check'], (flow) =>
    withActions(flow, (action) => [goingOn(action, 'egress-acl', 'route')]),
  ),
  inStages('NAT gateways follow each other', ['route'], (flow) =>
    matches(flow, registers.flags) && matches(flow, registers.routeTable) ? undefined : flow,
  ),
  inStages('a gateway host does not know the way inside', ['nat'], (flow) =>
    matches(flow, 'metadata') ? undefined : flow,
  ),
  inStages('nothing goes by the table of an internet gateway', ['nat'], (flow) =>
    actionsOf(flow).some(sets('eth_src')) ? undefined : flow,
  ),
  inStages('what a gateway host sends out is not translated', ['locate'], (flow) =>
    matches(flow, 'ipv4_src') ? withoutAction('conntrack')(flow) : flow,
  ),
  stale(
    'the first elastic IP of an interface says where all of them lead',
    'external-in',
    ({ type }) => type === 'conntrack',
    (flow) => {
      const mac = actionsOf(flow).find(sets('eth_dst'));
      return mac && JSON.stringify(mac, (_key, value) => String(value));
    },
  ),
  inStages('tagged frames pass', ['classify'], (flow) =>
    matches(flow, 'vlan_vid') && actionsOf(flow).length === 0 ? undefined : flow,
  ),
  inStages('frames of any VLAN come in', ['classify'], (flow) =>
    actionsOf(flow).some(({ type }) => type === 'pop-vlan')
      ? withMatch(flow, (one) => [one.field === 'vlan_vid' ? { ...one, value: 0x1000, mask: 0x1000 } : one])
      : flow,
  ),
  inStages('frames leave without the tag of their network', ['external-port'], (flow) =>
    withActions(flow, (action) => (action.type === 'push-vlan' || sets('vlan_vid')(action) ? [] : [action])),
  ),
];

/** The same in conntrack, but another stage is next. */
function goingOn(action: Action, stage: StageName, other: StageName): Action {
  if (action.type !== 'conntrack' || action.table !== tableOf(stage)) return action;
  return { ...action, table: tableOf(other) };
}
