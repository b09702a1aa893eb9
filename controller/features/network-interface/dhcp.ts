import { answerDhcpV4, type Flow, isIpv4, limit, on, onRegister, protocol } from '../../pipeline/index.ts';
import { formatIpv4, gatewayAddress, netmask, parseAddress, parseCidr } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { dhcpSettings } from '../dhcp-options/settings.ts';
import { gatewayMac } from '../subnet/router.ts';
import type { BoundContext } from './context.ts';

type Option = readonly [code: number, value: Uint8Array];

/** Metadata and DNS at their link-local addresses: through the router, also on machines that take 169.254/16 for near. */
const servicePrefix = [32, 169, 254, 169] as const;
const serviceHosts = [253, 254] as const;

function uint32(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

/** The name that every address has: `ip-10-0-0-5`. */
export const addressName = (address: number) => `ip-${formatIpv4(address).replaceAll('.', '-')}`;

/**
 * Options of RFC 2132: mask, router, DNS servers, host name, domain, MTU, time servers, NetBIOS name servers and node type, lease, renewal (half of it) and
 * rebinding (seven eighths) times; routes of RFC 3442, which are for clients that ask for them, and which these use instead of
 * the router.
 */
function optionsOf(view: TopologyView, { networkInterface, subnet, vpc }: BoundContext): Option[] {
  const network = parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
  const address = parseAddress(networkInterface.spec.privateAddress, 'privateAddress');
  const settings = dhcpSettings(view, vpc);
  const { domainName, nameServers, ntpServers, leaseSeconds } = settings;
  const { netbiosNameServers, netbiosNodeType } = settings;
  const router = uint32(gatewayAddress(network));
  const routes = serviceHosts.flatMap((host) => [...servicePrefix, host, ...router]);
  const options: (Option | undefined)[] = [
    [1, uint32(netmask(network.prefixLength))],
    [3, router],
    nameServers.length > 0 ? [6, uint32(...nameServers)] : undefined,
    [12, Buffer.from(addressName(address))],
    domainName ? [15, Buffer.from(domainName)] : undefined,
    [26, uint16(view.interfaceMtu)],
    ntpServers.length > 0 ? [42, uint32(...ntpServers)] : undefined,
    netbiosNameServers.length > 0 ? [44, uint32(...netbiosNameServers)] : undefined,
    netbiosNodeType === undefined ? undefined : [46, Uint8Array.of(netbiosNodeType)],
    [51, uint32(leaseSeconds)],
    [58, uint32(Math.floor(leaseSeconds / 2))],
    [59, uint32(Math.floor((leaseSeconds * 7) / 8))],
    [121, Uint8Array.of(...routes, 0, ...router)],
  ];
  return options.filter((option) => option !== undefined);
}

/** DHCP requests of the interface, broadcast or to its server, go to the agent with the ready answer. */
export function dhcpFlows(view: TopologyView, context: BoundContext): Flow[] {
  const { networkInterface, subnet } = context;
  const server = gatewayAddress(parseCidr(subnet.spec.cidrBlock, 'cidrBlock'));
  const answer = answerDhcpV4({
    address: parseAddress(networkInterface.spec.privateAddress, 'privateAddress'),
    serverAddress: server,
    serverMac: gatewayMac(subnet),
    options: optionsOf(view, context),
  });
  return [0xffffffff, server].map((destination) => ({
    stage: 'admit',
    priority: 300,
    match: [
      onRegister('interfaceNumber', networkInterface.number as number),
      isIpv4,
      on('ip_proto', protocol.udp),
      on('ipv4_dst', destination),
      on('udp_src', 68),
      on('udp_dst', 67),
    ],
    actions: [limit, answer],
  }));
}
