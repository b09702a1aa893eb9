import { isDeepStrictEqual } from 'node:util';
import {
  canonicalIpv6Cidr,
  type NetworkAclEntry,
  networkAclEntriesPerDirection,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { protocolNumber } from '../security-group/rule-matches.ts';
import { requireTraffic } from '../security-group/traffic.ts';

/** The one network of an entry, in canonical form. ICMP is another protocol in IPv6 (RFC 4443). */
function requireNetwork(entry: NetworkAclEntry, field: string): Pick<NetworkAclEntry, 'cidrIpv6'> {
  const { cidrIpv4, cidrIpv6, protocol } = entry;
  if ((cidrIpv4 === undefined) === (cidrIpv6 === undefined)) {
    throw new WeftError('invalid-value', 'an entry names one network', {
      field: `${field}.cidrIpv4`,
      value: cidrIpv4,
      fix: 'Give one of cidrIpv4 and cidrIpv6.',
    });
  }
  if (protocolNumber(protocol) === (cidrIpv4 === undefined ? 1 : 58)) {
    throw new WeftError('invalid-value', `no packet of ${cidrIpv4 ?? cidrIpv6} has protocol ${protocol}`, {
      field: `${field}.protocol`,
      value: protocol,
      fix: `Choose ${cidrIpv4 === undefined ? 'icmpv6' : 'icmp'}, or a network of the other kind.`,
    });
  }
  if (cidrIpv4 !== undefined) parseCidr(cidrIpv4, `${field}.cidrIpv4`);
  return cidrIpv6 === undefined ? {} : { cidrIpv6: canonicalIpv6Cidr(cidrIpv6, `${field}.cidrIpv6`) };
}

/** Checks what the schema cannot say, and gives the entries in the order in which they are tried. */
function normalise(entries: readonly NetworkAclEntry[]): NetworkAclEntry[] {
  const seen = new Set<string>();
  const counts = { ingress: 0, egress: 0 };
  const checked = entries.map((entry, index) => {
    const field = `spec.entries[${index}]`;
    const { number, direction } = entry;
    if (seen.has(`${direction} ${number}`)) {
      throw new WeftError('already-exists', `two ${direction} entries have number ${number}`, {
        field: `${field}.number`,
        value: number,
        fix: 'Give each entry of a direction a number of its own.',
      });
    }
    seen.add(`${direction} ${number}`);
    if (++counts[direction] > networkAclEntriesPerDirection) {
      throw new WeftError(
        'invalid-value',
        `a network ACL has at most ${networkAclEntriesPerDirection} ${direction} entries`,
        { field, value: number, fix: 'Join entries of neighbouring networks or ports into one.' },
      );
    }
    return { ...entry, ...requireNetwork(entry, field), protocol: requireTraffic(entry, field) };
  });
  return checked.sort((a, b) => a.direction.localeCompare(b.direction) || a.number - b.number);
}

const directions = ['egress', 'ingress'] as const;
const allowAll = { action: 'allow', protocol: 'all' } as const;
const ipv4Entries: readonly NetworkAclEntry[] = directions.map((direction) => ({
  number: 100,
  direction,
  ...allowAll,
  cidrIpv4: '0.0.0.0/0',
}));
const ipv6Entries: readonly NetworkAclEntry[] = directions.map((direction) => ({
  number: 101,
  direction,
  ...allowAll,
  cidrIpv6: '::/0',
}));

/**
 * The network ACL that comes with a VPC. AWS, "Default network ACL": it allows all traffic in and out, that of IPv6 where
 * the VPC has a block.
 */
export function createDefaultAcl(draft: Draft, vpcId: string, ipv6: boolean): ResourceOf<'network-acl'> {
  const entries = normalise(ipv6 ? [...ipv4Entries, ...ipv6Entries] : ipv4Entries);
  return draft.create('network-acl', { spec: { vpcId, entries } });
}

/** When a VPC gets an IPv6 block, its default ACL allows that, too, unless somebody has changed it. */
export function allowIpv6ByDefault(draft: Draft, aclId: string): void {
  const acl = draft.get('network-acl', aclId);
  if (!acl || !isDeepStrictEqual(acl.spec.entries, ipv4Entries)) return;
  draft.update(acl, { spec: { ...acl.spec, entries: normalise([...ipv4Entries, ...ipv6Entries]) } });
}

/** Network ACLs. A new one has no entries unless they are given, and then denies everything. */
export const networkAclOperations: Operations<'network-acl'> = {
  kind: 'network-acl',
  create(draft, { spec, tags }) {
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const entries = normalise((spec.entries ?? []) as NetworkAclEntry[]);
    return draft.create('network-acl', { spec: { vpcId: vpc.id, entries }, tags });
  },
  update(draft, current, { spec }) {
    if (spec.entries === undefined) return draft.update(current, {});
    const entries = normalise(spec.entries as NetworkAclEntry[]);
    return draft.update(current, { spec: { ...current.spec, entries } });
  },
  remove(draft, acl) {
    const vpc = draft.get('vpc', acl.spec.vpcId);
    if (vpc?.spec.defaultNetworkAclId === acl.id) {
      throw new WeftError('in-use', 'the default network ACL goes with its VPC', {
        field: 'id',
        value: acl.id,
        fix: `Delete VPC ${vpc.id} instead.`,
      });
    }
    refuseWhileUsed(draft, acl, 'uses-network-acl', 'subnet');
    draft.remove(acl);
  },
};
