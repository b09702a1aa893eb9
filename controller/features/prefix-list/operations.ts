import {
  canonicalIpv6Cidr,
  type PrefixListEntry,
  type PrefixListSpec,
  parseCidr,
  WeftError,
} from '../../resources/index.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';
import { requireRoomInGroup } from '../security-group/limits.ts';
import { renewMatches } from '../security-group/operations.ts';

type Family = NonNullable<PrefixListSpec['addressFamily']>;

/** @throws WeftError invalid-value when the network is of the other kind of IP, or in no form of its own */
function canonical(cidr: string, family: Family, field: string): string {
  if (cidr.includes(':') !== (family === 'ipv6')) {
    throw new WeftError('invalid-value', `the list is for ${family}, and ${cidr} is not`, {
      field,
      value: cidr,
      fix: 'Make a list of its own for the other kind of IP.',
    });
  }
  if (family === 'ipv6') return canonicalIpv6Cidr(cidr, field);
  parseCidr(cidr, field);
  return cidr;
}

/**
 * The entries in canonical form.
 * @throws WeftError when a network is there twice, is not in canonical form or not of the list's kind, or there are too many
 */
function checkEntries({ entries, maxEntries, addressFamily = 'ipv4' }: PrefixListSpec): PrefixListEntry[] {
  if (entries.length > maxEntries) {
    throw new WeftError(
      'invalid-value',
      `${entries.length} entries are more than maxEntries (${maxEntries})`,
      {
        field: 'spec.entries',
        value: entries.length,
        fix: 'Raise maxEntries, or leave entries out.',
      },
    );
  }
  const seen = new Set<string>();
  return entries.map((entry, index) => {
    const field = `spec.entries[${index}].cidr`;
    const cidr = canonical(entry.cidr, addressFamily, field);
    if (seen.has(cidr)) {
      throw new WeftError('already-exists', `the list has ${cidr} twice`, {
        field,
        value: cidr,
        fix: 'Keep one of the two.',
      });
    }
    seen.add(cidr);
    return { ...entry, cidr };
  });
}

/** Prefix lists. A change of the entries reaches the rules that name the list; routes follow by themselves. */
export const prefixListOperations: Operations<'prefix-list'> = {
  kind: 'prefix-list',
  create(draft, { spec, tags }) {
    const wanted = spec as Partial<PrefixListSpec> & Omit<PrefixListSpec, 'entries'>;
    const whole = { ...wanted, entries: wanted.entries ?? [] };
    const checked = { ...whole, entries: checkEntries(whole) };
    return draft.create('prefix-list', { spec: checked, status: { version: 1 }, tags });
  },
  update(draft, current, { spec: wanted }) {
    const changed = { ...current.spec, ...(wanted as Partial<PrefixListSpec>) };
    const spec = { ...changed, entries: checkEntries(changed) };
    const version = current.status.version + (wanted.entries === undefined ? 0 : 1);
    const list = draft.update(current, { spec, status: { version } });
    const rules = [...draft.view.referrers(list, 'uses-prefix-list', 'security-group-rule')];
    if (spec.maxEntries > current.spec.maxEntries) {
      for (const { spec: rule } of rules) requireRoomInGroup(draft, rule);
    }
    if (wanted.entries !== undefined) for (const rule of rules) renewMatches(draft, rule);
    return list;
  },
  remove(draft, list) {
    refuseWhileUsed(draft, list, 'uses-prefix-list', 'security-group-rule');
    refuseWhileUsed(draft, list, 'uses-prefix-list', 'route-table');
    draft.remove(list);
  },
};
