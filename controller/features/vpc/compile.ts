import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  ipMatch,
  onFlag,
  parseNetwork,
} from '../../pipeline/index.ts';
import { ipv4BlocksOf, type ResourceOf } from '../../resources/index.ts';
import { activePeers } from '../../topology/peers.ts';
import type { TopologyView } from '../../topology/view.ts';
import { changesIpv4Blocks, changesIpv6Block } from './block-change.ts';
import { vpcMatch, vpcScope } from './scope.ts';

/**
 * Blocks that nobody outside has, beside the first one of the VPC and its IPv6 block, which elastic IPs and subnets look at
 * themselves: its secondary blocks, and what its peers have.
 */
function insideBlocks(view: TopologyView, vpc: ResourceOf<'vpc'>): string[] {
  const secondary = ipv4BlocksOf(vpc).slice(1);
  const peers = Array.from(activePeers(view, vpc.id), ({ vpc: peer }) => [
    ...ipv4BlocksOf(peer),
    ...(peer.spec.ipv6CidrBlock === undefined ? [] : [peer.spec.ipv6CidrBlock]),
  ]);
  return [...secondary, ...peers.flat()];
}

/** A packet from outside with such a source: rules for the networks of VPCs must not let it in. */
function dropFlows(vpc: ResourceOf<'vpc'>, block: string): Flow[] {
  const source = [vpcMatch(vpc), ...ipMatch('src', parseNetwork(block))];
  if (block.includes(':')) return [{ stage: 'public-track', priority: 110, match: source, actions: [] }];
  const match = [onFlag('outside'), ...source];
  return (['locate', 'nat'] as const).map((stage) => ({ stage, priority: 210, match, actions: [] }));
}

const inside: FragmentDefinition = {
  name: 'vpc.inside',
  code: 36,
  compile(view, id) {
    const vpc = view.get('vpc', id);
    const flows = vpc ? insideBlocks(view, vpc).flatMap((block) => dropFlows(vpc, block)) : [];
    return vpc && flows.length > 0
      ? { scope: vpcScope(vpc), number: vpc.number as number, flows }
      : undefined;
  },
};

/** What a VPC knows of addresses as a whole. */
export const vpcFeature: Feature = {
  name: 'vpc',
  fragments: [inside],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'vpc') {
      yield { definition: inside, id };
      if (!changesIpv4Blocks(before, after) && !changesIpv6Block(before, after)) return;
      for (const { vpc } of activePeers(view, id)) yield { definition: inside, id: vpc.id };
    }
    if (kind === 'vpc-peering-connection') {
      const { spec } = (after ?? before) as ResourceOf<'vpc-peering-connection'>;
      yield { definition: inside, id: spec.requesterVpcId };
      yield { definition: inside, id: spec.accepterVpcId };
    }
  },
};
