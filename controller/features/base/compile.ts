import type { FieldMatch } from 'node-openflow';
import {
  call,
  conntrackState,
  type Feature,
  type Flow,
  type FragmentDefinition,
  flags,
  globalScope,
  icmpv6Types,
  ipMatch,
  isArp,
  isIcmpv6,
  isIpv4,
  isIpv6,
  limit,
  move,
  on,
  onRegister,
  outputToRegister,
  parseNetwork,
  ports,
  protocol,
  registers,
  type StageName,
  set,
  setFlag,
  tableOf,
  whole,
} from '../../pipeline/index.ts';

/** Option of RFC 4861, section 4.6.1. */
const targetLinkLayerAddress = 2;
const peer = registers.peerIdentity;
const allowed = on(registers.flags, 1 << flags.allowed, 1 << flags.allowed);
const switched = on(registers.flags, 1 << flags.switched, 1 << flags.switched);
const labelToPeer = move('ct_label', peer, 32);
const commit = {
  type: 'conntrack',
  commit: true,
  zone: whole('securityZone', 16),
  exec: [move(peer, 'ct_label', 32)],
} as const;

/**
 * Half of the security group machinery, the same for both halves of the pipeline. Rules always see the connection's
 * original direction, so what decides is who opened it: for packets of the direction in which it was opened the
 * `own` rules, for replies the rules of the other direction, with the other side's identity from the connection.
 */
function securityCheck(
  stage: { track: StageName; tracked: StageName; check: StageName; verdict: StageName; next: StageName },
  own: StageName,
  reply: StageName,
): Flow[] {
  return [isIpv4, isIpv6].flatMap((ip) => securityCheckOf(ip, stage, own, reply));
}

function securityCheckOf(
  ip: FieldMatch,
  stage: { track: StageName; tracked: StageName; check: StageName; verdict: StageName; next: StageName },
  own: StageName,
  reply: StageName,
): Flow[] {
  const ct = (
    priority: number,
    yes: Parameters<typeof conntrackState>[0],
    no: Parameters<typeof conntrackState>[1],
  ) => ({
    priority,
    match: [ip, conntrackState(yes, no)],
  });
  const { check, verdict, next } = stage;
  return [
    {
      stage: stage.track,
      priority: 100,
      match: [ip],
      actions: [{ type: 'conntrack', zone: whole('securityZone', 16), table: tableOf(stage.tracked) }],
    },
    { stage: check, ...ct(100, ['inv'], []), actions: [] },
    { stage: check, ...ct(90, [], ['inv', 'rpl', 'rel']), actions: [call(own)], goto: verdict },
    { stage: check, ...ct(90, ['rel'], ['inv', 'rpl']), actions: [labelToPeer, call(own)], goto: verdict },
    { stage: check, ...ct(90, ['rpl'], ['inv']), actions: [labelToPeer, call(reply)], goto: verdict },
    {
      stage: verdict,
      priority: 100,
      match: [allowed, ip, conntrackState(['new'], ['rel', 'rpl'])],
      actions: [setFlag(flags.allowed, 0), commit],
      goto: next,
    },
    ...[conntrackState(['rpl']), conntrackState(['rel'])].map((match, index) => ({
      stage: verdict,
      priority: 90 - index,
      match: [allowed, ip, match],
      actions: [setFlag(flags.allowed, 0)],
      goto: next,
    })),
    // Identity 0 on both sides is equal in every VPC; the others have a flow for each identity.
    {
      stage: verdict,
      priority: 80,
      match: [
        allowed,
        onRegister('peerIdentity', 0),
        ip,
        conntrackState(['est'], ['rel', 'rpl']),
        on('ct_label', 0n, 0xffffffffn),
      ],
      actions: [setFlag(flags.allowed, 0)],
      goto: next,
    },
    {
      stage: verdict,
      priority: 70,
      match: [allowed, ip, conntrackState(['est'], ['rel', 'rpl'])],
      actions: [setFlag(flags.allowed, 0), commit],
      goto: next,
    },
  ];
}

/** `vlan_vid` with this bit: the frame has a tag (OpenFlow 1.5.1, section 7.2.3.8). */
const tagPresent = 0x1000;

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
  match: [on(registers.flags, 1 << flags.translated, 1 << flags.translated), isIpv4, conntrackState(['inv'])],
  actions: [],
};

/**
 * What comes back through a translation: conntrack knows whose it is. What nobody has asked for meets no flow, but for
 * elastic IPs, which have their own.
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

/**
 * Addresses that no router passes on, whatever its routes say. In IPv4: this network, loopback, link-local (RFC 3927,
 * section 7), groups and broadcast; a route to everywhere would let the network outside answer as the metadata service.
 * In IPv6: unspecified, loopback and link-local (RFC 4291, section 2.5), IPv4 addresses in disguise (RFC 5156, section
 * 2.2), and groups, which a VPC does not have.
 */
