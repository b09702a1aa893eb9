import type { KindName, ReferenceType, ResourceOf } from '../resources/index.ts';
import type { SubnetClaims } from './indexes/claims.ts';
import type { Lookup, Owner } from './lookup.ts';

/**
 * What the rest of the controller may ask the topology graph. Everything here is answered from an index or by
 * following edges of one node: nothing scans all resources of a kind, but for `all`, which is for start-up and lists.
 */
export interface TopologyView {
  /** The store revision that the graph stands at. */
  readonly revision: number;
  /** How large packets inside VPCs may be, in bytes: what the underlay leaves beside the tunnel's headers. */
  readonly interfaceMtu: number;
  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined;
  /** The resource with this number, for numbered kinds. */
  byNumber<K extends KindName>(kind: K, number: number): ResourceOf<K> | undefined;
  /** Resources of `kind` that point at `id` by an edge of this type, e.g. the interfaces in a group. */
  referrers<K extends KindName>(
    target: { kind: KindName; id: string },
    type: ReferenceType,
    kind: K,
  ): Iterable<ResourceOf<K>>;
  /** How many resources of `kind` point at the target by an edge of this type. O(1). */
  countReferrers(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): number;
  /** Every resource of a kind, in order of creation. */
  all<K extends KindName>(kind: K): Iterable<ResourceOf<K>>;
  count(kind: KindName): number;
  /** How many resources of a kind an account has in a region. O(1). */
  countOwned(kind: KindName, account: string, region: string): number;
  /** A kind of which the account has something that APIs show, in whatever region; undefined when it has nothing. */
  ownedBy(account: string): KindName | undefined;
  /** Names of the hosts on which an interface of the VPC is bound or a gateway of it placed. Kept incrementally. */
  hostsOfVpc(vpcId: string): ReadonlyMap<string, number>;
  /** VPC ids with interfaces bound or gateways placed on this host, with how many. Kept incrementally. */
  vpcsOfHost(hostId: string): ReadonlyMap<string, number>;
  /** Ids of the egress rules that name a group of the VPC, its own and those of peered VPCs. Kept incrementally. */
  egressGroupRules(vpcId: string): ReadonlySet<string>;
  /** What somebody has of a subnet's addresses, also who is gone while a host may have flows for it. Kept incrementally. */
  claims(subnetId: string): SubnetClaims;
  /** How many single addresses of a subnet inside of this prefix (canonical text) are claimed. Kept incrementally. */
  singleClaims(subnetId: string, prefix: string): number;
  /** The interface that has this private or IPv6 address in the VPC. */
  interfaceByAddress(vpcId: string, address: string): ResourceOf<'network-interface'> | undefined;
  /** How many interfaces of the subnet list the address, or one of the prefix, alone in an allowed address pair. */
  countSharing(subnetId: string, address: string): number;
  /** Ids of the hosts that are up; with a network's name, of those that have a port to it. Kept incrementally. */
  gatewayHosts(networkName?: string): ReadonlySet<string>;
  /** The binding of this OpenFlow port of the host. */
  bindingAtPort(hostId: string, ofport: number): ResourceOf<'binding'> | undefined;
  /** True when the zone slot (conntrack zones) of the host is held by a binding or a placement. */
  zoneSlotTaken(hostId: string, slot: number): boolean;
}

/** What lists may ask besides. */
export interface ListView extends TopologyView {
  /**
   * A part of the kind, each resource once, that has all for which every lookup holds and that the owner may see. Work grows
   * with the smallest part that an index knows; what is not meant is for the caller to leave out.
   */
  select<K extends KindName>(kind: K, lookups: readonly Lookup[], owner: Owner): Iterable<ResourceOf<K>>;
}
