import type { FieldMatch } from 'node-openflow';
import { type Flow, isIpv4, isIpv6, load, on, onRegister, set } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import { vpcMatch } from './scope.ts';

/** Matches packets to one address; a bigint is one of IPv6. */
export function toAddress(address: number | bigint): FieldMatch[] {
  return typeof address === 'bigint' ? [isIpv6, on('ipv6_dst', address)] : [isIpv4, on('ipv4_dst', address)];
}

/**
 * Where an address of the VPC is: its MAC, and the host that has it.
 * @param hostKey the tunnel address of the host
 */
export function locationFlow(
  vpc: ResourceOf<'vpc'>,
  address: number | bigint,
  mac: bigint,
  hostKey: number,
): Flow {
  // Asked for by IP and by ARP alike; of IPv6 only by IPv6, since `nextHop` is the end of `nextHop6`.
  const asked =
    typeof address === 'bigint'
      ? [isIpv6, onRegister('nextHop6', address)]
      : [onRegister('nextHop', address)];
  return {
    stage: 'resolve',
    priority: typeof address === 'bigint' ? 200 : 100,
    match: [vpcMatch(vpc), ...asked],
    actions: [set('eth_dst', mac), load('hostKey', hostKey)],
    goto: 'forward',
  };
}

/** Whose groups count at an address of the VPC. */
export function identityFlow(
  vpc: ResourceOf<'vpc'>,
  address: number | bigint,
  identity: ResourceOf<'identity'>,
): Flow {
  return {
    stage: 'destination-identity',
    priority: 100,
    match: [vpcMatch(vpc), ...toAddress(address)],
    actions: [load('peerIdentity', identity.number as number)],
  };
}
