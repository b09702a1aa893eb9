import { formatIpv4, interfaceMtu, netmask, parseCidr, type ResourceOf } from '../resources/index.ts';
import type { Answered, Offered } from './outcome.ts';
import type { Frame, Ipv4 } from './packet.ts';
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
  { destination, payload }: Ipv4,
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
 * AWS, "DHCP option sets": a set has the domain, the DNS servers and the time servers; without one, the default set names the
 * VPC's own DNS server, which is at the VPC's base address + 2, and the domain of the region (`ec2.internal` in us-east-1). The
 * lease is weft's own, an hour where the set names none.
 */
function settingsOf({ resources }: Walk, { spec: { vpcId } }: ResourceOf<'subnet'>) {
  const vpc = named(resources, 'vpc', vpcId);
  const { dhcpOptionsId, cidrBlock, enableDnsSupport = true } = vpc.spec;
  const byRegion = vpc.region === 'us-east-1' ? 'ec2.internal' : `${vpc.region}.compute.internal`;
  const chosen: ResourceOf<'dhcp-options'>['spec'] =
    dhcpOptionsId === undefined
      ? { domainName: byRegion, domainNameServers: ['provided'] }
      : named(resources, 'dhcp-options', dhcpOptionsId).spec;
  const own = formatIpv4(parseCidr(cidrBlock, 'cidrBlock').address + 2);
  const servers = (chosen.domainNameServers ?? []).filter(
    (server) => server !== 'provided' || enableDnsSupport,
  );
  return {
    domainName: chosen.domainName ?? '',
    nameServers: servers.map((server) => (server === 'provided' ? own : server)),
    timeServers: [...(chosen.ntpServers ?? [])],
    leaseSeconds: chosen.leaseSeconds ?? 3600,
  };
}

/**
 * The router of a subnet answers ping (RFC 792, echo) of the subnet's interfaces, before security groups see it.
 * A difference to AWS, where it is silent: people look for it first when something does not work.
 */
export function answerEcho(
  walk: Walk,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
  packet: Ipv4,
): Answered | undefined {
  const { payload } = packet;
  if (packet.destination !== routerAddress(subnet) || payload.protocol !== 'icmp') return undefined;
  if (payload.type !== 8 || payload.code !== 0) return undefined;
  walk.note('gateway echo', 'answered', subnet.id);
  const content: Ipv4 = {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    timeToLive: initialTimeToLive,
    payload: { ...payload, type: 0 },
  };
  return {
    type: 'answered',
    by: 'gateway-echo',
    frame: { source: routerMac(subnet), destination: frame.source, content },
  };
}
