import { type Feature, type Flow, type FragmentDefinition, isIpv4, on } from '../../pipeline/index.ts';
import {
  contains,
  hasPublicNames,
  ipv4BlocksOf,
  type PeerNames,
  type PublicNameRecord,
  parseAddress,
  parseCidr,
  type ResourceOf,
} from '../../resources/index.ts';
import { activePeers, type Peer } from '../../topology/peers.ts';
import type { TopologyView } from '../../topology/view.ts';
import { answersDns } from '../dhcp-options/settings.ts';
import { changesIpv4Blocks } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

type Vpc = ResourceOf<'vpc'>;

/** RFC 1918. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) =>
  parseCidr(text, 'cidrBlock'),
);

/** A note that no packet comes to: services find it by its match. */
const note = (match: Flow['match'], content: PublicNameRecord | readonly PeerNames[]): Flow => ({
  stage: 'names',
  priority: 100,
  match,
  actions: [{ type: 'note', data: Buffer.from(JSON.stringify(content)) }],
});

/** What the public name of an interface's public address stands for inside its VPC. */
const publicName: FragmentDefinition = {
  name: 'names.public',
  code: 12,
  compile(view, id) {
    const elasticIp = view.get('elastic-ip', id);
    const interfaceId = elasticIp?.spec.networkInterfaceId;
    const networkInterface =
      interfaceId === undefined ? undefined : view.get('network-interface', interfaceId);
    const vpc = networkInterface && view.get('vpc', networkInterface.spec.vpcId);
    if (!elasticIp || !vpc || !hasPublicNames(vpc)) return undefined;
    const { address, privateAddress = networkInterface.spec.privateAddress } = elasticIp.spec;
    const match = [vpcMatch(vpc), isIpv4, on('ipv4_dst', parseAddress(address, 'address'))];
    return {
      scope: vpcScope(vpc),
      number: elasticIp.number as number,
      flows: [note(match, { vpcId: vpc.id, address: privateAddress })],
    };
  },
};

/**
 * AWS, "Enable DNS resolution for a VPC peering connection": it is for VPCs that both have public names, and each side allows it
 * for its own.
 */
function allowsDns({ connection, vpc }: Peer, asking: Vpc): boolean {
  const { requesterVpcId, requesterAllowsDns, accepterAllowsDns } = connection.spec;
  const allowed = requesterVpcId === vpc.id ? requesterAllowsDns : accepterAllowsDns;
  return allowed === true && hasPublicNames(vpc) && hasPublicNames(asking);
}

/**
 * AWS, "VPC peering limitations": private names of a peered VPC are told, but for blocks outside of RFC 1918, for which
 * DNS resolution has to be allowed.
 */
function toldOf(peer: Peer, asking: Vpc): PeerNames {
  const allowed = allowsDns(peer, asking);
  const cidrs = ipv4BlocksOf(peer.vpc).filter((block) => {
    const { address } = parseCidr(block, 'cidrBlock');
    return allowed || privateNetworks.some((network) => contains(network, address));
  });
  return { vpcId: peer.vpc.id, cidrs, allowsDns: allowed };
}

/** What may be known in a VPC of the names of its peers. */
const peers: FragmentDefinition = {
  name: 'names.peers',
  code: 13,
  compile(view, id) {
    const vpc = view.get('vpc', id);
    if (!vpc || !answersDns(vpc)) return undefined;
    // In one order, whichever connection came first.
    const told = [...activePeers(view, id)]
      .map((peer) => toldOf(peer, vpc))
      .sort((one, other) => (one.vpcId < other.vpcId ? -1 : 1));
    if (told.length === 0) return undefined;
    return { scope: vpcScope(vpc), number: vpc.number as number, flows: [note([vpcMatch(vpc)], told)] };
  },
};

function* publicNamesOf(view: TopologyView, vpcId: string) {
  for (const one of view.referrers({ kind: 'vpc', id: vpcId }, 'in-vpc', 'network-interface')) {
    for (const { id } of view.referrers(one, 'of-interface', 'elastic-ip')) {
      yield { definition: publicName, id };
    }
  }
}

/** Names of public addresses, and of peered VPCs: what services cannot tell from the record of who asks. */
export const namesFeature: Feature = {
  name: 'names',
  fragments: [publicName, peers],
  *affected({ kind, id, before, after }, view) {
    switch (kind) {
      case 'elastic-ip':
        yield { definition: publicName, id };
        return;
      case 'vpc-peering-connection': {
        const { spec } = (after ?? before) as ResourceOf<'vpc-peering-connection'>;
        yield { definition: peers, id: spec.requesterVpcId };
        yield { definition: peers, id: spec.accepterVpcId };
        return;
      }
      case 'vpc': {
        if (!before || !after) return;
        const [old, now] = [before, after] as [Vpc, Vpc];
        const named = hasPublicNames(old) !== hasPublicNames(now);
        if (named) yield* publicNamesOf(view, id);
        if (!named && answersDns(old) === answersDns(now) && !changesIpv4Blocks(before, after)) return;
        yield { definition: peers, id };
        for (const { vpc } of activePeers(view, id)) yield { definition: peers, id: vpc.id };
      }
    }
  },
};
