import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  type FragmentReference,
  isIpv4,
  load,
  on,
  onRegister,
  set,
  translate,
  whole,
} from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';
import type { Change } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';
import { pushTag } from '../external-network/vlan.ts';
import { hostScope } from '../host/scope.ts';
import { hostChanged } from '../placement/place.ts';
import { changesIpv4Blocks } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { announcement } from './announcement.ts';
import { type ElasticIpContext, elasticIpContext } from './context.ts';
import { inboundFlows } from './inbound.ts';
import { secondaryBlocks } from './secondary-blocks.ts';

/** What happens to a packet that leaves: it is translated here, or sent to the gateway host that does it. */
function departure({ address, mac, place }: ElasticIpContext): Pick<Flow, 'actions' | 'goto'> {
  const nobodys = load('ownIdentity', 0);
  if (place?.type === 'gateway') {
    return { actions: [nobodys, set('eth_dst', mac), load('hostKey', place.hostKey)], goto: 'forward' };
  }
  return {
    actions: [
      nobodys,
      set('eth_src', mac),
      translate('source', address, whole('translationZone', 16), 'external-route'),
    ],
  };
}

/** Out: the private address becomes the elastic IP, in the owner's own translation zone. Equal on all hosts. */
const outbound: FragmentDefinition = {
  name: 'elastic-ip.outbound',
  code: 40,
  compile(view, id) {
    const context = elasticIpContext(view, id);
    // Where packets are routed to who translates them, nobody else does.
    if (!context || (context.isRouted && !context.place)) return undefined;
    const { elasticIp, network, vpc, privateAddress } = context;
    return {
      scope: vpcScope(vpc),
      number: elasticIp.number as number,
      flows: [
        {
          stage: 'translate',
          priority: 100,
          match: [
            vpcMatch(vpc),
            onRegister('externalNetwork', network.number as number),
            isIpv4,
            on('ipv4_src', privateAddress),
          ],
          ...departure(context),
        },
      ],
    };
  },
};

/** In: on the host that translates the address. */
const inbound: FragmentDefinition = {
  name: 'elastic-ip.inbound',
  code: 41,
  compile(view, id) {
    const context = elasticIpContext(view, id);
    if (!context?.place) return undefined;
    const { elasticIp, network, address, mac, place } = context;
    const port = place.host.spec.externalPorts[network.spec.name] as number;
    return {
      scope: hostScope(place.host),
      number: elasticIp.number as number,
      flows: inboundFlows(context, place, port),
      // Connections of an earlier elastic IP would go on under that address, which may be somebody else's now.
      after: [
        { type: 'ct-flush-zone', zone: place.zone },
        announcement(port, mac, address, pushTag(context.network)),
      ],
    };
  },
};

function* all(id: string): Iterable<FragmentReference> {
  yield { definition: outbound, id };
  yield { definition: inbound, id };
  yield { definition: secondaryBlocks, id };
}

function* elasticIpsOf(networkInterfaceId: string, view: TopologyView): Iterable<FragmentReference> {
  const owner = { kind: 'network-interface', id: networkInterfaceId } as const;
  for (const { id } of view.referrers(owner, 'of-interface', 'elastic-ip')) yield* all(id);
}

/** Elastic IPs of a VPC, also those of its NAT gateways. */
function* elasticIpsIn(vpcId: string, view: TopologyView): Iterable<string> {
  const vpc = { kind: 'vpc', id: vpcId } as const;
  for (const owner of view.referrers(vpc, 'in-vpc', 'network-interface')) {
    for (const { id } of view.referrers(owner, 'of-interface', 'elastic-ip')) yield id;
  }
  for (const { spec } of view.referrers(vpc, 'in-vpc', 'nat-gateway')) {
    if (spec.elasticIpId !== undefined) yield spec.elasticIpId;
  }
}

/** The elastic IPs behind an internet gateway that gets a route table, or loses it. */
function* whenEdgeChanges({ before, after }: Change, view: TopologyView): Iterable<FragmentReference> {
  const [old, now] = [before, after] as (ResourceOf<'route-table'> | undefined)[];
  const table = now ?? old;
  if (!table || old?.spec.internetGatewayId === now?.spec.internetGatewayId) return;
  for (const id of elasticIpsIn(table.spec.vpcId, view)) yield* all(id);
}

function* whenHostChanges(
  { kind, id, before, after }: Change,
  view: TopologyView,
): Iterable<FragmentReference> {
  const [old, now] = [before, after] as (ResourceOf<'host'> | undefined)[];
  if (!hostChanged(old, now)) return;
  for (const { spec } of view.referrers({ kind, id }, 'on-host', 'binding')) {
    yield* elasticIpsOf(spec.networkInterfaceId, view);
  }
  for (const { spec } of view.referrers({ kind, id }, 'on-host', 'placement')) {
    yield* elasticIpsOfOwner(spec.ownerId, view);
  }
}

/** The elastic IP that a placement is about: the owner itself, or that of the NAT gateway. */
function* elasticIpsOfOwner(ownerId: string, view: TopologyView): Iterable<FragmentReference> {
  const elasticIpId = view.get('nat-gateway', ownerId)?.spec.elasticIpId ?? ownerId;
  yield* all(elasticIpId);
}

/** Elastic IPs: translated beside their interface or NAT gateway, or on a gateway host. */
export const elasticIpFeature: Feature = {
  name: 'elastic-ip',
  fragments: [outbound, inbound, secondaryBlocks],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    if (kind === 'elastic-ip') yield* all(id);
    if (kind === 'placement') yield* elasticIpsOfOwner(id, view);
    if (kind === 'nat-gateway') {
      const { elasticIpId } = ((after ?? before) as ResourceOf<'nat-gateway'>).spec;
      if (elasticIpId !== undefined) yield* all(elasticIpId);
    }
    if (kind === 'binding') {
      const { spec } = (after ?? before) as ResourceOf<'binding'>;
      yield* elasticIpsOf(spec.networkInterfaceId, view);
    }
    if (kind === 'route-table') yield* whenEdgeChanges(change, view);
    if (kind === 'vpc' && changesIpv4Blocks(before, after)) {
      for (const one of elasticIpsIn(id, view)) yield { definition: secondaryBlocks, id: one };
    }
    if (kind === 'host') yield* whenHostChanges(change, view);
  },
};
