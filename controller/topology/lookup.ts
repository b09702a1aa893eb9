import { everywhere, type KindName, type ReferenceType, type ResourceOf } from '../resources/index.ts';
import type { ResourceGraph } from './graph.ts';
import type { ValueIndex } from './indexes/values.ts';

/** What a list is asked for: that one of these fields has one of these values. */
export interface Lookup {
  /** `id`, `spec.vpcId`, `tag.Name`; `tag-key` for what has a tag of that name. */
  readonly paths: readonly string[];
  readonly values: readonly string[];
}

/** Whose eyes look at a list. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

type Edges = Readonly<Record<string, readonly [type: ReferenceType, target: KindName]>>;

const vpcId = { 'spec.vpcId': ['in-vpc', 'vpc'] } as const;
const subnetId = { 'spec.subnetId': ['in-subnet', 'subnet'] } as const;
const hostId = { 'spec.hostId': ['on-host', 'host'] } as const;
const networkInterfaceId = { 'spec.networkInterfaceId': ['of-interface', 'network-interface'] } as const;
const externalNetworkId = { 'spec.externalNetworkId': ['in-external-network', 'external-network'] } as const;

/** Fields of which every value is an edge of the graph. */
const edges: Readonly<Partial<Record<KindName, Edges>>> = {
  vpc: { 'spec.dhcpOptionsId': ['uses-dhcp-options', 'dhcp-options'] },
  subnet: {
    ...vpcId,
    'spec.routeTableId': ['uses-route-table', 'route-table'],
    'spec.networkAclId': ['uses-network-acl', 'network-acl'],
  },
  'network-acl': vpcId,
  'route-table': vpcId,
  // Not by the accepter's VPC, which a failed request names and does not join.
  'vpc-peering-connection': { 'spec.requesterVpcId': ['joins', 'vpc'] },
  'internet-gateway': { ...vpcId, ...externalNetworkId },
  'egress-only-internet-gateway': { ...vpcId, ...externalNetworkId },
  'security-group': vpcId,
  'security-group-rule': {
    'spec.groupId': ['of-group', 'security-group'],
    'spec.referencedGroupId': ['peer-group', 'security-group'],
    'spec.prefixListId': ['uses-prefix-list', 'prefix-list'],
  },
  'network-interface': {
    ...vpcId,
    ...subnetId,
    'spec.securityGroupIds': ['in-group', 'security-group'],
    'spec.instanceId': ['of-instance', 'instance'],
  },
  'elastic-ip': { ...networkInterfaceId, ...externalNetworkId },
  'nat-gateway': { ...vpcId, ...subnetId, 'spec.elasticIpId': ['uses-elastic-ip', 'elastic-ip'] },
  instance: hostId,
  binding: { ...networkInterfaceId, ...hostId },
  placement: { ...vpcId, ...hostId },
  'held-address': { ...vpcId, ...subnetId, ...networkInterfaceId },
};

/** Resources that an index knows of: how many at most, and which. */
interface Found {
  readonly size: number;
  ids(): Iterable<string>;
}

/** Finds what a list may have without looking at everything, for all APIs. */
export class Finder {
  readonly #graph: ResourceGraph;
  readonly #values: ValueIndex;

  constructor(graph: ResourceGraph, values: ValueIndex) {
    this.#graph = graph;
    this.#values = values;
  }

  /**
   * A part of the kind, each resource once, that has all for which every lookup holds and that the owner may see: the smallest
   * that an index knows; all of the kind where no index knows anything. What is not meant is for the caller to leave out.
   */
  *select<K extends KindName>(kind: K, lookups: readonly Lookup[], owner: Owner): Iterable<ResourceOf<K>> {
    const found = [
      ...this.#owned(kind, owner),
      ...lookups.flatMap((lookup) => this.#find(kind, lookup) ?? []),
    ].sort((a, b) => a.size - b.size);
    const [smallest] = found;
    if (!smallest) return yield* this.#graph.all(kind);
    for (const id of smallest.ids()) {
      const resource = this.#graph.get(kind, id);
      if (resource) yield resource;
    }
  }

  /** What an account has in a region, with what is the operator's; nothing where that is everything. */
  #owned(kind: KindName, { account, region }: Owner): Found[] {
    if (account === everywhere || region === everywhere || !this.#values.hasOwners(kind)) return [];
    const owners = [...new Set([account, ''])].flatMap((one) =>
      [...new Set([region, ''])].map((place) => [one, place] as const),
    );
    return [
      union(
        owners.map(([one, place]) => ({
          size: this.#values.countOwned(kind, one, place),
          ids: () => this.#values.owned(kind, one, place),
        })),
      ),
    ];
  }

  /** Undefined where no index answers. */
  #find(kind: KindName, { paths, values }: Lookup): Found | undefined {
    const parts: Found[] = [];
    for (const path of paths) {
      for (const value of values) {
        const part = this.#findOne(kind, path, value);
        if (!part) return undefined;
        parts.push(part);
      }
    }
    return union(parts);
  }

  #findOne(kind: KindName, path: string, value: string): Found | undefined {
    if (path === 'id') return { size: 1, ids: () => [value] };
    if (path === 'tag-key') return this.#tagged(kind, value);
    const edge = edges[kind]?.[path];
    if (edge) {
      const [type, target] = edge;
      const to = { kind: target, id: value };
      return {
        size: this.#graph.countReferrers(to, type, kind),
        ids: () => this.#graph.referrerIds(to, type, kind),
      };
    }
    if (!this.#values.has(kind, path)) return undefined;
    return {
      size: this.#values.count(kind, path, value),
      ids: () => this.#values.ids(kind, path, value),
    };
  }

  #tagged(kind: KindName, key: string): Found {
    const path = `tag.${key}`;
    return union(
      [...this.#values.values(kind, path)].map((value) => ({
        size: this.#values.count(kind, path, value),
        ids: () => this.#values.ids(kind, path, value),
      })),
    );
  }
}

function union(parts: readonly Found[]): Found {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  return {
    size: parts.reduce((sum, { size }) => sum + size, 0),
    ids: () => new Set(parts.flatMap((part) => [...part.ids()])),
  };
}
