import {
  type NetworkAclEntry,
  networkAclEntriesPerDirection,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { requireTraffic } from '../security-group/traffic.ts';

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
    parseCidr(entry.cidrIpv4, `${field}.cidrIpv4`);
    return { ...entry, protocol: requireTraffic(entry, field) };
  });
  return checked.sort((a, b) => a.direction.localeCompare(b.direction) || a.number - b.number);
}

/** The network ACL that comes with a VPC. AWS, "Default network ACL": it allows all traffic in and out. */
export function createDefaultAcl(draft: Draft, vpcId: string): ResourceOf<'network-acl'> {
  const entries = (['egress', 'ingress'] as const).map((direction) => ({
    number: 100,
    direction,
    action: 'allow' as const,
    protocol: 'all' as const,
    cidrIpv4: '0.0.0.0/0',
  }));
  return draft.create('network-acl', { spec: { vpcId, entries } });
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
