import { type AnyResource, type KindName, kinds } from '../../resources/index.ts';
import { IdTables } from './id-tables.ts';
import type { TopologyIndex } from './index.ts';

/** Fields of the spec by whose value lists find resources, besides those that are edges of the graph. */
const fields: Readonly<Partial<Record<KindName, readonly string[]>>> = {
  'network-interface': ['privateAddress', 'secondaryPrivateAddresses', 'ipv6Addresses', 'macAddress'],
  'elastic-ip': ['address'],
  instance: ['name', 'networkInterfaceIds'],
  'security-group': ['name'],
};

/** Stands for the account and region that a resource is of, or is shared with. */
const ownerPath = 'owner';
const ownerKey = (account: string, region: string) => `${region} ${account}`;

/**
 * (kind, field, value) → ids, for the fields and tags that lists are filtered by, and for owners. Kinds that no API shows are
 * left out.
 */
export class ValueIndex implements TopologyIndex {
  readonly #tables = new IdTables();

  /** True where the index answers for the field, `spec.name` or `tag.Name`. */
  has(kind: KindName, path: string): boolean {
    if (kinds[kind].path === undefined) return false;
    if (path.startsWith('tag.')) return true;
    return path.startsWith('spec.') && (fields[kind]?.includes(path.slice('spec.'.length)) ?? false);
  }

  /** True for the kinds of which it knows whose they are: what is the operator's is for all. */
  hasOwners(kind: KindName): boolean {
    return kinds[kind].path !== undefined && !kinds[kind].operatorOwned;
  }

  ids(kind: KindName, path: string, value: string): Iterable<string> {
    return this.#tables.ids(`${kind} ${path}`, value);
  }
  count(kind: KindName, path: string, value: string): number {
    return this.#tables.count(`${kind} ${path}`, value);
  }
  /** The values that a field or tag has somewhere. */
  values(kind: KindName, path: string): Iterable<string> {
    return this.#tables.keys(`${kind} ${path}`);
  }

  /** Ids of what an account has in a region, or is shared with it; `''` is the operator's, which is for all. */
  owned(kind: KindName, account: string, region: string): Iterable<string> {
    return this.ids(kind, ownerPath, ownerKey(account, region));
  }
  countOwned(kind: KindName, account: string, region: string): number {
    return this.count(kind, ownerPath, ownerKey(account, region));
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    const resource = after ?? before;
    if (!resource || kinds[resource.kind].path === undefined) return;
    const [old, now] = [entriesOf(before), entriesOf(after)];
    const { kind, id } = resource;
    for (const [key, [path, value]] of old) {
      if (!now.has(key)) this.#tables.remove(`${kind} ${path}`, value, id);
    }
    for (const [key, [path, value]] of now) {
      if (!old.has(key)) this.#tables.add(`${kind} ${path}`, value, id);
    }
  }

  *describe(): Iterable<string> {
    for (const line of this.#tables.describe()) yield `value ${line}`;
  }
}

type Entries = Map<string, readonly [path: string, value: string]>;

function entriesOf(resource: AnyResource | undefined): Entries {
  const entries: Entries = new Map();
  if (!resource) return entries;
  const add = (path: string, value: string) => entries.set(`${path}\0${value}`, [path, value]);
  const { kind, account, region, tags } = resource;
  const spec = resource.spec as Readonly<Record<string, unknown>>;
  const { operatorOwned, sharedWith } = kinds[kind];
  for (const owner of operatorOwned ? [] : [account, ...(sharedWith?.(spec) ?? [])]) {
    add(ownerPath, ownerKey(owner, region));
  }
  for (const field of fields[kind] ?? []) {
    for (const value of [spec[field] ?? []].flat()) add(`spec.${field}`, String(value));
  }
  for (const [key, value] of Object.entries(tags)) add(`tag.${key}`, value);
  return entries;
}
