import { type Feature, type Flow, type FragmentDefinition, onRegister } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import { activePeers, peerOver } from '../../topology/peers.ts';
import type { TopologyView } from '../../topology/view.ts';
import { contributions, recordedFlows, rulesOfIdentity } from '../security-group/identity.ts';
import { changesIpv6Block } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { carriesIdentities, changesCrossing } from './crossing.ts';

const separator = '@';

/**
 * A set of groups of one VPC as its peer sees it: it contributes to the rules there that name one of the groups, and
 * connections are recorded with it. The id is `IDENTITY@CONNECTION`; the scope is the peer's.
 */
const across: FragmentDefinition = {
  name: 'peering.identity',
  code: 33,
  sharesNumbers: true,
  compile(view, id) {
    const [identityId = '', connectionId = ''] = id.split(separator);
    const identity = view.get('identity', identityId);
    const connection = view.get('vpc-peering-connection', connectionId);
    const peer = identity && connection && peerOver(view, connection, identity.spec.vpcId);
    if (!peer || !carriesIdentities(view, connection)) return undefined;
    const flows: Flow[] = [];
    for (const direction of ['ingress', 'egress'] as const) {
      const rules = [...rulesOfIdentity(view, identity, 'peer-group', direction)];
      const actions = contributions(
        rules.filter(({ status }) => status.vpcPeeringConnectionId === connection.id),
        'peer',
      );
      if (actions.length === 0) continue;
      const match = [vpcMatch(peer), onRegister('peerIdentity', identity.number as number)];
      flows.push({ stage: `${direction}-rules`, priority: 100, match, actions });
    }
    return {
      scope: vpcScope(peer),
      number: identity.number as number,
      flows: [...flows, ...recordedFlows(identity, peer)],
    };
  },
};

/** Every set of groups on either side: when the connection begins or ceases to carry identities. */
function* identitiesOver({ id, spec }: ResourceOf<'vpc-peering-connection'>, view: TopologyView) {
  for (const vpcId of [spec.requesterVpcId, spec.accepterVpcId]) {
    for (const identity of view.referrers({ kind: 'vpc', id: vpcId }, 'in-vpc', 'identity')) {
      yield { definition: across, id: `${identity.id}${separator}${id}` };
    }
  }
}

/** Peering: what routes to a peer need beside themselves where rules name groups of the other side. */
export const vpcPeeringConnectionFeature: Feature = {
  name: 'vpc-peering-connection',
  fragments: [across],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'vpc-peering-connection' && before) {
      yield* identitiesOver(before as ResourceOf<'vpc-peering-connection'>, view);
    }
    if (kind === 'vpc' && changesIpv6Block(before, after)) {
      for (const { connection } of activePeers(view, id)) yield* identitiesOver(connection, view);
    }
    if (kind === 'identity') {
      const { spec } = (after ?? before) as ResourceOf<'identity'>;
      for (const { connection } of activePeers(view, spec.vpcId)) {
        yield { definition: across, id: `${id}${separator}${connection.id}` };
      }
    }
    if (kind === 'security-group-rule') {
      const { spec, status } = (after ?? before) as ResourceOf<'security-group-rule'>;
      const connection =
        status.vpcPeeringConnectionId && view.get('vpc-peering-connection', status.vpcPeeringConnectionId);
      if (!connection) return;
      if (changesCrossing(connection, after !== undefined, view)) yield* identitiesOver(connection, view);
      const group = { kind: 'security-group', id: spec.referencedGroupId as string } as const;
      for (const identity of view.referrers(group, 'in-group', 'identity')) {
        yield { definition: across, id: `${identity.id}${separator}${connection.id}` };
      }
    }
  },
};
