import { formatIpv4, interfaceMtu, netmask, type ResourceOf } from '../resources/index.ts';
import type { Answered, Offered } from './outcome.ts';
import type { Frame, Ipv4 } from './packet.ts';
import { networkOf, routerAddress, routerMac } from './resources.ts';
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
      serverAddress: router,
      serverMac: routerMac(subnet),
    },
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
