import type { AnyResource, KindName, ResourceOf } from '../resources/index.ts';
import type { Change, Commit } from '../store/index.ts';
import type { Topology } from './topology.ts';

/** A resource for tests: what is not given of the envelope is the same for all. */
export function testResource<K extends KindName>(
  kind: K,
  id: string,
  content: Pick<ResourceOf<K>, 'spec'> & Partial<Pick<ResourceOf<K>, 'status' | 'number' | 'createdAt'>>,
): ResourceOf<K> {
  const envelope = {
    kind,
    id,
    account: 'weft',
    region: 'local',
    revision: 1,
    createdAt: '2025-01-01T00:00:00.000Z',
    status: {},
    tags: {},
  };
  return { ...envelope, ...content } as unknown as ResourceOf<K>;
}

export const testVpc = (id: string, number: number, cidrBlock = '10.0.0.0/16') =>
  testResource('vpc', id, {
    number,
    spec: {
      cidrBlock,
      defaultSecurityGroupId: 'sg-0',
      mainRouteTableId: 'rtb-0',
      defaultNetworkAclId: 'acl-0',
    },
  });

export const testGroup = (id: string, vpcId: string) =>
  testResource('security-group', id, { spec: { vpcId, name: id } });

export const testRule = (
  id: string,
  groupId: string,
  direction: 'ingress' | 'egress',
  referencedGroupId?: string,
) =>
  testResource('security-group-rule', id, {
    spec: {
      groupId,
      direction,
      protocol: 'all',
      ...(referencedGroupId ? { referencedGroupId } : { cidrIpv4: '0.0.0.0/0' }),
    },
    status: { matchIds: [] },
  });

export const testInterface = (id: string, vpcId: string, number: number, securityGroupIds = ['sg-0']) =>
  testResource('network-interface', id, {
    number,
    spec: {
      vpcId,
      subnetId: 'subnet-0',
      privateAddress: `10.0.${number >> 8}.${number & 255}`,
      macAddress: '02:57:00:00:00:01',
      securityGroupIds,
    },
    status: { identityId: securityGroupIds.join('+') },
  });

export const testBinding = (hostId: string, networkInterfaceId: string, zoneSlot: number) =>
  testResource('binding', `${hostId}/${networkInterfaceId}`, {
    spec: { networkInterfaceId, hostId, ofport: zoneSlot, zoneSlot },
  });

/** Applies the next commit: puts and then, each by `[kind, id]`, deletes. */
export function applyNext(
  topology: Topology,
  puts: readonly AnyResource[],
  deletes: readonly (readonly [KindName, string])[] = [],
): void {
  const changes: Change[] = [
    ...puts.map((after) => ({
      kind: after.kind,
      id: after.id,
      before: topology.get(after.kind, after.id),
      after,
    })),
    ...deletes.map(([kind, id]) => ({ kind, id, before: topology.get(kind, id), after: undefined })),
  ];
  const commit: Commit = { revision: topology.revision + 1, changes };
  topology.apply(commit);
}
