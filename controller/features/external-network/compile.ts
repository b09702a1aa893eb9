import type { Action, FieldMatch } from 'node-openflow';
import {
  cookiePrefix,
  ethertype,
  type Feature,
  type Flow,
  type FragmentDefinition,
  globalScope,
  inNetwork,
  ipMatch,
  isArp,
  isIcmpv6,
  isIpv4,
  isIpv6,
  limit,
  load,
  move,
  neighbourSeen,
  on,
  onRegister,
  outputToRegister,
  parseNetwork,
  registers,
  resolveNeighbour,
  set,
  tableOf,
  whole,
} from '../../pipeline/index.ts';
import {
  containsIpv6,
  type ExternalNetworkSpec,
  parseAddress,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
} from '../../resources/index.ts';

/** Cookie of learned flows: fragment kind 63 of ours, which no resync removes. */
const learnedCookie = (cookiePrefix << 56n) | (63n << 50n);
const neighbourLimits = { seconds: 300, entries: 4096 } as const;

/**
 * Remembers the sender of an ARP packet as a flow of stage NEIGHBOUR: packets to its address get its MAC and leave by
 * the port on which it was seen. Bounded in time and number.
 */
export const learnNeighbour: Action = {
  type: 'learn',
  table: tableOf('neighbour'),
  priority: 100,
  hardTimeout: neighbourLimits.seconds,
  limit: neighbourLimits.entries,
  cookie: learnedCookie,
  specs: [
    // `nextHop` is the end of `nextHop6`: IPv6 packets must not find it.
    {
      type: 'match-immediate',
      value: ethertype.ipv4,
      destination: { field: 'eth_type', offset: 0, bits: 16 },
    },
    { type: 'match-field', source: whole('externalNetwork'), destination: whole('externalNetwork') },
    { type: 'match-field', source: { field: 'arp_spa', offset: 0, bits: 32 }, destination: whole('nextHop') },
    {
      type: 'load-field',
      source: { field: 'arp_sha', offset: 0, bits: 48 },
      destination: { field: 'eth_dst', offset: 0, bits: 48 },
    },
    { type: 'output', source: whole('outputPort') },
  ],
};

/** The same of a neighbour advertisement (RFC 4861, section 4.4), which says who has its target. */
const learnIpv6Neighbour: Action = {
  ...learnNeighbour,
  specs: [
    {
      type: 'match-immediate',
      value: ethertype.ipv6,
      destination: { field: 'eth_type', offset: 0, bits: 16 },
    },
    { type: 'match-field', source: whole('externalNetwork'), destination: whole('externalNetwork') },
    {
      type: 'match-field',
      source: { field: 'nd_target', offset: 0, bits: 128 },
      destination: whole('nextHop6', 128),
    },
    {
      type: 'load-field',
      source: { field: 'eth_src', offset: 0, bits: 48 },
      destination: { field: 'eth_dst', offset: 0, bits: 48 },
    },
    { type: 'output', source: whole('outputPort') },
  ],
};

/** Next hops in IPv6: everything in the block is on the link, also what VPCs have of it. */
function ipv6Flows(here: FieldMatch, { ipv6CidrBlock, ipv6Gateway }: ExternalNetworkSpec): Flow[] {
  if (ipv6CidrBlock === undefined) return [];
  const block = parseIpv6Cidr(ipv6CidrBlock, 'ipv6CidrBlock');
  const learn = (...target: FieldMatch[]): Flow => ({
    stage: 'external-in',
    priority: 110,
    match: [here, ...isIcmpv6('neighbourAdvertisement'), ...target],
    actions: [learnIpv6Neighbour, limit, neighbourSeen],
  });
  const flows: Flow[] = [
    {
      stage: 'external-route',
      priority: 100,
      match: [here, ...ipMatch('dst', block)],
      actions: [move('ipv6_dst', registers.nextHop6, 128)],
      goto: 'external-port',
    },
    {
      stage: 'neighbour',
      priority: 10,
      match: [here, isIpv6],
      actions: [limit, resolveNeighbour(tableOf('neighbour'))],
    },
    learn(...inNetwork('nd_target', block)),
  ];
  if (ipv6Gateway !== undefined) {
    const gateway = parseIpv6Address(ipv6Gateway, 'ipv6Gateway');
    flows.push({
      stage: 'external-route',
      priority: 50,
      match: [here, isIpv6],
      actions: [load('nextHop6', gateway)],
      goto: 'external-port',
    });
    if (!containsIpv6(block, gateway)) flows.push(learn(on('nd_target', gateway)));
  }
  return flows;
}

/** Only addresses of the network are ever looked for: others would fill the table until no neighbour fits into it. */
export function fromNeighbour({ spec }: ResourceOf<'external-network'>): FieldMatch[] {
  return inNetwork('arp_spa', parseNetwork(spec.cidrBlock));
}

/** Above what is learned: whoever claims the gateway's address by ARP gets none of its packets. */
function fixedGateway(here: FieldMatch, { gateway, gatewayMac }: ExternalNetworkSpec): Flow[] {
  if (gateway === undefined || gatewayMac === undefined) return [];
  return [
    {
      stage: 'neighbour',
      priority: 200,
      match: [here, isIpv4, onRegister('nextHop', parseAddress(gateway, 'gateway'))],
      actions: [set('eth_dst', BigInt(`0x${gatewayMac.replaceAll(':', '')}`)), outputToRegister],
    },
  ];
}

const routing: FragmentDefinition = {
  name: 'external-network.routing',
  code: 42,
  compile(view, id) {
    const network = view.get('external-network', id);
    if (!network) return undefined;
    const here = onRegister('externalNetwork', network.number as number);
    const neighbour = fromNeighbour(network);
    const flows: Flow[] = [
      {
        stage: 'external-route',
        priority: 100,
        match: [here, ...ipMatch('dst', parseNetwork(network.spec.cidrBlock))],
        actions: [move('ipv4_dst', registers.nextHop, 32)],
        goto: 'external-port',
      },
      {
        stage: 'neighbour',
        priority: 10,
        match: [here, isIpv4],
        actions: [limit, resolveNeighbour(tableOf('neighbour'))],
      },
      {
        stage: 'external-in',
        priority: 50,
        match: [here, isArp, on('arp_op', 1), ...neighbour],
        actions: [learnNeighbour],
      },
      {
        stage: 'external-in',
        priority: 50,
        match: [here, isArp, on('arp_op', 2), ...neighbour],
        actions: [learnNeighbour, limit, neighbourSeen],
      },
    ];
    if (network.spec.gateway !== undefined) {
      flows.push({
        stage: 'external-route',
        priority: 50,
        match: [here, isIpv4],
        actions: [load('nextHop', parseAddress(network.spec.gateway, 'gateway'))],
        goto: 'external-port',
      });
    }
    flows.push(...fixedGateway(here, network.spec), ...ipv6Flows(here, network.spec));
    return { scope: globalScope, number: network.number as number, flows };
  },
};

/** Next hops on a network outside and the MACs of its neighbours. */
export const externalNetworkFeature: Feature = {
  name: 'external-network',
  fragments: [routing],
  *affected(change) {
    if (change.kind === 'external-network') yield { definition: routing, id: change.id };
  },
};
