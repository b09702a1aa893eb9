import { readNumber, type Slots } from './slots.ts';

const anyFragment = 1;

/** How a lookup differs from the packet as it is. */
export interface LookupOptions {
  readonly inPort?: number;
  /** With the addresses and ports of the connection's original direction. */
  readonly original?: boolean;
}

const originalDirection: readonly (readonly [slot: string, connection: string])[] = [
  ['ip_proto', 'ct_nw_proto'],
  ['ipv4_src', 'ct_nw_src'],
  ['ipv4_dst', 'ct_nw_dst'],
  ['ipv6_src', 'ct_ipv6_src'],
  ['ipv6_dst', 'ct_ipv6_dst'],
  ['tp_src', 'ct_tp_src'],
  ['tp_dst', 'ct_tp_dst'],
];

function swap(slots: Slots, a: string, b: string): void {
  const value = slots.get(a) ?? 0n;
  slots.set(a, slots.get(b) ?? 0n);
  slots.set(b, value);
}

/** The fields by which a packet is looked up in a table. */
export function lookupKey(flow: ReadonlyMap<string, bigint>, { inPort, original }: LookupOptions): Slots {
  const key = new Map(flow);
  if (inPort !== undefined) key.set('in_port', BigInt(inPort));
  if (original) {
    for (const [slot, from] of originalDirection) swap(key, slot, from);
  }
  // Fragments beyond the first have no ports, so no fragment is looked up by ports.
  if ((readNumber(key, 'ip_frag') & anyFragment) !== 0) {
    key.delete('tp_src');
    key.delete('tp_dst');
  }
  return key;
}
