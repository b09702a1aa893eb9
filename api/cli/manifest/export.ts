import { isDeepStrictEqual } from 'node:util';
import {
  type ApiKind,
  type ApiResource,
  escaped,
  mapTexts,
  type OpenapiDocument,
  type WeftClient,
} from '../../contract/index.ts';
import { nameOf } from '../columns.ts';
import { fieldsOfKind } from './fields.ts';
import { type Entry, writableKinds } from './manifest.ts';
import { nameTag, setTag } from './plan.ts';
import { namesIn, textsIn } from './references.ts';

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
  const kept = wanted.filter(isLasting);
  const names = chooseNames(kept);
  const derived = derivedIds(kept, names);
  const changed = groupsWithOtherRules(kept);
  const known = new Set(all.map(({ id }) => id));
  const entries = kept
    .filter((resource) => resource.kind !== 'security-group-rule' || changed.has(resource.spec.groupId))
    .map((resource) => {
      const entry = entryOf(openTargets(resource, known), document, names, derived);
      return { ...entry, spec: { ...entry.spec, ...givenWhenMade(resource, wanted, changed) } };
    });
  return entries.flatMap((entry) => withoutCircle(entry, entries)).sort((a, b) => placeOf(a) - placeOf(b));
}

const places: Partial<Record<ApiKind, number>> = {
  'external-network': 0,
  vpc: 0,
  'internet-gateway': 1,
  instance: 3,
};

/**
 * What has to come early or late without being named: NAT gateways and public addresses need an internet gateway, instances are
 * lent addresses that no entry asks for, and changes need what they change.
 */
const placeOf = ({ kind, id }: Entry) => (id !== undefined ? 4 : (places[kind] ?? 2));

/** False for what comes and goes with something else, and for requests of peering that have ended, or are others'. */
function isLasting(resource: Resource, _index: number, all: readonly Resource[]): boolean {
  if (resource.kind === 'elastic-ip') return resource.spec.ephemeral !== true;
  if (resource.kind !== 'vpc-peering-connection') return true;
  const { state, requesterVpcId } = resource.spec;
  return (
    (state === 'active' || state === 'pending-acceptance') && all.some(({ id }) => id === requesterVpcId)
  );
}

/** Groups of which the rules are not those that the group would begin with: all of them stand in the manifest then. */
function groupsWithOtherRules(resources: readonly Resource[]): Set<string> {
  const vpcs = new Map(resources.flatMap((one) => (one.kind === 'vpc' ? [[one.id, one] as const] : [])));
  const rules = Map.groupBy(
    resources.filter((one) => one.kind === 'security-group-rule'),
    (rule) => rule.spec.groupId,
  );
  const changed = new Set<string>();
  for (const group of resources) {
    if (group.kind !== 'security-group') continue;
    const vpc = vpcs.get(group.spec.vpcId);
    const expected = [
      { direction: 'egress', protocol: 'all', cidrIpv4: '0.0.0.0/0' },
      ...(vpc?.spec.ipv6CidrBlock ? [{ direction: 'egress', protocol: 'all', cidrIpv6: '::/0' }] : []),
      ...(vpc?.spec.defaultSecurityGroupId === group.id
        ? [{ direction: 'ingress', protocol: 'all', referencedGroupId: group.id }]
        : []),
    ].map((rule) => ({ groupId: group.id, ...rule }));
    const present = rules.get(group.id) ?? [];
    const defaults = present.filter(
      ({ spec, tags }) =>
        Object.keys(tags).length === 0 && expected.some((rule) => isDeepStrictEqual(rule, spec)),
    );
    if (defaults.length !== expected.length || present.length !== expected.length) changed.add(group.id);
  }
  return changed;
}

/** What has to be said when the resource is made, and cannot be read from it afterwards. */
function givenWhenMade(
  resource: Resource,
  all: readonly Resource[],
  changed: ReadonlySet<string>,
): Record<string, unknown> {
  if (resource.kind === 'vpc') {
    return changed.has(resource.spec.defaultSecurityGroupId) ? { defaultSecurityGroupRules: false } : {};
  }
  if (resource.kind === 'security-group') {
    const isDefault = all.some(
      (one) => one.kind === 'vpc' && one.spec.defaultSecurityGroupId === resource.id,
    );
    return changed.has(resource.id) && !isDefault ? { defaultRules: false } : {};
  }
  if (resource.kind !== 'instance') return {};
  const primary = all.find(({ id }) => id === resource.spec.networkInterfaceIds[0]);
  const isPublic = primary?.kind === 'network-interface' && primary.spec.associatePublicAddress === true;
  return isPublic ? { associatePublicAddress: true } : {};
}

