import type { FieldMatch } from 'node-openflow';
import {
  answerDhcpV6,
  type Flow,
  inNetwork,
  ipMatch,
  isIcmpv6,
  isIpv6,
  limit,
  on,
  onRegister,
  protocol,
} from '../../pipeline/index.ts';
import { ipv6Netmask, linkLocalAddress, parseIpv6Address } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { dhcpV6Options } from '../dhcp-options/ipv6-options.ts';
import { dhcpSettings } from '../dhcp-options/settings.ts';
import { gatewayMac } from '../subnet/router.ts';
import { type BoundContext, macNumber } from './context.ts';
import { hasIpv6, ipv6NetworksOf } from './own-networks.ts';

const linkLocal = on('ipv6_src', 0xfe80n << 112n, ipv6Netmask(10));
/** All DHCP servers and relays of the link, ff02::1:2 (RFC 8415, section 7.1). */
const allDhcpServers = (0xff02n << 112n) | 0x1_0002n;
const dhcpRequest = [
  isIpv6,
  on('ip_proto', protocol.udp),
  on('ipv6_dst', allDhcpServers),
  on('udp_src', 546),
  on('udp_dst', 547),
];

/**
 * What an interface with IPv6 addresses or prefixes may send. Its link-local address may be any, since systems choose one at
 * random (RFC 7217); it is good for neighbour discovery, DHCP and ping of the router, which are answered on the spot, so
 * nobody else ever sees it.
 */
export function ipv6GuardFlows(context: BoundContext): Flow[] {
  const { networkInterface, subnet } = context;
  if (!hasIpv6(networkInterface)) return [];
  const networks = ipv6NetworksOf(networkInterface);
  const mac = macNumber(networkInterface.spec.macAddress);
  const here = [onRegister('interfaceNumber', networkInterface.number as number), on('eth_src', mac)];
  const guard = (priority: number, match: readonly FieldMatch[], goto?: 'admit'): Flow => ({
    stage: 'source-guard',
    priority,
    match: [...here, ...match],
    actions: [],
    ...(goto ? { goto } : {}),
  });
  const solicitation = isIcmpv6('neighbourSolicitation');
  const sources = [...networks.flatMap((network) => inNetwork('ipv6_src', network)), linkLocal];
  const gateway = on('ipv6_dst', linkLocalAddress(gatewayMac(subnet)));
  return [
    ...networks.map((network) => guard(100, ipMatch('src', network), 'admit')),
    ...sources.map((source) => guard(120, [...solicitation, source, on('nd_sll', mac)], 'admit')),
    guard(110, solicitation),
    // Who asks for the own address has got it twice, or is probing: answered by nobody, with whatever MAC it asks.
    ...networks.map((network) => {
      const { match, ...flow } = guard(200, [...solicitation, ...inNetwork('nd_target', network)]);
      return { ...flow, match: match.filter(({ field }) => field !== 'eth_src') };
    }),
    // Before there is an address, the unspecified one may be used (RFC 4861, section 4.1).
    ...[linkLocal, on('ipv6_src', 0n)].map((source) =>
      guard(120, [...isIcmpv6('routerSolicitation'), source], 'admit'),
    ),
    guard(120, [...dhcpRequest, linkLocal], 'admit'),
    guard(120, [...isIcmpv6('echoRequest'), linkLocal, gateway], 'admit'),
  ];
}

/** DHCPv6 of the interface goes to the agent with the ready answer: all of its addresses, and what the VPC tells. */
export function dhcpV6Flows(view: TopologyView, context: BoundContext): Flow[] {
  const { ipv6Addresses = [] } = context.networkInterface.spec;
  if (ipv6Addresses.length === 0) return [];
  const addresses = ipv6Addresses.map((text) => parseIpv6Address(text, 'ipv6Addresses'));
  const settings = dhcpSettings(view, context.vpc);
  const answer = answerDhcpV6({
    serverMac: gatewayMac(context.subnet),
    preferredSeconds: settings.ipv6PreferredSeconds,
    addresses,
    options: dhcpV6Options(settings),
  });
  const { number } = context.networkInterface;
  return [
    {
      stage: 'admit',
      priority: 300,
      match: [onRegister('interfaceNumber', number as number), ...dhcpRequest],
      actions: [limit, answer],
    },
  ];
}
