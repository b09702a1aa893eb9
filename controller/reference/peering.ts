import type { ResourceOf } from '../resources/index.ts';
import { named, type Resources } from './resources.ts';

type Connection = ResourceOf<'vpc-peering-connection'>;

/**
 * The VPC at the other end of a peering connection.
 *
 * AWS, "VPC peering connection lifecycle": only an active connection carries traffic.
 * @returns undefined when the connection is not active, not there, or does not join the VPC
 */
export function peerOver(resources: Resources, id: string, vpcId: string): ResourceOf<'vpc'> | undefined {
  const connection = resources['vpc-peering-connection'].get(id);
  if (connection?.spec.state !== 'active') return undefined;
  const { requesterVpcId, accepterVpcId } = connection.spec;
  if (vpcId === requesterVpcId) return named(resources, 'vpc', accepterVpcId);
  return vpcId === accepterVpcId ? named(resources, 'vpc', requesterVpcId) : undefined;
}

/** The VPCs that a VPC is actively peered with. */
export function peersOf(resources: Resources, vpcId: string): ResourceOf<'vpc'>[] {
  return [...resources['vpc-peering-connection'].keys()].flatMap(
    (id) => peerOver(resources, id, vpcId) ?? [],
  );
}

/**
 * AWS, "Update your security groups to reference peer security groups": rules on either side may name groups of the other.
 * Here, an interface's groups are known on the other side while at least one rule does so.
 */
function isCrossed(resources: Resources, id: string): boolean {
  for (const { status } of resources['security-group-rule'].values()) {
    if (status.vpcPeeringConnectionId === id) return true;
  }
  return false;
}

/** Groups of one side as they count beyond the connection. */
export function groupsAcross(
  resources: Resources,
  { id }: Connection,
  groups: readonly string[],
): readonly string[] {
  return isCrossed(resources, id) ? groups : [];
}
