import {
  type AnyResource,
  ipv4PrefixSize,
  type KindName,
  kinds,
  type ReferenceType,
  type ResourceOf,
} from '../../resources/index.ts';
import { type SubnetClaim, type SubnetClaims, subnetClaim } from '../../topology/indexes/claims.ts';
import { ReferrerIndex } from '../../topology/indexes/referrers.ts';
import { pairedAddressesOf } from '../../topology/indexes/shared-addresses.ts';
import type { TopologyView } from '../../topology/view.ts';

/**
 * The topology as a draft leaves it: what the draft has put or deleted already stands before what is stored. So the
 * second operation of a batch sees what the first one did, as if it had been committed.
 *
 * Resources, their numbers and their edges are answered so, and which egress rules name groups, which addresses are
 * shared, and what is claimed of a subnet. Presence of VPCs on hosts, addresses, zone slots and what
 * accounts have are those of the topology: operations do not decide by them.
 */
export class DraftView implements TopologyView {
  readonly #base: TopologyView;
  /** Of each kind: id → the draft's version, or undefined when it deletes the resource. */
  readonly #touched = new Map<KindName, Map<string, AnyResource | undefined>>();
  readonly #referrers = new ReferrerIndex();
  /** `KIND/NUMBER` → id, of resources that the draft has put. */
  readonly #numbers = new Map<string, string>();

  constructor(base: TopologyView) {
    this.#base = base;
  }

  /** Sets the draft's version of a resource; undefined deletes it. */
  put(kind: KindName, id: string, after: AnyResource | undefined): void {
    let touched = this.#touched.get(kind);
    if (!touched) {
      touched = new Map();
      this.#touched.set(kind, touched);
    }
    const before = touched.get(id);
    for (const reference of referencesOf(before)) this.#referrers.remove(kind, id, reference);
    for (const reference of referencesOf(after)) this.#referrers.add(kind, id, reference);
    if (before?.number !== undefined) this.#numbers.delete(`${kind}/${before.number}`);
    if (after?.number !== undefined) this.#numbers.set(`${kind}/${after.number}`, id);
    touched.set(id, after);
  }

  get revision(): number {
    return this.#base.revision;
  }

  get interfaceMtu(): number {
    return this.#base.interfaceMtu;
  }

  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined {
    const touched = this.#touched.get(kind);
    return touched?.has(id) ? (touched.get(id) as ResourceOf<K> | undefined) : this.#base.get(kind, id);
  }

  byNumber<K extends KindName>(kind: K, number: number): ResourceOf<K> | undefined {
    const id = this.#numbers.get(`${kind}/${number}`);
    if (id !== undefined) return this.get(kind, id);
    const stored = this.#base.byNumber(kind, number);
    return stored && this.#touched.get(kind)?.has(stored.id) ? this.get(kind, stored.id) : stored;
  }

