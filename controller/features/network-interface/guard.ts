import type { Action, FieldMatch } from 'node-openflow';
import {
  type Flow,
  flags,
  inNetwork,
  ipMatch,
  isArp,
  isIcmpv6,
  isIpv4,
  isIpv6,
  on,
  onRegister,
  parseNetwork,
  protocol,
  setFlag,
} from '../../pipeline/index.ts';
import { type BoundContext, macNumber } from './context.ts';
import { ownAddressFlows } from './own-name.ts';
import { hasIpv6, ipv4NetworksOf } from './own-networks.ts';

/**
 * What an interface may send over IPv4: from its own addresses and prefixes, from those of its allowed pairs, and from any when the source
 * check is off. ARP is checked in any case: who routes for others does not answer for them.
 */
export function guardFlows(context: BoundContext): Flow[] {
  const { networkInterface } = context;
  const mac = macNumber(networkInterface.spec.macAddress);
  const networks = ipv4NetworksOf(networkInterface);
  return [
    ...networks.map((network) => admit(context, mac, ipMatch('src', network))),
    admit(context, mac, [
      isIpv4,
      on('ip_proto', protocol.udp),
      on('ipv4_src', 0),
      on('ipv4_dst', 0xffffffff),
      on('udp_src', 68),
      on('udp_dst', 67),
    ]),
    ...networks.map((network) => admit(context, mac, arpFrom(mac, ...inNetwork('arp_spa', network)))),
    // A probe before an address is used (RFC 5227) has no sender address yet.
    admit(context, mac, arpFrom(mac, on('arp_spa', 0))),
    // Announcements and probes of the own addresses are answered by nobody, with whatever MAC the interface may use.
    ...networks.map((network): Flow => {
      const [here] = from(context, mac) as [FieldMatch, ...FieldMatch[]];
      const match = [here, isArp, ...inNetwork('arp_tpa', network)];
      return { stage: 'source-guard', priority: 200, match, actions: [] };
    }),
    ...pairFlows(context),
    ...(networkInterface.spec.sourceDestinationCheck === false ? uncheckedFlows(context, mac) : []),
  ];
}

/** What comes from others' addresses: the egress rules of the sender judge it, and the receiver sees nobody's groups. */
const passedOn: readonly Action[] = [setFlag(flags.passedOn, 1)];

/** Any source passes, below what is checked of neighbour discovery. */
function uncheckedFlows(context: BoundContext, mac: bigint): Flow[] {
  const families = hasIpv6(context.networkInterface) ? [isIpv4, isIpv6] : [isIpv4];
  return families.map((family) => admit(context, mac, [family], 90, passedOn));
}

/** Packets and ARP from the networks that the owner has allowed. */
function pairFlows(context: BoundContext): Flow[] {
  const { allowedAddressPairs = [], macAddress } = context.networkInterface.spec;
  const flows = allowedAddressPairs.flatMap((pair): Flow[] => {
    const mac = macNumber(pair.macAddress ?? macAddress);
    const network = parseNetwork(pair.cidrBlock);
    const source = ipMatch('src', network);
    // Below the flows that check neighbour discovery.
    const packets = admit(context, mac, source, 95, passedOn);
    if (typeof network.address === 'bigint') {
      const solicitation = [...isIcmpv6('neighbourSolicitation'), ...source.slice(1), on('nd_sll', mac)];
      return [packets, admit(context, mac, solicitation, 115)];
    }
    return [packets, admit(context, mac, arpFrom(mac, ...inNetwork('arp_spa', network)), 95)];
  });
  return [...flows, ...unsaidSolicitations(context), ...ownAddressFlows(context)];
}

/** Solicitations that do not say whose they are, from MACs that are not checked for it with the interface's own addresses. */
function unsaidSolicitations(context: BoundContext): Flow[] {
  const { allowedAddressPairs = [], macAddress } = context.networkInterface.spec;
  const ofPairs = allowedAddressPairs
    .filter(({ cidrBlock }) => cidrBlock.includes(':'))
    .map((pair) => pair.macAddress ?? macAddress);
  return [...new Set(ofPairs)]
    .filter((mac) => mac !== macAddress || !hasIpv6(context.networkInterface))
    .map((mac) => ({
      stage: 'source-guard',
      priority: 110,
      match: [...from(context, macNumber(mac)), ...isIcmpv6('neighbourSolicitation')],
      actions: [],
    }));
}

const from = ({ networkInterface }: BoundContext, mac: bigint): FieldMatch[] => [
  onRegister('interfaceNumber', networkInterface.number as number),
  on('eth_src', mac),
];

/** An ARP question whose sender is this MAC. */
const arpFrom = (mac: bigint, ...sender: FieldMatch[]): FieldMatch[] => [
  isArp,
  on('arp_op', 1),
  ...sender,
  on('arp_sha', mac),
];

function admit(
  context: BoundContext,
  mac: bigint,
  match: readonly FieldMatch[],
  priority = 100,
  actions: readonly Action[] = [],
): Flow {
  return {
    stage: 'source-guard',
    priority,
    match: [...from(context, mac), ...match],
    actions,
    goto: 'admit',
  };
}
