import type { Action, FieldMatch, FieldName, FlowMod } from 'node-openflow';
import { registers, type StageName, tableOf } from '../../controller/pipeline/index.ts';
import type { Mutation } from './fabric/host.ts';

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
function remembering(name: string, stages: readonly StageName[], begin: () => FlowChange): Fault {
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
const verdicts = ['egress-verdict', 'ingress-verdict'] as const;
const checks = ['egress-check', 'ingress-check'] as const;
export const acls = ['egress-acl', 'ingress-acl'] as const;
/** Of the flow by which what stays in its subnet passes. */
const switchedPriority = 65000;
/** On to where an entry that allows leads. */
export const gotoOf = ({ table }: FlowMod): FlowMod['instructions'] => [
  { type: 'goto-table', table: tableOf(table === tableOf('egress-acl') ? 'route' : 'ingress-check') },
];
/** Bits of `ct_state`, ovs-fields(7). */
const established = 2;
const reply = 8;
const invalid = 16;

/** True when the flow matches only packets with this bit of `ct_state`. */
function hasState(flow: FlowMod, bit: number): boolean {
  return flow.match.some(({ field, value }) => field === 'ct_state' && (Number(value) & bit) !== 0);
}

const matchText = ({ match }: FlowMod) => match.map(({ field, value }) => `${field}=${value}`).join();

/**
 * The first action of a sort that each flow was given stays, whatever comes later.
 *
 * @param key what makes two flows the same one; undefined for flows that stay as they are
 */
function stale(
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

/** True when a field matches a network of RFC 6598, as secondary blocks are here. */
const isShared = ({ match }: FlowMod, field: FieldName) =>
  match.some((one) => one.field === field && Number(one.value) >>> 22 === (100 << 2) + 1);

export const leadsTo = ({ instructions }: FlowMod, stage: StageName) =>
  instructions.some((one) => one.type === 'goto-table' && one.table === tableOf(stage));

/** Faults that the property test must find, every one. */
export const faults: readonly Fault[] = [
  inStages('rules match the source port', rules, (flow) =>
    withMatch(flow, (one) => [one.field === 'ct_tp_dst' ? { ...one, field: 'ct_tp_src' } : one]),
  ),
  inStages('ranges of ports are one bit too wide', rules, (flow) =>
    withMatch(flow, (one) => [
      one.field === 'ct_tp_dst'
        ? { ...one, ...widened(Number(one.value), Number(one.mask ?? 0xffff), 16) }
        : one,
    ]),
  ),
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
  inStages('addresses of one VPC are known in another', ['resolve'], withoutField('metadata')),
  inStages('MACs of one VPC are known in another', ['locate'], withoutField('metadata')),
  inStages('connections are sought in the zone of translation', ['ingress-track'], (flow) =>
    withActions(flow, (action) => [inZone(action, registers.translationZone)]),
  ),
  inStages('translation uses the zone of security groups', ['external-in'], (flow) =>
    withActions(flow, (action) => [inZone(action, registers.securityZone)]),
  ),
  inStages('the shortest prefix wins', ['route'], (flow) => ({
    ...flow,
    priority: 0xffff - (flow.priority ?? 0),
  })),
  inStages('secondary blocks of a VPC have no local route', ['route'], (flow) =>
    matches(flow, 'ipv4_dst') && isShared(flow, 'ipv4_dst') && leadsTo(flow, 'route-local')
      ? undefined
      : flow,
  ),
  inStages('who comes from outside may have an address of a secondary block', ['external-in'], (flow) =>
    isShared(flow, 'ipv4_src') ? undefined : flow,
  ),
  inStages('the time to live stays', ['route'], withoutAction('decrement-ttl')),
  inStages('nobody hears that the time to live is over', ['route'], (flow) =>
    matches(flow, 'ip_ttl') ? undefined : flow,
  ),
  inStages('the tunnel takes packets of any size', ['tunnel'], withoutField(registers.flags)),
  inStages('packets of any size come in from outside', ['classify'], withoutAction('check-packet-larger')),
  inStages('the time to live of all interfaces ends at one router', ['route'], (flow) =>
    matches(flow, 'ip_ttl') ? withoutField(registers.interfaceNumber)(flow) : flow,
  ),
  inStages('routes to an interface look for the destination', ['route'], (flow) =>
    actionsOf(flow).some(sets('eth_src')) ? withoutAction('set-field')(flow) : flow,
  ),
  remembering('only the first address of an interface is known', ['resolve'], () => {
    const seen = new Map<string, string>();
    return (flow) => {
      const first = seen.get(`${flow.cookie}`) ?? matchText(flow);
      seen.set(`${flow.cookie}`, first);
      return first === matchText(flow) ? flow : undefined;
    };
  }),
  inStages('services take all interfaces for one', ['service'], (flow) =>
    withActions(flow, (action) => [
      sets('ipv4_src')(action) ? ({ ...action, value: 0xa9fe0001 } as Action) : action,
    ]),
  ),
  inStages('answers of services come from their own address', ['service-reply'], withoutSetting('ipv4_src')),
  inStages('metadata goes as far as anything', ['service-reply'], withoutSetting('ip_ttl')),
  inStages('security groups cut off services', ['admit'], (flow) =>
    matches(flow, 'tcp_dst') ? undefined : flow,
  ),
  inStages('routes to nowhere are forgotten', ['route'], (flow) =>
    actionsOf(flow).length > 0 || flow.instructions.length > 0 ? flow : undefined,
  ),
  stale('an interface keeps its old groups', 'classify', sets(registers.ownIdentity)),
  stale('a shared address stays with whoever announced it first', 'resolve', sets('eth_dst')),
  inStages('nobody hears of shared addresses', ['source-guard'], (flow) =>
    actionsOf(flow).some(({ type }) => type === 'controller') ? undefined : flow,
  ),
  stale('an interface is sought on its old host', 'resolve', sets(registers.hostKey)),
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
  inStages('what could not be translated crosses the border', ['external-route', 'locate'], (flow) =>
    hasState(flow, invalid) ? undefined : flow,
  ),
  inStages('any IPv4 source is accepted', ['source-guard'], withoutField('ipv4_src')),
  inStages('any MAC is accepted', ['source-guard'], withoutField('eth_src')),
  inStages('any sender of ARP is accepted', ['source-guard'], withoutField('arp_spa')),
  inStages('any MAC in ARP is accepted', ['source-guard'], withoutField('arp_sha')),
  stale('DHCP tells what it has told before', 'admit', ({ type }) => type === 'controller'),
  inStages('VMs may answer DHCP', ['admit'], (flow) =>
    matches(flow, 'udp_src') && matches(flow, 'udp_dst') && actionsOf(flow).length === 0 ? undefined : flow,
  ),
  inStages('broadcasts are routed', ['admit'], withoutField('eth_dst')),
  inStages('the gateway does not answer ping', ['admit'], (flow) =>
    matches(flow, 'icmpv4_type') ? undefined : flow,
  ),
  inStages('routed packets keep their source MAC', ['route-local'], withoutAction('set-field')),
  inStages('ARP answers name the asker', ['arp-reply'], (flow) => {
    let moves = 0;
    return withActions(flow, (action) => (action.type === 'move' && ++moves === 3 ? [] : [action]));
  }),
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

export function inZone(action: Action, field: FieldName): Action {
  return action.type === 'conntrack' ? { ...action, zone: { field, offset: 0, bits: 16 } } : action;
}

/** The same in conntrack, but another stage is next. */
function goingOn(action: Action, stage: StageName, other: StageName): Action {
  if (action.type !== 'conntrack' || action.table !== tableOf(stage)) return action;
  return { ...action, table: tableOf(other) };
}

/** A call of the other direction's rules. */
function otherRules(action: Action): Action {
  if (action.type !== 'resubmit' || action.table === undefined) return action;
  const [ingress, egress] = rules.map(tableOf);
  return { ...action, table: (action.table === ingress ? egress : ingress) as number };
}
