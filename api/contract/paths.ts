import type { KindName } from '@weft/controller/resources';

/** Path segment of every kind that the API shows. A test holds this table against the registry of kinds. */
export const collections = {
  account: 'accounts',
  'access-key': 'access-keys',
  'external-network': 'external-networks',
  host: 'hosts',
  vpc: 'vpcs',
  subnet: 'subnets',
  'network-acl': 'network-acls',
  'prefix-list': 'prefix-lists',
  'dhcp-options': 'dhcp-options',
  'vpc-peering-connection': 'vpc-peering-connections',
  'route-table': 'route-tables',
  'internet-gateway': 'internet-gateways',
  'egress-only-internet-gateway': 'egress-only-internet-gateways',
  'security-group': 'security-groups',
  'security-group-rule': 'security-group-rules',
  'network-interface': 'network-interfaces',
  'elastic-ip': 'elastic-ips',
  'nat-gateway': 'nat-gateways',
  instance: 'instances',
  binding: 'bindings',
  placement: 'placements',
  'held-address': 'held-addresses',
} as const satisfies Partial<Record<KindName, string>>;

/** A kind of resource that the API shows. */
export type ApiKind = keyof typeof collections;
export const apiKinds = Object.keys(collections) as readonly ApiKind[];

/** True for the names of kinds that the API shows; internal kinds are not among them. */
export function isApiKind(name: string): name is ApiKind {
  return Object.hasOwn(collections, name);
}

/** Name of a kind's schemas in the OpenAPI document: `security-group-rule` → `SecurityGroupRule`. */
export const schemaName = (kind: ApiKind) =>
  kind
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const host = (name: string) => `/v1/hosts/${encodeURIComponent(name)}`;

/** Every address of the API, so that no caller writes one by hand. Ids are escaped: a binding's id has a slash. */
export const paths = {
  collection: (kind: ApiKind) => `/v1/${collections[kind]}`,
  resource: (kind: ApiKind, id: string) => `/v1/${collections[kind]}/${encodeURIComponent(id)}`,
  host,
  announcements: (name: string) => `${host(name)}/announcements`,
  heartbeat: (name: string) => `${host(name)}/heartbeat`,
  hostBindings: (name: string) => `${host(name)}/bindings`,
  hostBinding: (name: string, networkInterfaceId: string) =>
    `${host(name)}/bindings/${encodeURIComponent(networkInterfaceId)}`,
  accountKeys: (accountId: string) => `/v1/accounts/${encodeURIComponent(accountId)}/keys`,
  vpcFlows: (id: string) => `/v1/vpcs/${encodeURIComponent(id)}/flows`,
  instanceStatus: (id: string) => `/v1/instances/${encodeURIComponent(id)}/status`,
  natGatewayCounters: (id: string) => `/v1/nat-gateways/${encodeURIComponent(id)}/counters`,
  receipt: (revision: number) => `/v1/receipts/${revision}`,
  batch: '/v1/batch',
  batchPreview: '/v1/batch/preview',
  audit: '/v1/audit',
  watch: '/v1/watch',
  health: '/v1/health',
  openapi: '/v1/openapi.json',
} as const;
