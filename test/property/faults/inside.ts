import type { Action, FlowMod } from 'node-openflow';
import { registers } from '../../../controller/pipeline/index.ts';
import {
  actionsOf,
  type Fault,
  inStages,
  isShared,
  leadsTo,
  matches,
  matchText,
  remembering,
  sets,
  stale,
  withActions,
  withMatch,
  withoutAction,
  withoutField,
  withoutSetting,
} from './fault.ts';

/** Of flows with one cookie, only the first one is kept. */
function onlyFirst() {
  const seen = new Map<string, string>();
  return (flow: FlowMod) => {
    const first = seen.get(`${flow.cookie}`) ?? matchText(flow);
    seen.set(`${flow.cookie}`, first);
    return first === matchText(flow) ? flow : undefined;
  };
}

/** Faults in what an interface may send, and in where packets go inside of a VPC. */
export const insideFaults: readonly Fault[] = [
  inStages('addresses of one VPC are known in another', ['resolve'], withoutField('metadata')),
  inStages('MACs of one VPC are known in another', ['locate'], withoutField('metadata')),
  inStages('the shortest prefix wins', ['route'], (flow) => ({
    ...flow,
    priority: 0xffff - (flow.priority ?? 0),
  })),
  inStages('secondary blocks of a VPC have no local route', ['route'], (flow) =>
    matches(flow, 'ipv4_dst') && isShared(flow, 'ipv4_dst') && leadsTo(flow, 'route-local')
      ? undefined
      : flow,
  ),
  inStages('the time to live stays', ['route'], withoutAction('decrement-ttl')),
  inStages('nobody hears that the time to live is over', ['route'], (flow) =>
    matches(flow, 'ip_ttl') ? undefined : flow,
  ),
  inStages('the tunnel takes packets of any size', ['tunnel'], withoutField(registers.flags)),
  inStages('the time to live of all interfaces ends at one router', ['route'], (flow) =>
    matches(flow, 'ip_ttl') ? withoutField(registers.interfaceNumber)(flow) : flow,
  ),
  inStages('routes to an interface look for the destination', ['route'], (flow) =>
    actionsOf(flow).some(sets('eth_src')) ? withoutAction('set-field')(flow) : flow,
  ),
  remembering('only the first address of an interface is known', ['resolve'], onlyFirst),
  inStages('a prefix is taken for its first address', ['resolve'], (flow) =>
    withMatch(flow, ({ field, value }) => [{ field, value }]),
  ),
  {
    // Seldom does a packet come from just beside a prefix.
    firstSeed: 161,
    ...inStages('a prefix ends at twice its length', ['source-guard'], (flow) =>
      withMatch(flow, (one) =>
        one.mask === 0xffff_fff0
          ? [{ ...one, value: (Number(one.value) & ~16) >>> 0, mask: 0xffff_ffe0 }]
          : [one],
      ),
    ),
  },
  inStages('services take all interfaces for one', ['service'], (flow) =>
    withActions(flow, (action) => [
      sets('ipv4_src')(action) ? ({ ...action, value: 0x01010000 } as Action) : action,
    ]),
  ),
  inStages('services answer the primary address alone', ['service-reply'], (flow) =>
    withActions(flow, (action) => {
      if (action.type !== 'set-field' || action.field !== 'ipv4_dst') return [action];
      return [{ ...action, value: Number(action.value) | 4, mask: 0xffff_ffff }];
    }),
  ),
  remembering('services can be asked from one address alone', ['service'], onlyFirst),
  inStages('services answer whatever address may be used', ['service'], withoutField('ipv4_src')),
  inStages('answers of services come from their own address', ['service-reply'], withoutSetting('ipv4_src')),
  inStages('metadata goes as far as anything', ['service-reply'], withoutSetting('ip_ttl')),
  inStages('security groups cut off services', ['admit'], (flow) =>
    matches(flow, 'tcp_dst') ? undefined : flow,
  ),
  inStages('routes to nowhere are forgotten', ['route'], (flow) =>
    actionsOf(flow).length > 0 || flow.instructions.length > 0 ? flow : undefined,
  ),
  stale('a shared address stays with whoever announced it first', 'resolve', sets('eth_dst')),
  inStages('nobody hears of shared addresses', ['source-guard'], (flow) =>
    actionsOf(flow).some(({ type }) => type === 'controller') ? undefined : flow,
  ),
  stale('an interface is sought on its old host', 'resolve', sets(registers.hostKey)),
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
];
