import type { NetworkAclEntry, ResourceOf } from '../resources/index.ts';
import type { Dropped } from './outcome.ts';
import { type Ip, isIcmp } from './packet.ts';
import { isInside, named } from './resources.ts';
import { isProtocol } from './services.ts';
import type { Walk } from './walk.ts';

/**
 * Judges a packet by the network ACL of a subnet, which it leaves (`egress`) or enters (`ingress`).
 *
 * AWS, "Control subnet traffic with network access control lists": entries are tried from the lowest number; the first that
 * matches decides, whatever stands behind it; what none matches is denied. ACLs are stateless: replies are judged like any
 * packet. They do not see what stays in a subnet.
 */
export function judgeByAcl(
  walk: Walk,
  subnet: ResourceOf<'subnet'>,
  packet: Ip,
  direction: 'egress' | 'ingress',
): Dropped | undefined {
  const { resources } = walk;
  const vpc = named(resources, 'vpc', subnet.spec.vpcId);
  const acl = named(resources, 'network-acl', subnet.spec.networkAclId ?? vpc.spec.defaultNetworkAclId);
  const stage = direction === 'egress' ? 'network ACL of the sender' : 'network ACL of the receiver';
  const [entry] = acl.spec.entries
    .filter((one) => one.direction === direction && matches(one, packet))
    .sort((a, b) => a.number - b.number);
  if (entry?.action !== 'allow') {
    return walk.drop(stage, direction === 'egress' ? 'egress-acl' : 'ingress-acl', acl.id);
  }
  walk.note(stage, `entry ${entry.number} allows`, acl.id);
  return undefined;
}

/** The ports are those of the receiver of the packet itself, type and code those of the packet itself. */
function matches(entry: NetworkAclEntry, packet: Ip): boolean {
  const { payload } = packet;
  const network = (entry.cidrIpv4 ?? entry.cidrIpv6) as string;
  if (!isInside(network, entry.direction === 'egress' ? packet.destination : packet.source)) return false;
  if (entry.protocol === 'all') return true;
  if (!isProtocol(entry.protocol, payload.protocol)) return false;
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') {
    const { fromPort = 0, toPort = 65535 } = entry;
    return fromPort <= payload.destinationPort && payload.destinationPort <= toPort;
  }
  if (!isIcmp(payload)) return true;
  const { icmpType = -1, icmpCode = -1 } = entry;
  return [-1, payload.type].includes(icmpType) && [-1, payload.code].includes(icmpCode);
}
