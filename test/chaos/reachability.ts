import type { ResourceOf, SecurityGroupRuleSpec } from '@weft/controller/resources';

/** A probe: an ICMP echo request, or a TCP connection to a port. */
export type Probe = 'ping' | { readonly tcp: number };

/** One end of a connection; somebody outside of the VPC has no groups. */
export interface End {
  readonly address: string;
  readonly groups: readonly string[];
}

type Rule = Pick<ResourceOf<'security-group-rule'>, 'spec'>;

const toNumber = (address: string) => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

function isInside(address: string, cidr: string): boolean {
  const [network = '', length] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(network) / size);
}

function meansProbe(rule: SecurityGroupRuleSpec, probe: Probe): boolean {
  if (rule.protocol === 'all') return true;
  if (probe === 'ping') {
    return rule.protocol === 'icmp' && [-1, 8].includes(rule.icmpType ?? -1) && (rule.icmpCode ?? 0) <= 0;
  }
  if (rule.protocol !== 'tcp') return false;
  return rule.fromPort === undefined || (rule.fromPort <= probe.tcp && probe.tcp <= (rule.toPort ?? -1));
}

function allows(
  rules: readonly Rule[],
  direction: 'ingress' | 'egress',
  own: End,
  peer: End,
  probe: Probe,
): boolean {
  return rules.some(
    ({ spec }) =>
      spec.direction === direction &&
      own.groups.includes(spec.groupId) &&
      meansProbe(spec, probe) &&
      (spec.referencedGroupId === undefined
        ? isInside(peer.address, spec.cidrIpv4 ?? '')
        : peer.groups.includes(spec.referencedGroupId)),
  );
}

/** What AWS's page on security groups promises of two interfaces of a VPC: both must let the first packet pass. */
export function mayReach(rules: readonly Rule[], from: End, to: End, probe: Probe): boolean {
  return allows(rules, 'egress', from, to, probe) && allows(rules, 'ingress', to, from, probe);
}

/** The same for somebody outside, whose packets meet the receiver's rules only. */
export function mayEnter(rules: readonly Rule[], from: End, to: End, probe: Probe): boolean {
  return allows(rules, 'ingress', to, from, probe);
}