const neverRouted = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
  ...['::/127', '::ffff:0:0/96', 'fe80::/10', 'ff00::/8'],
].map((network): Flow => {
  const match = ipMatch('dst', parseNetwork(network));
  return { stage: 'route', priority: 64000, match, actions: [] };
});

/** Neighbour discovery that nobody asks for here: what routers say is said by the cloud alone (RFC 6105). */
const noNeighbourDiscovery = (
  [
    ['admit', 150],
    ['external-in', 105],
  ] as const
).flatMap(([stage, priority]) =>
  (
    [
      'routerSolicitation',
      'routerAdvertisement',
      'neighbourSolicitation',
      'neighbourAdvertisement',
      'redirect',
    ] as const
  ).map((type): Flow => ({ stage, priority, match: isIcmpv6(type), actions: [] })),
);

/** Flags of an advertisement (RFC 4861, section 4.4): from a router, solicited, override. */
const advertisementFlags = { router: 0xe000_0000, host: 0x6000_0000 } as const;

/**
 * The answer to a solicitation: `eth_dst` is the MAC that was asked for, and what is in `nextHop6` is needed no more.
 * The kind of option can only be changed together with the type, and its content only after another look at the packet.
 */
const neighbourReply = (['router', 'host'] as const).map((speaker): Flow => {
  const isRouter = on(registers.flags, 1 << flags.router, 1 << flags.router);
  return {
    stage: 'nd-reply',
    priority: speaker === 'router' ? 110 : 100,
    match: [...(speaker === 'router' ? [isRouter] : []), ...isIcmpv6('neighbourSolicitation')],
    // Fields of neighbour discovery are set on the slow path of the switch.
    actions: [
      limit,
      move('eth_src', registers.nextHop6, 48),
      move('eth_dst', 'eth_src', 48),
      move(registers.nextHop6, 'eth_dst', 48),
      move('ipv6_src', 'ipv6_dst', 128),
      move('nd_target', 'ipv6_src', 128),
      set('ip_ttl', 255),
      set('nd_reserved', advertisementFlags[speaker]),
      set('icmpv6_type', icmpv6Types.neighbourAdvertisement),
      set('nd_options_type', targetLinkLayerAddress),
    ],
    goto: 'nd-option',
  };
});
const neighbourOption: Flow = {
  stage: 'nd-option',
  priority: 100,
  match: isIcmpv6('neighbourAdvertisement'),
  actions: [move('eth_src', 'nd_tll', 48), { type: 'output', port: ports.inPort }],
};

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
    // A VM that answers DHCP requests of others would hand out addresses: never.
    ...([[isIpv4, 67, 68] as const, [isIpv6, 547, 546] as const].map(([ip, server, client]) => ({
      stage: 'admit' as const,
      priority: 290,
      match: [ip, on('ip_proto', protocol.udp), on('udp_src', server), on('udp_dst', client)],
      actions: [],
    })) satisfies Flow[]),
    ...noNeighbourDiscovery,
    // Nobody could answer whoever has no address yet: who probes for an address gets no answer.
    {
      stage: 'external-in',
      priority: 120,
      match: [...isIcmpv6('neighbourSolicitation'), on('ipv6_src', 0n)],
      actions: [],
    },
    {
      stage: 'egress-destination',
      priority: 0,
      match: [],
      actions: [call('destination-identity')],
      goto: 'egress-track',
    },
    ...securityCheck(
      {
        track: 'egress-track',
        tracked: 'egress-check',
        check: 'egress-check',
        verdict: 'egress-verdict',
        next: 'egress-acl',
      },
      'egress-rules',
      'ingress-rules',
    ),
    // What stays in its subnet is no matter of network ACLs, nor of routes.
    { stage: 'egress-acl', priority: 65000, match: [switched], actions: [], goto: 'route' },
    { stage: 'ingress-acl', priority: 65000, match: [switched], actions: [], goto: 'ingress-check' },
    { stage: 'route', priority: 65000, match: [switched], actions: [], goto: 'resolve' },
    ...neverRouted,
    // `nextHop` is the end of `nextHop6`: an IPv6 address must not find who has the IPv4 address in its last bits.
    { stage: 'resolve', priority: 150, match: [isIpv6], actions: [] },
    { stage: 'forward', priority: 200, match: [isArp], actions: [], goto: 'arp-reply' },
    arpReply,
    {
      stage: 'forward',
      priority: 200,
      match: isIcmpv6('neighbourSolicitation'),
      actions: [],
      goto: 'nd-reply',
    },
    ...neighbourReply,
    neighbourOption,
    ...securityCheck(
      {
        track: 'ingress-track',
        tracked: 'ingress-acl',
        check: 'ingress-check',
        verdict: 'ingress-verdict',
        next: 'deliver',
      },
      'ingress-rules',
      'egress-rules',
    ),
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
