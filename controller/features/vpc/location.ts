import { type Flow, inNetwork, ipMatch, isIpv6, load, registers, set } from '../../pipeline/index.ts';
import type { Ipv4Network, Ipv6Network, ResourceOf } from '../../resources/index.ts';
import { vpcMatch } from './scope.ts';

/**
 * Where addresses of the VPC are, mostly one: their MAC, and the host that has them.
 * @param hostKey the tunnel address of the host
 */
export function locationFlow(
  vpc: ResourceOf<'vpc'>,
  network: Ipv4Network | Ipv6Network,
  mac: bigint,
  hostKey: number,
): Flow {
  // Asked for by IP and by ARP alike; of IPv6 only by IPv6, since `nextHop` is the end of `nextHop6`.
  const isOfIpv6 = typeof network.address === 'bigint';
  const asked = isOfIpv6
    ? [isIpv6, ...inNetwork(registers.nextHop6, network)]
    : inNetwork(registers.nextHop, network);
  return {
    stage: 'resolve',
    priority: isOfIpv6 ? 200 : 100,
    match: [vpcMatch(vpc), ...asked],
    actions: [set('eth_dst', mac), load('hostKey', hostKey)],
    goto: 'forward',
  };
}

/** Whose groups count at addresses of the VPC. */
export function identityFlow(
  vpc: ResourceOf<'vpc'>,
  network: Ipv4Network | Ipv6Network,
  identity: ResourceOf<'identity'>,
): Flow {
  return {
    stage: 'destination-identity',
    priority: 100,
    match: [vpcMatch(vpc), ...ipMatch('dst', network)],
    actions: [load('peerIdentity', identity.number as number)],
  };
}
