import type { Action, FlowMod } from 'node-openflow';
import { registers, type StageName, tableOf } from '../../../controller/pipeline/index.ts';
import {
  acls,
  actionsOf,
  type Fault,
  inStages,
  inZone,
  matches,
  matchText,
  rules,
  sets,
  stale,
  withActions,
  withMatch,
  withoutAction,
  withoutField,
  withoutSetting,
} from './fault.ts';

const ipv6 = 0x86dd;
const icmpv6 = { echoRequest: 128, routerSolicitation: 133 } as const;
/** Of the flows for a MAC that its interface shares, and for a shared address that the asker has. */
const [foreignMacPriority, ownSharedPriority] = [110, 205];
/** First byte of the user data of the DHCPv6 answer, and where the number of addresses stands. */
const dhcpV6 = { task: 17, count: 11 } as const;
const advertisement = 16;

const isIpv6 = ({ match }: FlowMod) =>
  match.some(({ field, value }) => field === 'eth_type' && Number(value) === ipv6);
const drops = ({ instructions }: FlowMod) => instructions.length === 0;
const isOfType = ({ match }: FlowMod, type: number) =>
  match.some(({ field, value }) => field === 'icmpv6_type' && Number(value) === type);

const isTask = (task: number) => (action: Action) =>
  action.type === 'controller' && action.userdata?.[0] === task;

/** A fault in added flows of some stages that are for IPv6; the others stay as they are. */
function inIpv6(
  name: string,
  stages: readonly StageName[],
  change: (flow: FlowMod) => FlowMod | undefined,
): Fault {
  return inStages(name, stages, (flow) => (isIpv6(flow) ? change(flow) : flow));
}

/** A 128-bit value under a mask with one bit less. */
function widened(value: bigint, mask: bigint): { value: bigint; mask: bigint } {
  const wider = (mask << 1n) & ((1n << 128n) - 1n);
  return { value: value & wider, mask: wider };
}

/** Faults in addresses that machines share; in the first networks, nobody shares one. */
const sharedFaults: readonly Fault[] = [
  inIpv6('nobody hears of shared IPv6 addresses', ['source-guard'], (flow) =>
    actionsOf(flow).some(({ type }) => type === 'controller') ? undefined : flow,
  ),
  stale('a shared IPv6 address stays with whoever announced it first', 'resolve', sets('eth_dst'), (flow) =>
    isIpv6(flow) ? matchText(flow) : undefined,
  ),
  inIpv6('frames for a virtual router are for nobody in IPv6', ['locate'], (flow) =>
    flow.priority === foreignMacPriority ? undefined : flow,
  ),
  inIpv6('who has a shared IPv6 address hears that it is a duplicate', ['source-guard'], (flow) =>
    flow.priority === ownSharedPriority ? undefined : flow,
  ),
].map((fault) => ({ ...fault, firstSeed: 10 }));

