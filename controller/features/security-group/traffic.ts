import { type SecurityGroupRuleSpec, WeftError } from '../../resources/index.ts';
import { hasPorts, isIcmp, protocolNumber } from './rule-matches.ts';

/** What rules and entries of network ACLs say of protocols. */
export type Traffic = Pick<
  SecurityGroupRuleSpec,
  'protocol' | 'fromPort' | 'toPort' | 'icmpType' | 'icmpCode'
>;

/**
 * Checks what the schema cannot say.
 *
 * @param at where the traffic stands in the request, such as `spec`
 * @returns the protocol in the form in which it is compared and stored: by its name where it has one
 * @throws WeftError invalid-value
 */
export function requireTraffic(traffic: Traffic, at: string): Traffic['protocol'] {
  const { protocol, fromPort, toPort, icmpType, icmpCode } = traffic;
  const invalid = (field: string, value: unknown, message: string, fix: string): never => {
    throw new WeftError('invalid-value', message, { field: `${at}.${field}`, value, fix });
  };
  if (!hasPorts(protocol) && (fromPort !== undefined || toPort !== undefined)) {
    invalid(
      'fromPort',
      fromPort ?? toPort,
      `rules of protocol ${protocol} name no ports`,
      `Leave fromPort and toPort out: ${protocol === 'all' ? 'all protocols mean' : `protocol ${protocol} means`} all ports. Only rules of tcp and udp name some.`,
    );
  }
  if (!isIcmp(protocol) && (icmpType !== undefined || icmpCode !== undefined)) {
    invalid(
      'icmpType',
      icmpType ?? icmpCode,
      `protocol ${protocol} has no ICMP type`,
      'Leave icmpType and icmpCode out, or choose icmp or icmpv6.',
    );
  }
  if ((icmpType ?? -1) < 0 && (icmpCode ?? -1) >= 0) {
    invalid('icmpCode', icmpCode, 'an ICMP code means nothing without its type', 'Give icmpType as well.');
  }
  if ((fromPort === undefined) !== (toPort === undefined)) {
    invalid(
      'toPort',
      toPort,
      'a range of ports has two ends',
      'Give fromPort and toPort; the same number twice for one port.',
    );
  }
  if (fromPort !== undefined && toPort !== undefined && fromPort > toPort) {
    invalid('fromPort', fromPort, `fromPort is above toPort (${toPort})`, 'Exchange the two.');
  }
  const name = ({ 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' } as const)[protocolNumber(protocol) ?? -1];
  return name ?? protocol;
}
