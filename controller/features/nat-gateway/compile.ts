import type { Action } from 'node-openflow';
import {
  conntrackState,
  type Feature,
  type Flow,
  type FragmentDefinition,
  type FragmentReference,
  flags,
  isIpv4,
  load,
  on,
  onFlag,
  onRegister,
  registers,
  set,
  setFlag,
  tableOf,
  translate,
  translateRecorded,
} from '../../pipeline/index.ts';
import { ownerKind, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { hostScope } from '../host/scope.ts';
import { type GatewayPlace, hostChanged } from '../placement/place.ts';
import { mainTableOf } from '../subnet/route-table.ts';
import { locationFlow } from '../vpc/location.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { type NatGatewayContext, natGatewayContext } from './context.ts';
import { countedPriorities, localCode } from './counters.ts';

/** Where the gateway is, for every host of the VPC: as for an interface. */
const resolve: FragmentDefinition = {
  name: 'nat-gateway.resolve',
  code: 43,
  compile(view, id) {
    const context = natGatewayContext(view, id);
    if (!context?.place) return undefined;
    const { gateway, vpc, privateAddress, mac, place } = context;
    return {
      scope: vpcScope(vpc),
      number: gateway.number as number,
      flows: [locationFlow(vpc, { address: privateAddress, prefixLength: 32 }, mac, place.hostKey)],
    };
  },
};

/**
 * What comes to the gateway's MAC belongs to no interface and no group any more, and enters the subnet of the gateway: the
 * network ACL there judges it, behind conntrack, for the sake of fragments. What comes from outside to another address
 * than the gateway's never starts anything here.
 */
function enteringFlows(context: NatGatewayContext, { zones }: GatewayPlace): Flow[] {
  const { vpc, networkAcl, privateAddress, mac } = context;
  const here = [vpcMatch(vpc), on('eth_dst', mac), isIpv4];
  const actions: Action[] = [
    load('interfaceNumber', 0),
    load('ownIdentity', 0),
    load('peerIdentity', 0),
    // It leaves the subnet of whoever it comes from.
    setFlag(flags.switched, 0),
    // A switch sends nothing back out of the port that it came in by, and the next host may be behind the same tunnel port.
    set('in_port', 0),
    setFlag(flags.gateway, 1),
    load('networkAcl', networkAcl.number as number),
    { type: 'conntrack', zone: zones.nat, table: tableOf('ingress-acl') },
  ];
  return [
    { stage: 'locate', priority: 110, match: [...here, on('ipv4_dst', privateAddress)], actions },
    { stage: 'locate', priority: 100, match: [...here, onRegister('externalNetwork', 0)], actions },
  ];
}

/**
 * What the network ACL has let in. Packets for the gateway's own address can only be replies: conntrack gives them back the
 * address of the interface. All others were routed here to go on under its address, by the route table of its subnet. Both
 * leave the subnet, so that its network ACL judges them as they are then.
 */
function translatingFlows(context: NatGatewayContext, { zones }: GatewayPlace): Flow[] {
  const { vpc, subnet, routeTable, privateAddress, mac } = context;
  const here = [onFlag('gateway'), vpcMatch(vpc), on('eth_dst', mac), isIpv4];
  const outward: Action[] = [
    setFlag(flags.gateway, 0),
    setFlag(flags.translated, 1),
    load('subnetNumber', subnet.number as number),
    load('routeTable', routeTable.number as number),
    load('translationZone', zones.elasticIp),
    translate('source', privateAddress, zones.nat, 'egress-acl'),
  ];
  return [
    {
      stage: 'ingress-check',
      priority: countedPriorities.back,
      match: [...here, on('ipv4_dst', privateAddress)],
      actions: [
        setFlag(flags.gateway, 0),
        setFlag(flags.returning, 1),
        translateRecorded(zones.nat, 'egress-acl'),
      ],
    },
    // Counted by itself: how many connections there were.
    {
      stage: 'ingress-check',
      priority: countedPriorities.opens,
      match: [...here, conntrackState(['new'], ['rel', 'inv'])],
      actions: outward,
    },
    { stage: 'ingress-check', priority: countedPriorities.out, match: here, actions: outward },
    withoutPort(context),
  ];
}

/**
 * A connection for which no source port is free: the userspace datapath of Open vSwitch sends its packet on as it came, and
 * under the instance's own address it must go nowhere. The kernel's drops it. What is invalid is dropped elsewhere.
 */
function withoutPort({ vpc, mac }: NatGatewayContext): Flow {
  return {
    stage: 'egress-acl',
    priority: countedPriorities.refused,
    match: [
      // What has come back to the gateway's own address was translated before, on the way out.
      on(registers.flags, 1 << flags.translated, (1 << flags.translated) | (1 << flags.returning)),
      vpcMatch(vpc),
      on('eth_dst', mac),
      isIpv4,
      conntrackState([], ['inv', 'snat']),
    ],
    actions: [],
  };
}

const local: FragmentDefinition = {
  name: 'nat-gateway.local',
  code: localCode,
  compile(view, id) {
    const context = natGatewayContext(view, id);
    if (!context?.place) return undefined;
    const { place } = context;
    return {
      scope: hostScope(place.host),
      number: context.gateway.number as number,
      flows: [...enteringFlows(context, place), ...translatingFlows(context, place)],
      // The zones may have been another owner's before: its connections must not be taken for this one's.
      before: [
        { type: 'ct-flush-zone', zone: place.zones.nat },
        { type: 'ct-flush-zone', zone: place.zones.elasticIp },
      ],
    };
  },
};

function* both(id: string): Iterable<FragmentReference> {
  yield { definition: resolve, id };
  yield { definition: local, id };
}

/** The gateways whose packets go by this table of a subnet or VPC, when it has another one now. */
function* whenTableChanges(
  kind: 'subnet' | 'vpc',
  id: string,
  view: TopologyView,
): Iterable<FragmentReference> {
  const type = kind === 'subnet' ? 'in-subnet' : 'in-vpc';
  for (const gateway of view.referrers({ kind, id }, type, 'nat-gateway')) {
    yield { definition: local, id: gateway.id };
  }
}

/** NAT gateways: many interfaces behind one address, on a gateway host. */
export const natGatewayFeature: Feature = {
  name: 'nat-gateway',
  fragments: [resolve, local],
  *affected({ kind, id, before, after }, view) {
    // A gateway has flows only where it is placed, and its placement goes with it.
    if (kind === 'placement' && ownerKind(id) === 'nat-gateway') yield* both(id);
    if (kind === 'host') {
      const [old, now] = [before, after] as (ResourceOf<'host'> | undefined)[];
      if (!hostChanged(old, now)) return;
      for (const placement of view.referrers({ kind, id }, 'on-host', 'placement')) yield* both(placement.id);
    }
    if (kind === 'subnet') yield* whenTableChanges(kind, id, view);
    if (kind === 'vpc') {
      if (mainTableOf(before) !== mainTableOf(after)) yield* whenTableChanges(kind, id, view);
    }
  },
};
