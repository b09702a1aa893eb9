import {
  derivedMac,
  ipv6Netmask,
  parseAddress,
  parseIpv6Address,
  type ResourceOf,
} from '../../resources/index.ts';

/** AWS, "Amazon DNS server" and "Instance metadata": the same in every VPC. */
export const dnsAddress = parseAddress('169.254.169.253', 'dns');
export const metadataAddress = parseAddress('169.254.169.254', 'metadata');
/** AWS, "Instance metadata": the same over IPv6. */
export const ipv6MetadataAddress = parseIpv6Address('fd00:ec2::254', 'metadata');
/** Between switch and services alone: a question to the VPC's base address + 2, so that its answer comes from there. */
export const vpcDnsAddress = parseAddress('169.254.169.252', 'vpcDns');
export const ports = { dns: 53, metadata: 80 } as const;

/** MAC of the services of every host, which never leaves it. */
export const servicesMac = derivedMac('services', 0);

/** Subnets are of one /16 (AWS allows no larger ones), so the last 16 bits of an address tell it from the others of its interface. */
export const ownBits = 0xffff;
/** Slots are 1 to 32,000: with this they are the first half of valid addresses, from 1.1.0.0 to 126.0.0.0. */
const firstNetwork = 0x100;

/**
 * The network by which the services of a host know an interface: a /16 for each slot. Questions keep the last bits of the address
 * that asks, so that answers find back to each address of an interface, and nothing is remembered.
 */
export function slotNetwork({ spec }: ResourceOf<'binding'>): number {
  return (firstNetwork + spec.zoneSlot) * (ownBits + 1);
}

/** Subnets are a /64 in IPv6. */
export const ipv6SlotMask = ipv6Netmask(64);
/** Of unique local addresses (RFC 4193), between switch and services alone. */
const firstIpv6Network = parseIpv6Address('fd57::', 'slot');

/** The same in IPv6: a /64 for each slot. */
export function ipv6SlotNetwork({ spec }: ResourceOf<'binding'>): bigint {
  return firstIpv6Network | (BigInt(spec.zoneSlot) << 64n);
}
