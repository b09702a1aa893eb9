import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  ipMatch,
  onFlag,
  parseNetwork,
} from '../../pipeline/index.ts';
import {
  blocksOf,
  containsIpv6Network,
  containsNetwork,
  parseCidr,
  parseIpv6Cidr,
  type ResourceOf,
} from '../../resources/index.ts';
import { activePeers } from '../../topology/peers.ts';
import type { TopologyView } from '../../topology/view.ts';
import { changesIpv4Blocks, changesIpv6Block } from './block-change.ts';
import { vpcMatch, vpcScope } from './scope.ts';

/**
 * Blocks of the peers of a VPC, which nobody outside has. Of its own ones, elastic IPs and subnets take care. Two peers may have
 * the same, or one a part of the other's: then the larger one is enough. Sorted, so that the order in which connections came
 * changes no flow.
 */
function peerBlocks(view: TopologyView, vpc: ResourceOf<'vpc'>): string[] {
  const blocks = Array.from(activePeers(view, vpc.id), ({ vpc: peer }) => blocksOf(peer));
  const all = [...new Set(blocks.flat())];
  return all.filter((block) => !all.some((other) => other !== block && isPartOf(other, block))).sort();
}

function isPartOf(outer: string, inner: string): boolean {
  if (outer.includes(':') !== inner.includes(':')) return false;
  return outer.includes(':')
    ? containsIpv6Network(parseIpv6Cidr(outer, 'outer'), parseIpv6Cidr(inner, 'inner'))
    : containsNetwork(parseCidr(outer, 'outer'), parseCidr(inner, 'inner'));
}

/** A packet from outside with such a source: rules for the networks of VPCs must not let it in. */
function dropFlows(vpc: ResourceOf<'vpc'>, block: string): Flow[] {
  const source = [vpcMatch(vpc), ...ipMatch('src', parseNetwork(block))];
  if (block.includes(':')) return [{ stage: 'public-track', priority: 110, match: source, actions: [] }];
  const match = [onFlag('outside'), ...source];
  return (['locate', 'nat'] as const).map((stage) => ({ stage, priority: 210, match, actions: [] }));
}

const peers: FragmentDefinition = {
  name: 'vpc.peer-blocks',
  code: 36,
  compile(view, id) {
    const vpc = view.get('vpc', id);
    const flows = vpc ? peerBlocks(view, vpc).flatMap((block) => dropFlows(vpc, block)) : [];
    return vpc && flows.length > 0
      ? { scope: vpcScope(vpc), number: vpc.number as number, flows }
      : undefined;
  },
};

/** What a VPC knows of its peers as a whole. */
export const vpcFeature: Feature = {
  name: 'vpc',
  fragments: [peers],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'vpc' && (changesIpv4Blocks(before, after) || changesIpv6Block(before, after))) {
      for (const { vpc } of activePeers(view, id)) yield { definition: peers, id: vpc.id };
    }
    if (kind === 'vpc-peering-connection') {
      const { spec } = (after ?? before) as ResourceOf<'vpc-peering-connection'>;
      yield { definition: peers, id: spec.requesterVpcId };
      yield { definition: peers, id: spec.accepterVpcId };
    }
  },
};
