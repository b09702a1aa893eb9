import fc from 'fast-check';

/*
 * For tests: random matches in the syntax of ovs-ofctl. Values come from small sets, so that packets match, registers are read
 * after they were written and connections meet each other.
 */

/** Tables 0 to 4. */
export const lastRandomTable = 4;

/** What a table may hold. */
export interface RandomOptions {
  /** Connection tracking: none, without commit, or all of it. */
  readonly conntrack: 'none' | 'uncommitted' | 'all';
  readonly nat: boolean;
  /** Whether flows look at the length of packets. */
  readonly lengths: boolean;
}

/** What the match of a flow says about the protocol; the empty one says nothing. */
export const protocols = ['', '', 'ip', 'ip', 'tcp', 'udp', 'icmp', 'arp', 'ipv6', 'tcp6', 'udp6'] as const;
export type Protocol = (typeof protocols)[number];

export const isIp = (protocol: Protocol) => protocol !== '' && protocol !== 'arp';
export const isIpv4 = (protocol: Protocol) => ['ip', 'tcp', 'udp', 'icmp'].includes(protocol);
export const hasPorts = (protocol: Protocol) => /tcp|udp/.test(protocol);

export const small = fc.nat({ max: 7 });
export const register = fc.nat({ max: 3 }).map((number) => `reg${number}`);
export const port = fc.integer({ min: 1, max: 4 });

const condition = {
  any: [
    port.map((number) => `in_port=${number}`),
    fc.tuple(register, small).map(([name, value]) => `${name}=${value}`),
    fc.tuple(register, small, small).map(([name, value, mask]) => `${name}=${value & mask}/${mask}`),
    fc.tuple(small, small).map(([value, mask]) => `metadata=${value & mask}/${mask}`),
    fc.tuple(fc.nat({ max: 1 }), small).map(([number, value]) => `xreg${number}=${value}`),
    fc.constantFrom('dl_dst=02:00:00:00:00:02', 'dl_src=02:00:00:00:00:00/ff:ff:ff:ff:ff:fe'),
    fc.constantFrom('vlan_tci=0', 'vlan_tci=0x1000/0x1000', 'dl_vlan=5'),
  ],
  ipv4: [
    fc.nat({ max: 3 }).map((host) => `nw_src=10.0.0.${host}`),
    fc.constantFrom(
      'nw_src=10.0.0.0/31',
      'nw_dst=10.0.0.0/30',
      'nw_dst=10.0.0.2/31',
      'nw_dst=10.0.0.1',
      'nw_ttl=64',
    ),
  ],
  ports: [
    small.map((number) => `tp_dst=${number}`),
    fc.constantFrom('tp_src=0/0x1', 'tp_dst=0x2/0x2', 'tp_dst=1000/0xfff8'),
  ],
  conntrack: [
    fc.constantFrom('ct_state=+new+trk', 'ct_state=-new+trk', 'ct_state=+est+trk', 'ct_state=+rpl+trk'),
    fc.constantFrom(
      'ct_state=-trk',
      'ct_state=+inv+trk',
      'ct_state=+rel+trk',
      'ct_state=-snat+trk',
      'ct_state=+dnat+trk',
    ),
    fc.constantFrom('ct_zone=1', 'ct_mark=1/1', 'ct_mark=0', 'ct_label=2/3', 'ct_mark=2'),
  ],
} as const;

/** A match of one protocol. */
export function conditions(protocol: Protocol, { conntrack }: RandomOptions): fc.Arbitrary<string> {
  const choices = [
    ...condition.any,
    ...(isIpv4(protocol) ? condition.ipv4 : []),
    ...(hasPorts(protocol) ? condition.ports : []),
    ...(isIp(protocol) && conntrack !== 'none' ? condition.conntrack : []),
  ];
  const key = (text: string) => text.split('=')[0]?.replace(/^x?reg.*/, 'register');
  return fc
    .uniqueArray(fc.oneof(...choices), { maxLength: 2, selector: key })
    .map((parts) => [protocol, ...parts].filter((part) => part !== '').join(','));
}
