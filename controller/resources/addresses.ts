import type { Ipv4Network } from './cidr.ts';

/**
 * Ethernet addresses that weft gives out, all locally administered: 02:57, a byte for what it is, and the number of
 * the resource. Numbers are unique in one installation, so these are, too.
 */
const macPrefix = 0x0257n << 32n;
const macUse = {
  interface: 0n,
  subnetGateway: 1n,
  elasticIp: 2n,
  natGateway: 3n,
  publicInterface: 4n,
  services: 15n,
} as const;

export function derivedMac(use: keyof typeof macUse, number: number): bigint {
  return macPrefix | (macUse[use] << 24n) | BigInt(number);
}

export function formatMac(mac: bigint): string {
  return (mac.toString(16).padStart(12, '0').match(/../g) as string[]).join(':');
}

/** The subnet's router: its first usable address, as in AWS. */
export function gatewayAddress(subnet: Ipv4Network): number {
  return subnet.address + 1;
}

/** The first four addresses (network, router, DNS, future use) and the last one are never given to interfaces. */
export function isReservedAddress(subnet: Ipv4Network, address: number): boolean {
  const offset = address - subnet.address;
  return offset < 4 || offset === 2 ** (32 - subnet.prefixLength) - 1;
}

/** Bytes that the tunnel adds to a packet: outer IPv4, UDP, Geneve, the identity option and the inner Ethernet header. */
export const tunnelOverhead = 58;

/** What packets between hosts may usually measure, in bytes: the MTU of Ethernet. */
export const usualUnderlayMtu = 1500;

/** The MTU inside VPCs where the underlay has the usual one. */
export const interfaceMtu = usualUnderlayMtu - tunnelOverhead;