/** A table whose routes lead to what is gone drops their packets; nothing can be made anew that leads there. */
function openTargets(resource: Resource, known: ReadonlySet<string>): Resource {
  if (resource.kind !== 'route-table') return resource;
  const routes = resource.spec.routes.map((route) =>
    /^[a-z]+-[0-9a-f]{17}$/.test(route.target) && !known.has(route.target)
      ? { ...route, target: 'blackhole' }
      : route,
  );
  return { ...resource, spec: { ...resource.spec, routes } };
}

/**
 * A table can lead to what stands in a subnet that uses the table. Then its routes are an entry of their own, which comes
 * when both are there.
 */
function withoutCircle(entry: Entry, entries: readonly Entry[]): Entry[] {
  if (entry.kind !== 'route-table' || entry.id !== undefined || !leadsToItself(entry, entries))
    return [entry];
  const { routes, ...spec } = entry.spec;
  const taken = new Set(entries.map(({ name }) => name));
  const name = free(`${entry.name}-routes`, taken);
  return [
    { ...entry, spec },
    { kind: entry.kind, name, id: `$${entry.name}`, spec: { routes }, tags: {} },
  ];
}

function leadsToItself(start: Entry, entries: readonly Entry[]): boolean {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const seen = new Set<string>();
  const open = [start];
  for (let entry = open.pop(); entry; entry = open.pop()) {
    for (const name of namesIn([entry.id, entry.spec])) {
      if (name === start.name) return true;
      const next = byName.get(name);
      if (next && !seen.has(name)) open.push(next);
      seen.add(name);
    }
  }
  return false;
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

/** The fields of a VPC that name what is made with it. */
const madeWithVpc = ['defaultSecurityGroupId', 'mainRouteTableId', 'defaultNetworkAclId'] as const;

/** Of each resource that comes with a VPC: how the manifest says which one it is. */
function derivedIds(resources: readonly Resource[], names: ReadonlyMap<string, string>): Map<string, string> {
  const derived = new Map<string, string>();
  for (const resource of resources) {
    if (resource.kind !== 'vpc') continue;
    for (const field of madeWithVpc) {
      derived.set(resource.spec[field], `$${names.get(resource.id)}.spec.${field}`);
    }
  }
  return derived;
}

function entryOf(
  resource: Resource,
  document: OpenapiDocument,
  names: ReadonlyMap<string, string>,
  derivedIds: ReadonlyMap<string, string>,
): Entry {
  const derived = derivedIds.get(resource.id);
  const { create, update } = fieldsOfKind(document, resource.kind as ApiKind);
  const fields = derived === undefined ? create : update;
  const spec = Object.entries(resource.spec).filter(
    ([field, value]) =>
      (fields.has(field) && !(field === 'macAddress' && isGiven(value))) ||
      isReachedLater(resource, names, field, value),
  );
  const tags = Object.entries(resource.tags).filter(
    ([tag]) => !tag.startsWith('weft:') && tag !== setTag && tag !== nameTag,
  );
  return {
    kind: resource.kind as ApiKind,
    name: names.get(resource.id) as string,
    ...(derived === undefined ? {} : { id: derived }),
    spec: withNames(Object.fromEntries(spec), names, derivedIds) as Record<string, unknown>,
    tags: Object.fromEntries(tags.map(([tag, value]) => [tag, escaped(value)])),
  };
}

/** States that a resource gets after it was made: what the planner gives in a change of its own. */
function isReachedLater(
  { kind, spec }: Resource,
  names: ReadonlyMap<string, string>,
  field: string,
  value: unknown,
): boolean {
  if (kind === 'instance') return field === 'desiredState' && value === 'stopped';
  // Only the owner of the other VPC accepts.
  const isAnswer = value === 'active' || (field.endsWith('AllowsDns') && value === true);
  return kind === 'vpc-peering-connection' && isAnswer && names.has(spec.accepterVpcId);
}

/** MACs of this range are given by the controller, and are refused when somebody asks for one. */
const isGiven = (mac: unknown) => typeof mac === 'string' && mac.startsWith('02:57:');

/** Ids as references: to an entry, or to the field of a VPC that has what comes with it. */
function withNames(
  value: unknown,
  names: ReadonlyMap<string, string>,
  derived: ReadonlyMap<string, string>,
): unknown {
  return mapTexts(
    value,
    (text) => derived.get(text) ?? (names.has(text) ? `$${names.get(text)}` : escaped(text)),
  );
}

/** A readable name for each: that which people gave it, otherwise its kind and a number. */
function chooseNames(resources: readonly Resource[]): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const resource of resources) {
    const given = resource.tags[nameTag] ?? nameOf(resource) ?? '';
    const base = /^[A-Za-z][A-Za-z0-9_-]{0,50}$/.test(given) ? given : resource.kind;
    const name = free(base, taken);
    taken.add(name);
    names.set(resource.id, name);
  }
  return names;
}

function free(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  return name;
}
