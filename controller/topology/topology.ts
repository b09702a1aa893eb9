import {
  type AnyResource,
  interfaceMtu,
  type KindName,
  type ReferenceType,
  type ResourceOf,
  WeftError,
} from '../resources/index.ts';
import type { Commit } from '../store/index.ts';
import { ResourceGraph } from './graph.ts';
import { AddressIndex } from './indexes/addresses.ts';
import { ClaimIndex, type SubnetClaims } from './indexes/claims.ts';
import { EgressGroupRuleIndex } from './indexes/egress-group-rules.ts';
import { GatewayHostIndex } from './indexes/gateway-hosts.ts';
import type { TopologyIndex } from './indexes/index.ts';
import { NumberIndex } from './indexes/numbers.ts';
import { PortIndex } from './indexes/ports.ts';
import { PresenceIndex } from './indexes/presence.ts';
import { SharedAddressIndex } from './indexes/shared-addresses.ts';
import { UsageIndex } from './indexes/usage.ts';
import { ValueIndex } from './indexes/values.ts';
import { ZoneSlotIndex } from './indexes/zone-slots.ts';
import { Finder, type Lookup, type Owner } from './lookup.ts';
import type { ListView } from './view.ts';

/** Every resource as of one store revision. */
export interface Snapshot {
  readonly revision: number;
  readonly resources: readonly AnyResource[];
}

/**
 * The graph of all resources with the indexes of `TopologyView`, kept up to date commit by commit.
 *
 * It is a projection of the store and holds nothing of its own: dropped and loaded again, it is the same.
 * Everything it returns is live; what must outlast the next `apply` is to be copied.
 */
export class Topology implements ListView {
  #revision = 0;
  #graph = new ResourceGraph();
  #indexes = makeIndexes(this.#graph);
  readonly interfaceMtu: number;

  /** @param mtu how large packets inside VPCs may be, in bytes */
  constructor(mtu = interfaceMtu) {
    this.interfaceMtu = mtu;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Takes the place of everything that was here. */
  load(snapshot: Snapshot): void {
    this.#graph = new ResourceGraph();
    this.#indexes = makeIndexes(this.#graph);
    for (const resource of snapshot.resources) this.#replace(resource.kind, resource.id, resource);
    this.#revision = snapshot.revision;
  }

  /**
   * Takes the next commit. Inside it the order of changes is free.
   *
   * @throws WeftError `internal` when a commit is missing before this one, or it was applied already
   */
  apply(commit: Commit): void {
    if (commit.revision !== this.#revision + 1) {
      throw new WeftError(
        'internal',
        `the topology is at revision ${this.#revision} and cannot apply ${commit.revision}`,
        { value: commit.revision, fix: 'Load a snapshot, and watch the store from its revision.' },
      );
    }
    for (const { kind, id, after } of commit.changes) this.#replace(kind, id, after);
    this.#revision = commit.revision;
  }

  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined {
    return this.#graph.get(kind, id);
  }

  byNumber<K extends KindName>(kind: K, number: number): ResourceOf<K> | undefined {
    const id = this.#indexes.numbers.get(kind, number);
    return id === undefined ? undefined : this.#graph.get(kind, id);
  }

  referrers<K extends KindName>(
    target: { kind: KindName; id: string },
    type: ReferenceType,
    kind: K,
  ): Iterable<ResourceOf<K>> {
    return this.#graph.referrers(target, type, kind);
  }

  countReferrers(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): number {
    return this.#graph.countReferrers(target, type, kind);
  }

  /** In order of `createdAt`; those of the same millisecond in order of their ids. */
  all<K extends KindName>(kind: K): Iterable<ResourceOf<K>> {
    return this.#graph.all(kind);
  }

  select<K extends KindName>(kind: K, lookups: readonly Lookup[], owner: Owner): Iterable<ResourceOf<K>> {
    return new Finder(this.#graph, this.#indexes.values).select(kind, lookups, owner);
  }

  count(kind: KindName): number {
    return this.#graph.count(kind);
  }

  hostsOfVpc(vpcId: string): ReadonlyMap<string, number> {
    return this.#indexes.presence.hostsOfVpc(vpcId);
  }

  vpcsOfHost(hostId: string): ReadonlyMap<string, number> {
    return this.#indexes.presence.vpcsOfHost(hostId);
  }

  egressGroupRules(vpcId: string): ReadonlySet<string> {
    return this.#indexes.egressGroupRules.of(vpcId);
  }

  interfaceByAddress(vpcId: string, address: string): ResourceOf<'network-interface'> | undefined {
    const id = this.#indexes.addresses.get(vpcId, address);
    return id === undefined ? undefined : this.#graph.get('network-interface', id);
  }

  countSharing(subnetId: string, address: string): number {
    return this.#indexes.sharedAddresses.count(subnetId, address);
  }

  claims(subnetId: string): SubnetClaims {
    return this.#indexes.claims.of(subnetId);
  }

  singleClaims(subnetId: string, prefix: string): number {
    return this.#indexes.claims.singlesIn(subnetId, prefix);
  }

  gatewayHosts(networkName?: string): ReadonlySet<string> {
    return this.#indexes.gatewayHosts.get(networkName);
  }

  bindingAtPort(hostId: string, ofport: number): ResourceOf<'binding'> | undefined {
    const id = this.#indexes.ports.get(hostId, ofport);
    return id === undefined ? undefined : this.#graph.get('binding', id);
  }

  zoneSlotTaken(hostId: string, slot: number): boolean {
    return this.#indexes.zoneSlots.isTaken(hostId, slot);
  }

  countOwned(kind: KindName, account: string, region: string): number {
    return this.#indexes.usage.count(kind, account, region);
  }

  ownedBy(account: string): KindName | undefined {
    return this.#indexes.usage.ownedBy(account);
  }

  /**
   * What differs between this projection and a fresh one of the snapshot, index by index and edge by edge: lines
   * that start with `-` stand only in the fresh one, those with `+` only here. Empty when they are the same.
   */
  diffAgainst(snapshot: Snapshot): string[] {
    const fresh = new Topology();
    fresh.load(snapshot);
    const here = new Set(this.#describe());
    const there = new Set(fresh.#describe());
    return [
      ...[...there].filter((line) => !here.has(line)).map((line) => `- ${line}`),
      ...[...here].filter((line) => !there.has(line)).map((line) => `+ ${line}`),
    ];
  }

  #replace(kind: KindName, id: string, after: AnyResource | undefined): void {
    const before = this.#graph.replace(kind, id, after);
    for (const index of Object.values<TopologyIndex>(this.#indexes)) index.update(before, after);
  }

  *#describe(): Iterable<string> {
    yield `revision ${this.#revision}`;
    yield* this.#graph.describe();
    for (const index of Object.values<TopologyIndex>(this.#indexes)) yield* index.describe();
  }
}

function makeIndexes(graph: ResourceGraph) {
  return {
    numbers: new NumberIndex(),
    addresses: new AddressIndex(),
    sharedAddresses: new SharedAddressIndex(),
    claims: new ClaimIndex(),
    zoneSlots: new ZoneSlotIndex(),
    ports: new PortIndex(),
    presence: new PresenceIndex(graph),
    gatewayHosts: new GatewayHostIndex(),
    egressGroupRules: new EgressGroupRuleIndex(graph),
    usage: new UsageIndex(),
    values: new ValueIndex(),
  };
}
