/**
 * The envelope that every stored thing has. The kind decides the shape of `spec` and `status`.
 *
 * `spec` is what its owner wants, `status` what was observed. `number` is the small integer by which flows,
 * cookies and registers name the resource; it is allocated durably and only for kinds that appear in flows.
 */
export interface Resource<Spec = unknown, Status = unknown> {
  readonly kind: KindName;
  /** Unique within its kind; for kinds with a prefix: the prefix, a dash and 17 random hex digits. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Store revision of the commit that wrote this version; set by the store. */
  readonly revision: number;
  /** ISO 8601 time of creation. */
  readonly createdAt: string;
  readonly number?: number;
  readonly spec: Spec;
  readonly status: Status;
  readonly tags: Readonly<Record<string, string>>;
}

/** Every kind of stored resource. Internal kinds (never shown by the API) stand last. */
export const kindNames = [
  'account',
  'access-key',
  'external-network',
  'host',
  'vpc',
  'subnet',
  'network-acl',
  'prefix-list',
  'dhcp-options',
  'vpc-peering-connection',
  'route-table',
  'internet-gateway',
  'egress-only-internet-gateway',
  'security-group',
  'security-group-rule',
  'network-interface',
  'elastic-ip',
  'nat-gateway',
  'instance',
  'binding',
  'placement',
  'held-address',
  'default-network',
  'identity',
  'rule-match',
  'address-claim',
  'counter',
  'retired-number',
  'request-record',
  'access-key-secret',
] as const;
export type KindName = (typeof kindNames)[number];

/** A typed edge of the topology graph: the resource that declares it depends on the resource it names. */
export interface Reference {
  readonly type: ReferenceType;
  readonly kind: KindName;
  readonly id: string;
}

export type ReferenceType =
  | 'of-account'
  | 'in-vpc'
  | 'in-subnet'
  | 'in-group'
  | 'in-identity'
  | 'peer-group'
  | 'of-group'
  | 'uses-route-table'
  | 'uses-network-acl'
  | 'uses-prefix-list'
  | 'uses-dhcp-options'
  | 'joins'
  | 'over-peering'
  | 'route-target'
  | 'edge-of'
  | 'in-external-network'
  | 'of-interface'
  | 'of-instance'
  | 'on-host'
  | 'of-gateway'
  | 'uses-elastic-ip'
  | 'uses-match';
