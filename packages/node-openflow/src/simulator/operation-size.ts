import type { Operation } from './operations.ts';

/**
 * Bytes of datapath actions that Open vSwitch makes for one packet at most. Beyond them it drops the packet at the next
 * `resubmit`; ovs-vswitchd 3.1 ends itself when they are inside of a `clone`, `check_pkt_larger` or group bucket, whose
 * length is a number of 16 bits (nl_msg_end_nested).
 */
export const maximumDatapathBytes = 65_535;

/**
 * Bytes that each operation takes among the datapath actions at most: netlink attributes with headers of 4 bytes, rounded up
 * to 4 bytes. How many it takes depends on which headers have to be rewritten, which the datapath supports, and the build of
 * ovs-vswitchd.
 */
const mostBytes: Readonly<Record<Operation['type'], number>> = {
  // Ethernet, VLAN, IPv6, ports, ARP or ND, priority and mark, each with its mask.
  set: 320,
  // Zone, mark, labels with their mask, timeout, event mask, helper, translation between two IPv6 addresses.
  conntrack: 192,
  'conntrack-clear': 4,
  resume: 8,
  // A number; in front of it a truncation.
  output: 16,
  // The cookie by which ovs-vswitchd knows it again; in front of it a meter in a clone of its own.
  controller: 160,
  // Around what is counted by itself: a clone, or a check of the length and its two ways.
  clone: 32,
  meter: 8,
};

/** A tunnel's addresses, key, ports, flags, and 252 bytes of Geneve options with their headers. */
const tunnelBytes = 400;

/** Bytes that an operation takes among the datapath actions at most, without those nested in it. */
export function datapathBytes(operation: Operation): number {
  const tunnel = operation.type === 'output' && operation.tunnel ? tunnelBytes : 0;
  return mostBytes[operation.type] + tunnel;
}
