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

/** The MTU inside a VPC: that of the underlay less outer IPv4, UDP, Geneve and the identity option (58 bytes). */
export const interfaceMtu = 1500 - 58;
