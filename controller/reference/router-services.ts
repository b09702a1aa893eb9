import { formatIpv4, interfaceMtu, netmask, parseCidr, type ResourceOf } from '../resources/index.ts';
import { isDhcpV6Request } from './ipv6-source.ts';
import type { Answered, Offered, OfferedV6 } from './outcome.ts';
import { type Frame, type Ip, isIcmp } from './packet.ts';
import { named, networkOf, routerAddress, routerMac } from './resources.ts';
import type { Walk } from './walk.ts';

/** RFC 1700: what a fresh packet of the router starts with. */
const initialTimeToLive = 64;

/**
 * DHCP, before security groups see the packet, so that no rule can cut a VM off.
 *
 * AWS, "DHCP option sets": instances get their private address and options from the VPC by DHCP. RFC 2131, section 4.1: a client
 * sends from port 68 to port 67, to everybody or (to renew) to the server, which here is the router.
 */
export function answerDhcp(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  { destination, payload }: Ip,
): Offered | undefined {
  const router = routerAddress(subnet);
  const asks = payload.protocol === 'udp' && payload.sourcePort === 68 && payload.destinationPort === 67;
  if (!asks || (destination !== '255.255.255.255' && destination !== router)) return undefined;
  walk.note('DHCP', `offered ${sender.spec.privateAddress}`, sender.id);
  return {
    type: 'answered',
    by: 'dhcp',
    lease: {
      address: sender.spec.privateAddress,
      subnetMask: formatIpv4(netmask(networkOf(subnet).prefixLength)),
      router,
      mtu: interfaceMtu,
      ...settingsOf(walk, subnet),
      serverAddress: router,
      serverMac: routerMac(subnet),
    },
  };
}

/**
 * DHCPv6: "instances get their IPv6 address by DHCPv6" (AWS, "IPv6 addressing"), all of those that the interface has.
 * RFC 8415, section 18.2: a client asks all servers of the link.
 */
export function answerDhcpV6(
  walk: Walk,
  { id, spec }: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  packet: Ip,
): OfferedV6 | undefined {
  const { ipv6Addresses: addresses = [] } = spec;
  if (!isDhcpV6Request(packet) || addresses.length === 0) return undefined;
  walk.note('DHCPv6', `offered ${addresses.join(' ')}`, id);
  const serverMac = routerMac(subnet);
  return { type: 'answered', by: 'dhcpv6', lease: { addresses, serverMac, ...ipv6SettingsOf(walk, subnet) } };
}

/**
 * AWS, "DHCP option sets": a set has the domain, the DNS servers, the time servers, and what NetBIOS needs; without one, the default set names the
 * VPC's own DNS server and the domain of the region (`ec2.internal` in us-east-1).
 */
function chosenSet({ resources }: Walk, { spec: { vpcId } }: ResourceOf<'subnet'>) {
  const vpc = named(resources, 'vpc', vpcId);
  const { dhcpOptionsId, enableDnsSupport = true } = vpc.spec;
  const byRegion = vpc.region === 'us-east-1' ? 'ec2.internal' : `${vpc.region}.compute.internal`;
  const set: ResourceOf<'dhcp-options'>['spec'] =
    dhcpOptionsId === undefined
      ? { domainName: byRegion, domainNameServers: ['provided'] }
      : named(resources, 'dhcp-options', dhcpOptionsId).spec;
  const nameServers = (set.domainNameServers ?? []).filter(
    (server) => server !== 'provided' || enableDnsSupport,
  );
  return { vpc, set, nameServers };
}

/** The DNS server of the VPC is at its base address + 2. The lease is weft's own, an hour where the set names none. */
function settingsOf(walk: Walk, subnet: ResourceOf<'subnet'>) {
  const { vpc, set, nameServers } = chosenSet(walk, subnet);
  const own = formatIpv4(parseCidr(vpc.spec.cidrBlock, 'cidrBlock').address + 2);
  const isIpv4 = (server: string) => !server.includes(':');
  return {
    domainName: set.domainName ?? '',
    nameServers: nameServers.filter(isIpv4).map((server) => (server === 'provided' ? own : server)),
    timeServers: (set.ntpServers ?? []).filter(isIpv4),
    netbiosNameServers: set.netbiosNameServers ?? [],
    netbiosNodeType: set.netbiosNodeType ?? 0,
    leaseSeconds: set.leaseSeconds ?? 3600,
  };
}

/** In IPv6 the DNS server of every VPC is at fd00:ec2::253 (AWS, "Amazon DNS server"). */
export function ipv6SettingsOf(walk: Walk, subnet: ResourceOf<'subnet'>) {
  const { set, nameServers } = chosenSet(walk, subnet);
  const isIpv6 = (server: string) => server.includes(':');
  return {
    domainName: set.domainName ?? '',
    nameServers: nameServers
      .map((server) => (server === 'provided' ? 'fd00:ec2::253' : server))
      .filter(isIpv6),
    timeServers: (set.ntpServers ?? []).filter(isIpv6),
    preferredSeconds: set.ipv6PreferredLeaseSeconds ?? 3600,
  };
}

/**
 * The router of a subnet answers ping (RFC 792 and RFC 4443, echo) of the subnet's interfaces, before security groups see it.
 * A difference to AWS, where it is silent: people look for it first when something does not work.
 */
export function answerEcho(
  walk: Walk,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
  packet: Ip,
): Answered | undefined {
  const { protocol, payload } = packet;
  if (packet.destination !== routerAddress(subnet, protocol) || !isIcmp(payload)) return undefined;
  const [request, reply] = protocol === 'ipv4' ? [8, 0] : [128, 129];
  if (payload.type !== request || payload.code !== 0) return undefined;
  walk.note('gateway echo', 'answered', subnet.id);
  const content: Ip = {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    timeToLive: initialTimeToLive,
    payload: { ...payload, type: reply },
  };
  return {
    type: 'answered',
    by: 'gateway-echo',
    frame: { source: routerMac(subnet), destination: frame.source, content },
  };
}
