import { type PrefixListEntry, type PrefixListSpec, parseCidr, WeftError } from '../../resources/index.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';
import { renewMatches, requireRoomInGroup } from '../security-group/operations.ts';

/** @throws WeftError when a network is there twice, is not in canonical form, or there are too many */
function checkEntries(entries: readonly PrefixListEntry[], maxEntries: number): void {
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
  for (const [index, { cidr }] of entries.entries()) {
    const field = `spec.entries[${index}].cidr`;
    parseCidr(cidr, field);
    if (seen.has(cidr)) {
      throw new WeftError('already-exists', `the list has ${cidr} twice`, {
        field,
        value: cidr,
        fix: 'Keep one of the two.',
      });
    }
    seen.add(cidr);
  }
}

/** Prefix lists. A change of the entries reaches the rules that name the list; routes follow by themselves. */
export const prefixListOperations: Operations<'prefix-list'> = {
  kind: 'prefix-list',
  create(draft, { spec, tags }) {
    const { name, maxEntries, entries = [] } = spec as unknown as Partial<PrefixListSpec> & PrefixListSpec;
    checkEntries(entries, maxEntries);
    return draft.create('prefix-list', { spec: { name, maxEntries, entries }, status: { version: 1 }, tags });
  },
  update(draft, current, { spec: wanted }) {
    const spec = { ...current.spec, ...(wanted as Partial<PrefixListSpec>) };
    checkEntries(spec.entries, spec.maxEntries);
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
