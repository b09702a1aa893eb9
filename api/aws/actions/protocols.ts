import type { SecurityGroupRuleSpec } from '@weft/controller/resources';

type Protocol = SecurityGroupRuleSpec['protocol'];

const known: Readonly<Record<string, Protocol>> = {
  '-1': 'all',
  all: 'all',
  tcp: 'tcp',
  udp: 'udp',
  icmp: 'icmp',
  icmpv6: 'icmpv6',
  '58': 'icmpv6',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
};

/** The protocol of a name or an IANA number; undefined where it is neither. */
export function protocolOf(text: string): Protocol | undefined {
  const found = Object.hasOwn(known, text.toLowerCase()) ? known[text.toLowerCase()] : undefined;
  if (found !== undefined) return found;
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

const numbers: Readonly<Record<string, string>> = { all: '-1', icmp: '1', icmpv6: '58', tcp: '6', udp: '17' };

/** A protocol as network ACLs show it: always a number. */
export const protocolNumberText = (protocol: Protocol) => numbers[protocol] ?? String(protocol);
