import {
  type Flow,
  icmpv6Types,
  isIcmpv6,
  limit,
  move,
  on,
  onFlag,
  ports,
  registers,
  type StageName,
  set,
} from '../../pipeline/index.ts';

const messages = [
  'routerSolicitation',
  'routerAdvertisement',
  'neighbourSolicitation',
  'neighbourAdvertisement',
  'redirect',
] as const;
const dropped = (stage: StageName, priority: number) =>
  messages.map((type): Flow => ({ stage, priority, match: isIcmpv6(type), actions: [] }));

/** Neighbour discovery that nobody asks for here: what routers say is said by the cloud alone (RFC 6105). */
export const noNeighbourDiscovery: readonly Flow[] = [
  ...dropped('admit', 150),
  ...dropped('external-in', 105),
  // Nobody could answer whoever has no address yet: who probes for an address gets no answer.
  {
    stage: 'external-in',
    priority: 120,
    match: [...isIcmpv6('neighbourSolicitation'), on('ipv6_src', 0n)],
    actions: [],
  },
];

/** Option of RFC 4861, section 4.6.1. */
const targetLinkLayerAddress = 2;

/** Flags of an advertisement (RFC 4861, section 4.4): from a router, solicited, override. */
const advertisementFlags = { router: 0xe000_0000, host: 0x6000_0000 } as const;

/**
 * The answer to a solicitation: `eth_dst` is the MAC that was asked for, and what is in `nextHop6` is needed no more.
 * The kind of option can only be changed together with the type, and its content only after another look at the packet.
 */
const neighbourReply = (['router', 'host'] as const).map((speaker): Flow => {
  return {
    stage: 'nd-reply',
    priority: speaker === 'router' ? 110 : 100,
    match: [...(speaker === 'router' ? [onFlag('router')] : []), ...isIcmpv6('neighbourSolicitation')],
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

/** Solicitations that were resolved are answered. */
export const neighbourAnswers: readonly Flow[] = [
  {
    stage: 'forward',
    priority: 200,
    match: isIcmpv6('neighbourSolicitation'),
    actions: [],
    goto: 'nd-reply',
  },
  ...neighbourReply,
  {
    stage: 'nd-option',
    priority: 100,
    match: isIcmpv6('neighbourAdvertisement'),
    actions: [move('eth_src', 'nd_tll', 48), { type: 'output', port: ports.inPort }],
  },
];