/** Faults in what IPv6 has for itself, every one of which must be found. */
export const ipv6Faults: readonly Fault[] = [
  inIpv6('any IPv6 source is accepted', ['source-guard'], withoutField('ipv6_src')),
  inIpv6('no IPv6 goes by the table of an internet gateway', ['public-check'], (flow) =>
    matches(flow, 'ipv6_dst') ? undefined : flow,
  ),
  inIpv6('any sender of neighbour solicitations is accepted', ['source-guard'], withoutField('nd_sll')),
  inIpv6('a machine hears of its own address as of a duplicate', ['source-guard'], (flow) =>
    matches(flow, 'nd_target') ? undefined : flow,
  ),
  inIpv6('link-local addresses may be used for anything', ['source-guard'], (flow) =>
    isOfType(flow, icmpv6.echoRequest)
      ? {
          ...withoutField('icmpv6_type')(withoutField('ip_proto')(withoutField('ipv6_dst')(flow))),
          priority: 94,
        }
      : flow,
  ),
  inIpv6('VMs may advertise themselves', ['admit'], (flow) =>
    matches(flow, 'icmpv6_type') && drops(flow) ? undefined : flow,
  ),
  inIpv6('VMs may answer DHCPv6', ['admit'], (flow) =>
    matches(flow, 'udp_src') && drops(flow) ? undefined : flow,
  ),
  inIpv6('nobody hears of the router', ['admit'], (flow) =>
    isOfType(flow, icmpv6.routerSolicitation) ? undefined : flow,
  ),
  inIpv6('the gateway does not answer ping in IPv6', ['admit'], (flow) =>
    isOfType(flow, icmpv6.echoRequest) ? undefined : flow,
  ),
  inIpv6('DHCPv6 tells of one address alone', ['admit'], (flow) =>
    withActions(flow, (action) => {
      if (action.type !== 'controller' || action.userdata?.[0] !== dhcpV6.task) return [action];
      const userdata = Uint8Array.from(action.userdata);
      userdata[dhcpV6.count] = 1;
      return [{ ...action, userdata }];
    }),
  ),
  stale('DHCPv6 tells what it has told before', 'admit', isTask(dhcpV6.task)),
  stale('routers advertise what they have advertised before', 'admit', isTask(advertisement)),
  inIpv6('services take all interfaces for one in IPv6', ['service'], (flow) =>
    withActions(flow, (action) => [
      sets('ipv6_src')(action) ? ({ ...action, value: 0xfd57_0000_0000_0001n << 64n } as Action) : action,
    ]),
  ),
  inIpv6('metadata over IPv6 needs no switching on', ['service'], withoutField('ipv6_dst')),
  inIpv6('metadata over IPv6 goes as far as anything', ['service-reply'], withoutSetting('ip_ttl')),
  inIpv6('services answer whatever IPv6 address may be used', ['service'], withoutField('ipv6_src')),
  inIpv6('everybody is a router', ['nd-reply'], withoutField(registers.flags)),
  inIpv6('answers of neighbour discovery keep the MAC of the asker', ['nd-option'], (flow) =>
    withActions(flow, (action) =>
      action.type === 'move' && action.destination.field === 'nd_tll' ? [] : [action],
    ),
  ),
  inIpv6('IPv6 addresses of one VPC are known in another', ['resolve'], withoutField('metadata')),
  inIpv6('routed IPv6 packets keep their source MAC', ['route-local'], withoutAction('set-field')),
  inIpv6('the hop limit stays', ['route', 'external-in'], withoutAction('decrement-ttl')),
  inIpv6('link-local sources are routed', ['route', 'public-track'], (flow) =>
    matches(flow, 'ipv6_src') && drops(flow) ? undefined : flow,
  ),
  inIpv6('groups of IPv6 are routed', ['route'], (flow) =>
    flow.priority === 64000 && matches(flow, 'ipv6_dst') ? undefined : flow,
  ),
  inIpv6('the shortest prefix wins in IPv6', ['route'], (flow) => ({
    ...flow,
    priority: (flow.priority ?? 0) > 3000 ? (flow.priority ?? 0) : 4000 - (flow.priority ?? 0),
  })),
  inIpv6('networks of IPv6 rules are one bit too wide', rules, (flow) =>
    withMatch(flow, (one) => [
      /^ct_ipv6_/.test(one.field)
        ? { ...one, ...widened(BigInt(one.value), BigInt(one.mask ?? (1n << 128n) - 1n)) }
        : one,
    ]),
  ),
  inIpv6('rules for ICMPv6 do not look at the type', rules, withoutField('icmpv6_type')),
  inIpv6('IPv6 entries of network ACLs are for everybody', acls, (flow) =>
    withoutField('ipv6_src')(withoutField('ipv6_dst')(flow)),
  ),
  inIpv6('any IPv6 source leaves the VPC', ['translate'], withoutField('ipv6_src')),
  inIpv6('IPv6 leaves with the MAC of the router', ['translate'], withoutSetting('eth_src')),
  inIpv6('machines on the link are sought behind the gateway', ['external-route'], (flow) =>
    matches(flow, 'ipv6_dst') ? undefined : flow,
  ),
  inIpv6('any frame comes in for an IPv6 address', ['external-in'], withoutField('eth_dst')),
  inIpv6('IPv6 packets of any size come in', ['external-in'], (flow) =>
    matches(flow, registers.flags) ? undefined : flow,
  ),
  inIpv6('solicitations from outside are not answered', ['external-in'], (flow) =>
    matches(flow, 'nd_target') && !drops(flow) ? undefined : flow,
  ),
  inIpv6('IPv6 packets from outside may claim to come from the VPC', ['public-track'], (flow) =>
    flow.priority === 110 ? undefined : flow,
  ),
  inIpv6('IPv6 from outside is sought in another zone', ['public-track'], (flow) =>
    withActions(flow, (action) => [inZone(action, registers.translationZone)]),
  ),
  inIpv6('egress-only gateways let connections in', ['public-check'], withoutField('ct_state')),
  inIpv6('IPv6 from outside needs no way back', ['public-check'], (flow) =>
    drops(flow) && actionsOf(flow).length === 0
      ? { ...flow, instructions: [{ type: 'goto-table', table: tableOf('locate') }] }
      : flow,
  ),
  ...sharedFaults,
  inIpv6('public addresses of this host are sought outside', ['external-port'], () => undefined),
];
