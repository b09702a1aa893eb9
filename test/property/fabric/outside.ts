import { ipv4, mac } from 'node-openflow';

/** Machines outside have MACs that follow from their addresses, so that the one tells the other. */
const prefix = 0x0600n << 32n;

export function outsideMac(address: string): string {
  return mac.format(prefix | BigInt(ipv4.parse(address)));
}

/** The address of the machine outside that has this MAC; undefined for any other MAC. */
export function outsideAddress(address: string): string | undefined {
  const value = mac.parse(address);
  return value >> 32n === prefix >> 32n ? ipv4.format(Number(value & 0xffff_ffffn)) : undefined;
}
