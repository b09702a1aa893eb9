import type { ApiKind, ApiResource } from '@weft/api/contract';
import type { ResourceOf } from '@weft/controller/resources';
import type { Host } from '@weft/labs/hosts';
import type { Client } from '../client.ts';

/** The most of each kind that a run has at once: enough to meet each other, few enough for one machine. */
export const most: { readonly [K in ApiKind]?: number } = {
  vpc: 5,
  subnet: 18,
  'route-table': 14,
  'security-group': 20,
  'security-group-rule': 90,
  'network-acl': 10,
  'prefix-list': 6,
  'network-interface': 44,
  'elastic-ip': 14,
  'nat-gateway': 5,
  'vpc-peering-connection': 6,
  'egress-only-internet-gateway': 4,
  'dhcp-options': 3,
  instance: 5,
};

/** True when there are as many of a kind as a run has room for. */
export const isFull = ({ ledger }: Client, kind: ApiKind) =>
  ledger.all(kind).length >= (most[kind] ?? Number.POSITIVE_INFINITY);

/** Its own of a kind: only these a client changes or deletes. */
export const own = <K extends ApiKind>(client: Client, kind: K) =>
  client.random.pick(client.ledger.all(kind, client.number));
export const any = <K extends ApiKind>(client: Client, kind: K) =>
  client.random.pick(client.ledger.all(kind));

type KindInVpc =
  | 'subnet'
  | 'route-table'
  | 'security-group'
  | 'network-acl'
  | 'internet-gateway'
  | 'egress-only-internet-gateway'
  | 'nat-gateway'
  | 'network-interface';

/** Those of a kind that are in a VPC. */
export function inVpc<K extends KindInVpc>({ ledger }: Client, kind: K, vpcId: string): ApiResource<K>[] {
  return ledger.all(kind).filter(({ spec }) => (spec as { vpcId?: string }).vpcId === vpcId);
}

export const chooseHost = ({ random, surroundings }: Client) =>
  random.pick(surroundings.machines.hosts) as Host;
export const chooseNetwork = ({ random, surroundings }: Client) =>
  random.pick(surroundings.networks) as ResourceOf<'external-network'>;

/** The name of the group of each VPC that lets the outside in. */
export const openGroup = 'open';

/** One to three groups of the VPC, perhaps its default group; nothing when it is going at this moment. */
export function chooseGroups(client: Client, vpcId: string): { securityGroupIds?: string[] } {
  const vpc = client.ledger.get('vpc', vpcId);
  const ids = inVpc(client, 'security-group', vpcId).map(({ id }) => id);
  if (vpc) ids.push(vpc.spec.defaultSecurityGroupId);
  const open = inVpc(client, 'security-group', vpcId).find(({ spec }) => spec.name === openGroup);
  const chosen = client.random.sample(ids, client.random.between(1, 3));
  const securityGroupIds = [...new Set(open && client.random.chance(0.4) ? [open.id, ...chosen] : chosen)];
  return securityGroupIds.length > 0 ? { securityGroupIds } : {};
}

/** The other sides of connections that are active as far as anybody knows. */
export function peersOf({ ledger }: Client, vpcId: string) {
  return ledger.all('vpc-peering-connection').flatMap((connection) => {
    const { requesterVpcId, accepterVpcId, state } = connection.spec;
    if (state !== 'active' || ![requesterVpcId, accepterVpcId].includes(vpcId)) return [];
    const peer = ledger.get('vpc', requesterVpcId === vpcId ? accepterVpcId : requesterVpcId);
    return peer ? [{ connection, peer }] : [];
  });
}

/** Deletes one of its own of a kind. */
export const removeOwn =
  (kind: ApiKind) =>
  async (client: Client): Promise<void> => {
    const resource = own(client, kind);
    if (resource) await client.remove(kind, resource);
  };
