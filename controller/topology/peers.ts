import type { ResourceOf } from '../resources/index.ts';
import type { TopologyView } from './view.ts';

/** An active peering connection as one of its VPCs sees it. */
export interface Peer {
  readonly connection: ResourceOf<'vpc-peering-connection'>;
  /** The VPC at the other end. */
  readonly vpc: ResourceOf<'vpc'>;
}

/** The active peering connections of a VPC. The VPC itself need not be there any more. */
export function* activePeers(view: TopologyView, vpcId: string): Iterable<Peer> {
  for (const connection of view.referrers({ kind: 'vpc', id: vpcId }, 'joins', 'vpc-peering-connection')) {
    const vpc = peerOver(view, connection, vpcId);
    if (vpc) yield { connection, vpc };
  }
}

/** The VPC at the other end of a connection; undefined when the connection is not active, or does not join the VPC. */
export function peerOver(
  view: TopologyView,
  { spec }: ResourceOf<'vpc-peering-connection'>,
  vpcId: string,
): ResourceOf<'vpc'> | undefined {
  const { requesterVpcId, accepterVpcId, state } = spec;
  if (state !== 'active') return undefined;
  if (requesterVpcId === vpcId) return view.get('vpc', accepterVpcId);
  return accepterVpcId === vpcId ? view.get('vpc', requesterVpcId) : undefined;
}

/** The VPCs whose flows a host needs for this one: itself, and those that it is actively peered with. */
export function* withPeers(view: TopologyView, vpcId: string): Iterable<string> {
  yield vpcId;
  for (const { vpc } of activePeers(view, vpcId)) yield vpc.id;
}
