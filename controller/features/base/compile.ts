import {
  call,
  conntrackState,
  type Feature,
  type Flow,
  type FragmentDefinition,
  flags,
  globalScope,
  ipMatch,
  isArp,
  isIpv4,
  isIpv6,
  move,
  on,
  onFlag,
  outputToRegister,
  parseNetwork,
  ports,
  protocol,
  registers,
  set,
  setFlag,
} from '../../pipeline/index.ts';
import { tagPresent } from '../external-network/vlan.ts';
import { neighbourAnswers, noNeighbourDiscovery } from './neighbour-discovery.ts';
import { egressCheck, ingressCheck } from './security-check.ts';

const switched = onFlag('switched');

/**
 * Flows match what is behind a VLAN tag, too, and would carry the tag on: to the network outside, where it names a
 * VLAN that the sender has no business in.
 */
const untaggedOnly: Flow = {
  stage: 'classify',
  priority: 200,
  match: [on('vlan_vid', tagPresent, tagPresent)],
  actions: [],
};

/**
 * What conntrack takes for invalid it does not translate: it would leave with its private address, or arrive with the
 * public one. `locate` sees here what comes from `external-in`; other packets were judged before, or not yet.
 */
const translatedOnly = (['external-route', 'locate'] as const).map(
  (stage): Flow => ({ stage, priority: 200, match: [isIpv4, conntrackState(['inv'])], actions: [] }),
);

/** The same of a NAT gateway, whose packets start again from here. */
const translatedOnlyRouted: Flow = {
  stage: 'route',
  priority: 65100,
  match: [onFlag('translated'), isIpv4, conntrackState(['inv'])],
  actions: [],
};

/**
 * What comes back to an elastic IP on a gateway host: conntrack knows whose it is. What is new has flows of its own.
 */
const backThroughNat = [conntrackState(['rpl'], ['inv']), conntrackState(['rel'], ['inv'])].map(
  (match, index): Flow => ({
    stage: 'nat',
    priority: 100 - index,
    match: [isIpv4, match],
    actions: [move('ipv4_dst', registers.nextHop, 32)],
    goto: 'route-local',
  }),
);

/** The same of a NAT gateway, whose network ACL has judged the packet once more. */
const backThroughGateway = [
  ...[conntrackState(['rpl'], ['inv']), conntrackState(['rel'], ['inv'])].map(
    (match, index): Flow => ({
      stage: 'route',
      priority: 65300 - index,
      match: [onFlag('returning'), isIpv4, match],
      actions: [setFlag(flags.returning, 0), move('ipv4_dst', registers.nextHop, 32)],
      goto: 'route-local',
    }),
  ),
  { stage: 'route', priority: 65200, match: [onFlag('returning')], actions: [] } satisfies Flow,
];

/**
 * Addresses that no router passes on, whatever its routes say. In IPv4: this network, loopback, link-local (RFC 3927,
 * section 7), groups and broadcast; a route to everywhere would let the network outside answer as the metadata service.
 * In IPv6: unspecified, loopback and link-local (RFC 4291, section 2.5), IPv4 addresses in disguise (RFC 5156, section
 * 2.2), those of services of the cloud (AWS, "Configure route tables"), and groups, which a VPC does not have.
 */
const neverRoutedIpv6 = ['::/127', '::ffff:0:0/96', 'fd00:ec2::/32', 'fe80::/10', 'ff00::/8'];
const neverRouted = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', ...neverRoutedIpv6].map(
  (network): Flow => {
    const match = ipMatch('dst', parseNetwork(network));
    return { stage: 'route', priority: 64000, match, actions: [] };
  },
);

/** Nor is what comes from such an address passed on (RFC 4291, section 2.5), be it from inside or from outside. */
const neverRoutedSources = neverRoutedIpv6.flatMap((network): Flow[] => {
  const match = ipMatch('src', parseNetwork(network));
  return [
    { stage: 'route', priority: 63900, match, actions: [] },
    { stage: 'public-track', priority: 120, match, actions: [] },
  ];
});

const arpReply: Flow = {
  stage: 'arp-reply',
  priority: 100,
  match: [isArp],
  actions: [
    move('arp_sha', 'arp_tha', 48),
    move('arp_spa', 'arp_tpa', 32),
    move('eth_dst', 'arp_sha', 48),
    move(registers.nextHop, 'arp_spa', 32),
    move('eth_src', 'eth_dst', 48),
    move('arp_sha', 'eth_src', 48),
    set('arp_op', 2),
    { type: 'output', port: ports.inPort },
  ],
};

function baseFlows(): Flow[] {
  return [
    untaggedOnly,
    ...translatedOnly,
    translatedOnlyRouted,
    ...backThroughNat,
    ...backThroughGateway,
    // A VM that answers DHCP requests of others would hand out addresses: never.
    ...([[isIpv4, 67, 68] as const, [isIpv6, 547, 546] as const].map(([ip, server, client]) => ({
      stage: 'admit' as const,
      priority: 290,
      match: [ip, on('ip_proto', protocol.udp), on('udp_src', server), on('udp_dst', client)],
      actions: [],
    })) satisfies Flow[]),
    ...noNeighbourDiscovery,
    {
      stage: 'egress-destination',
      priority: 0,
      match: [],
      actions: [call('destination-identity')],
      goto: 'egress-track',
    },
    ...egressCheck,
    // What stays in its subnet is no matter of network ACLs, nor of routes.
    { stage: 'egress-acl', priority: 65000, match: [switched], actions: [], goto: 'route' },
    { stage: 'ingress-acl', priority: 65000, match: [switched], actions: [], goto: 'ingress-check' },
    { stage: 'route', priority: 65000, match: [switched], actions: [], goto: 'resolve' },
    ...neverRouted,
    ...neverRoutedSources,
    // `nextHop` is the end of `nextHop6`: an IPv6 address must not find who has the IPv4 address in its last bits.
    { stage: 'resolve', priority: 150, match: [isIpv6], actions: [] },
    { stage: 'forward', priority: 200, match: [isArp], actions: [], goto: 'arp-reply' },
    arpReply,
    ...neighbourAnswers,
    ...ingressCheck,
    { stage: 'deliver', priority: 0, match: [], actions: [outputToRegister] },
  ];
}

const base: FragmentDefinition = {
  name: 'base',
  code: 1,
  compile: () => ({ scope: globalScope, number: 0, flows: baseFlows() }),
};

/** The flows that every host has from the first moment, whatever VPCs there are. */
export const baseFeature: Feature = {
  name: 'base',
  fragments: [base],
  affected: () => [],
  always: [{ definition: base, id: 'base' }],
};