  *referrers<K extends KindName>(
    target: { kind: KindName; id: string },
    type: ReferenceType,
    kind: K,
  ): Iterable<ResourceOf<K>> {
    const touched = this.#touched.get(kind);
    const added = touched ? [...this.#referrers.ids(target, type, kind)] : [];
    for (const resource of this.#base.referrers(target, type, kind)) {
      if (!this.#touched.get(kind)?.has(resource.id)) yield resource;
    }
    for (const id of added) {
      const resource = this.get(kind, id);
      if (resource) yield resource;
    }
  }

  countReferrers(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): number {
    let count = this.#base.countReferrers(target, type, kind) + this.#referrers.count(target, type, kind);
    for (const id of this.#touched.get(kind)?.keys() ?? []) {
      const stored = referencesOf(this.#base.get(kind, id));
      const refers = stored.some(
        (reference) =>
          reference.type === type && reference.kind === target.kind && reference.id === target.id,
      );
      if (refers) count--;
    }
    return count;
  }

  *all<K extends KindName>(kind: K): Iterable<ResourceOf<K>> {
    const touched = this.#touched.get(kind);
    for (const resource of this.#base.all(kind)) if (!touched?.has(resource.id)) yield resource;
    for (const resource of touched?.values() ?? []) if (resource) yield resource as ResourceOf<K>;
  }

  count(kind: KindName): number {
    let count = this.#base.count(kind);
    for (const [id, after] of this.#touched.get(kind) ?? []) {
      count += (after ? 1 : 0) - (this.#base.get(kind, id) ? 1 : 0);
    }
    return count;
  }

  countOwned(kind: KindName, account: string, region: string): number {
    return this.#base.countOwned(kind, account, region);
  }
  ownedBy(account: string): KindName | undefined {
    return this.#base.ownedBy(account);
  }
  hostsOfVpc(vpcId: string): ReadonlyMap<string, number> {
    return this.#base.hostsOfVpc(vpcId);
  }
  vpcsOfHost(hostId: string): ReadonlyMap<string, number> {
    return this.#base.vpcsOfHost(hostId);
  }
  egressGroupRules(vpcId: string): ReadonlySet<string> {
    const stored = this.#base.egressGroupRules(vpcId);
    const touched = this.#touched.get('security-group-rule');
    if (!touched) return stored;
    const rules = new Set(stored);
    for (const [id, after] of touched) {
      rules.delete(id);
      const { spec } = (after ?? {}) as Partial<ResourceOf<'security-group-rule'>>;
      if (spec?.direction !== 'egress' || spec.referencedGroupId === undefined) continue;
      if (this.get('security-group', spec.referencedGroupId)?.spec.vpcId === vpcId) rules.add(id);
    }
    return rules;
  }
  interfaceByAddress(vpcId: string, address: string): ResourceOf<'network-interface'> | undefined {
    return this.#base.interfaceByAddress(vpcId, address);
  }
  countSharing(subnetId: string, address: string): number {
    let count = this.#base.countSharing(subnetId, address);
    const lists = (resource: AnyResource | undefined) =>
      pairedAddressesOf(resource).some((one) => one[0] === subnetId && one[1] === address);
    for (const [id, after] of this.#touched.get('network-interface') ?? []) {
      count += Number(lists(after)) - Number(lists(this.#base.get('network-interface', id)));
    }
    return count;
  }
  claims(subnetId: string): SubnetClaims {
    let { ipv4Addresses, ipv4Prefixes, ipv6Prefixes } = this.#base.claims(subnetId);
    for (const [claim, difference] of this.#otherClaims(subnetId)) {
      if (claim.is === 'ipv4Address') ipv4Addresses += difference;
      if (claim.is === 'ipv4Prefix') ipv4Addresses += difference * ipv4PrefixSize;
      if (claim.is === 'ipv4Prefix') ipv4Prefixes += difference;
      if (claim.is === 'ipv6Prefix') ipv6Prefixes += difference;
    }
    return { ipv4Addresses, ipv4Prefixes, ipv6Prefixes };
  }
  singleClaims(subnetId: string, prefix: string): number {
    let count = this.#base.singleClaims(subnetId, prefix);
    for (const [claim, difference] of this.#otherClaims(subnetId)) {
      if (claim.prefix === prefix && claim.is.endsWith('Address')) count += difference;
    }
    return count;
  }
  /** The claims of a subnet that this draft has made (1) or removed (-1). */
  *#otherClaims(subnetId: string): Iterable<[claim: SubnetClaim, difference: 1 | -1]> {
    for (const [id, after] of this.#touched.get('address-claim') ?? []) {
      const isNew = this.#base.get('address-claim', id) === undefined;
      const claim = id.startsWith(subnetId) && isNew === (after !== undefined) ? subnetClaim(id) : undefined;
      if (claim) yield [claim, isNew ? 1 : -1];
    }
  }
  gatewayHosts(networkName?: string): ReadonlySet<string> {
    return this.#base.gatewayHosts(networkName);
  }
  /** The binding may have got another port in this draft: then nobody has this one. */
  bindingAtPort(hostId: string, ofport: number): ResourceOf<'binding'> | undefined {
    const stored = this.#base.bindingAtPort(hostId, ofport);
    const now = stored && this.get('binding', stored.id);
    return now?.spec.ofport === ofport ? now : undefined;
  }
  zoneSlotTaken(hostId: string, slot: number): boolean {
    return this.#base.zoneSlotTaken(hostId, slot);
  }
}

function referencesOf(resource: AnyResource | undefined) {
  return resource ? kinds[resource.kind].references(resource.spec, resource.status) : [];
}
