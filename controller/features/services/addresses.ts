import { derivedMac, parseAddress, type ResourceOf } from '../../resources/index.ts';

/** AWS, "Amazon DNS server" and "Instance metadata": the same in every VPC. */
export const dnsAddress = parseAddress('169.254.169.253', 'dns');
export const metadataAddress = parseAddress('169.254.169.254', 'metadata');
/** Between switch and services alone: a question to the VPC's base address + 2, so that its answer comes from there. */
export const vpcDnsAddress = parseAddress('169.254.169.252', 'vpcDns');
export const ports = { dns: 53, metadata: 80 } as const;

/** MAC of the services of every host, which never leaves it. */
export const servicesMac = derivedMac('services', 0);

/** The address by which the services of a host know an interface: 169.254.0.0 and its slot, at most 169.254.125.0. */
export function slotAddress({ spec }: ResourceOf<'binding'>): number {
  return parseAddress('169.254.0.0', 'slot') + spec.zoneSlot;
}
