import { formatIpv4, parseCidr, type ResourceOf } from '../resources/index.ts';
import type { Answered, Dropped } from './outcome.ts';
import { type Frame, type Ip, isGroupMac } from './packet.ts';
import { isOwnAddress, named, routerMac } from './resources.ts';
import type { End } from './security-groups.ts';
import type { Walk } from './walk.ts';

/** MAC of the services of every host, for machines that take their addresses for near. */
export const servicesMac = '02:57:0f:00:00:00';
const metadataAddress = '169.254.169.254';
const dnsAddress = '169.254.169.253';
/** AWS, "Amazon DNS server" and "Use IMDSv2": the same over IPv6. */
const ipv6MetadataAddress = 'fd00:ec2::254';
const ipv6DnsAddress = 'fd00:ec2::253';
/** RFC 1700: what a fresh packet starts with. */
const initialTimeToLive = 64;
/** AWS, "Instance metadata options": the hop limit of answers is 1 where nothing else is said. */
const metadataTimeToLive = 1;

/**
 * AWS, "Amazon DNS server": at the base of the VPC's network plus two, and at 169.254.169.253, where the VPC wants it
 * (`enableDnsSupport`); with IPv6 at fd00:ec2::253, too.
 */
export function dnsAddresses({ resources }: Walk, vpcId: string): readonly string[] {
  const { cidrBlock, ipv6CidrBlock, enableDnsSupport = true } = named(resources, 'vpc', vpcId).spec;
  if (!enableDnsSupport) return [];
  const own = formatIpv4(parseCidr(cidrBlock, 'cidrBlock').address + 2);
  return [own, dnsAddress, ...(ipv6CidrBlock === undefined ? [] : [ipv6DnsAddress])];
}

/** Every address at which the VPC of a subnet has a service. */
export function serviceAddresses(walk: Walk, vpcId: string): readonly string[] {
  return [metadataAddress, ...dnsAddresses(walk, vpcId)];
}

/**
 * DNS and metadata, before security groups see the packet, so that no rule can cut a VM off. AWS, "Control traffic to AWS resources
 * using security groups": security groups do not filter traffic to and from the DNS server and the metadata service. An instance
 * asks from any of its own addresses; not from those that it may only use on behalf of others.
 */
export function answerService(
  walk: Walk,
  { interface: sender, binding }: End,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
  packet: Ip,
): Answered | Dropped | undefined {
  const { payload, destination } = packet;
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') return undefined;
  if (isGroupMac(frame.destination)) return undefined;
  const { destinationPort } = payload as { destinationPort: number };
  const isMetadata =
    [metadataAddress, ipv6MetadataAddress].includes(destination) &&
    destinationPort === 80 &&
    payload.protocol === 'tcp';
  const isDns = dnsAddresses(walk, subnet.spec.vpcId).includes(destination) && destinationPort === 53;
  if (!isMetadata && !isDns) return undefined;
  const host = named(walk.resources, 'host', binding.spec.hostId);
  if (host.spec.servicePort === undefined) return walk.drop('services', 'no-service', host.id);
  if (!isOwnAddress(sender, packet.source)) return walk.drop('services', 'no-service', sender.id);
  const { metadataIpv6, metadataHopLimit = metadataTimeToLive } =
    walk.resources.instance.get(sender.spec.instanceId ?? '')?.spec ?? {};
  // AWS, "Instance metadata options": over IPv6 only where the instance has that switched on.
  if (destination === ipv6MetadataAddress && !metadataIpv6) {
    return walk.drop('services', 'no-service', sender.id);
  }
  walk.note('services', `asked: ${isDns ? 'DNS' : 'metadata'}`, sender.id);
  const { macAddress } = sender.spec;
  return {
    type: 'answered',
    by: isDns ? 'dns' : 'metadata',
    frame: {
      source: routerMac(subnet),
      destination: macAddress,
      content: answerTo(packet, isDns ? initialTimeToLive : metadataHopLimit),
    },
  };
}

/** The first packet of an answer: the other way round, and for TCP what accepts a connection (RFC 9293, section 3.5). */
export function answerTo({ protocol, source, destination, payload }: Ip, timeToLive: number): Ip {
  const { sourcePort, destinationPort } = payload as { sourcePort: number; destinationPort: number };
  const ports = { sourcePort: destinationPort, destinationPort: sourcePort };
  return {
    protocol,
    source: destination,
    destination: source,
    timeToLive,
    payload:
      payload.protocol === 'tcp'
        ? { protocol: 'tcp', ...ports, flags: ['syn', 'ack'] }
        : { protocol: 'udp', ...ports },
  };
}
