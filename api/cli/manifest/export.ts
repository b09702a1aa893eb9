import {
  type ApiKind,
  type ApiResource,
  escaped,
  type OpenapiDocument,
  type WeftClient,
} from '../../contract/index.ts';
import { nameOf } from '../columns.ts';
import { fieldsOfKind } from './fields.ts';
import { type Entry, writableKinds } from './manifest.ts';
import { nameTag, setTag } from './plan.ts';
import { textsIn } from './references.ts';

type Resource = ApiResource<ApiKind>;

/**
 * What is there as entries of a manifest. Ids become references, what the controller chose by itself stays chosen, and what
 * comes with a VPC (its default security group, its main route table) is an entry that changes it.
 *
 * @param vpcId only this VPC with what is in it; without it everything
 */
export async function exportEntries(client: WeftClient, vpcId: string | undefined): Promise<Entry[]> {
  const document = await client.openapi();
  const lists = await Promise.all(writableKinds.map((kind) => client.listAll(kind)));
  const all = lists.flatMap<Resource>((list) => list.items);
  const wanted = vpcId === undefined ? all : partOf(vpcId, all);
  const names = chooseNames(wanted);
  const derived = derivedIds(wanted, names);
  return wanted
    .filter((resource) => !comesByItself(resource))
    .map((resource) => entryOf(resource, document, names, derived.get(resource.id)));
}

/** The rules that each new group has: they would be there already when the manifest comes to them. */
function comesByItself({ kind, spec }: Resource): boolean {
  if (kind !== 'security-group-rule') return false;
  const { groupId, direction, protocol, ...peer } = spec as Record<string, unknown>;
  if (protocol !== 'all') return false;
  if (direction === 'ingress') return peer.referencedGroupId === groupId;
  return peer.cidrIpv4 === '0.0.0.0/0' || peer.cidrIpv6 === '::/0';
}

/** The VPC and everything that names it, directly or through others: rules by their group, addresses by their interface. */
function partOf(vpcId: string, all: readonly Resource[]): Resource[] {
  const part = new Set([vpcId]);
  for (let size = 0; size < part.size; ) {
    size = part.size;
    for (const { id, spec } of all) {
      if (!part.has(id) && [...textsIn(spec)].some((text) => part.has(text))) part.add(id);
    }
  }
  return all.filter(({ id }) => part.has(id));
}

/** Of each resource that comes with a VPC: how the manifest says which one it is. */
function derivedIds(resources: readonly Resource[], names: ReadonlyMap<string, string>): Map<string, string> {
  const derived = new Map<string, string>();
  for (const resource of resources) {
    if (resource.kind !== 'vpc') continue;
    for (const [field, value] of Object.entries(resource.spec)) {
      if (field.endsWith('Id') && typeof value === 'string' && names.has(value)) {
        derived.set(value, `$${names.get(resource.id)}.spec.${field}`);
      }
    }
  }
  return derived;
}

function entryOf(
  resource: Resource,
  document: OpenapiDocument,
  names: ReadonlyMap<string, string>,
  derived: string | undefined,
): Entry {
  const { create, update } = fieldsOfKind(document, resource.kind as ApiKind);
  const fields = derived === undefined ? create : update;
  const spec = Object.entries(resource.spec).filter(
    ([field, value]) => fields.has(field) && !(field === 'macAddress' && isGiven(value)),
  );
  const tags = Object.entries(resource.tags).filter(
    ([tag]) => !tag.startsWith('weft:') && tag !== setTag && tag !== nameTag,
  );
  return {
    kind: resource.kind as ApiKind,
    name: names.get(resource.id) as string,
    ...(derived === undefined ? {} : { id: derived }),
    spec: withNames(Object.fromEntries(spec), names, derived) as Record<string, unknown>,
    tags: Object.fromEntries(tags.map(([tag, value]) => [tag, escaped(value)])),
  };
}

/** MACs of this range are given by the controller, and are refused when somebody asks for one. */
const isGiven = (mac: unknown) => typeof mac === 'string' && mac.startsWith('02:57:');

function withNames(value: unknown, names: ReadonlyMap<string, string>, derived: string | undefined): unknown {
  if (typeof value === 'string') return names.has(value) ? `$${names.get(value)}` : escaped(value);
  if (Array.isArray(value)) return value.map((item) => withNames(item, names, derived));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, withNames(inner, names, derived)]),
  );
}

/** A readable name for each: that which people gave it, otherwise its kind and a number. */
function chooseNames(resources: readonly Resource[]): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const resource of resources) {
    const given = resource.tags[nameTag] ?? nameOf(resource) ?? '';
    const base = /^[A-Za-z][A-Za-z0-9_-]{0,50}$/.test(given) ? given : resource.kind;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
    taken.add(name);
    names.set(resource.id, name);
  }
  return names;
}
