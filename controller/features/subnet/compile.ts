import {
  type Feature,
  type FragmentDefinition,
  ipMatch,
  load,
  onRegister,
  set,
} from '../../pipeline/index.ts';
import { parseCidr, parseIpv6Cidr, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { dhcpSettings, tellsOtherwise } from '../dhcp-options/settings.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { ipv4Flows } from './ipv4.ts';
import { ipv6Flows } from './ipv6.ts';
import { networkAclOf } from './network-acl.ts';
import { mainTableOf, routeTableOf } from './route-table.ts';
import { gatewayMac, type Router } from './router.ts';

const defaultAclOf = (vpc: unknown) => (vpc as ResourceOf<'vpc'> | undefined)?.spec.defaultNetworkAclId;

function context(view: TopologyView, id: string) {
  const subnet = view.get('subnet', id);
  const vpc = subnet && view.get('vpc', subnet.spec.vpcId);
  if (!subnet || !vpc) return undefined;
  const { cidrBlock, ipv6CidrBlock } = subnet.spec;
  const ipv6 = ipv6CidrBlock === undefined ? undefined : parseIpv6Cidr(ipv6CidrBlock, 'ipv6CidrBlock');
  return { subnet, vpc, network: parseCidr(cidrBlock, 'cidrBlock'), ipv6 };
}

/** Matches packets from the subnet, and packets for it once they are located. */
const hereOf = (subnet: ResourceOf<'subnet'>, vpc: ResourceOf<'vpc'>) => [
  vpcMatch(vpc),
  onRegister('subnetNumber', subnet.number as number),
];

const admit: FragmentDefinition = {
  name: 'subnet.admit',
  code: 10,
  compile(view, id) {
    const found = context(view, id);
    if (!found) return undefined;
    const { subnet, vpc, network, ipv6 } = found;
    const routeTable = routeTableOf(view, subnet, vpc);
    const acl = networkAclOf(view, subnet, vpc);
    if (!routeTable || !acl) return undefined;
    const router: Router = {
      here: hereOf(subnet, vpc),
      mac: gatewayMac(subnet),
      routeTable: routeTable.number as number,
      networkAcl: acl.number as number,
      mtu: view.interfaceMtu,
    };
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [
        ...ipv4Flows(router, network),
        ...(ipv6 ? ipv6Flows(router, ipv6, dhcpSettings(view, vpc)) : []),
      ],
    };
  },
};

const routeLocal: FragmentDefinition = {
  name: 'subnet.route-local',
  code: 11,
  compile(view, id) {
    const found = context(view, id);
    if (!found) return undefined;
    const { subnet, vpc, network, ipv6 } = found;
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [network, ...(ipv6 ? [ipv6] : [])].map((destination) => ({
        stage: 'route-local',
        priority: 100,
        match: [vpcMatch(vpc), ...ipMatch('dst', destination)],
        actions: [set('eth_src', gatewayMac(subnet))],
        goto: 'resolve',
      })),
    };
  },
};

/** Which network ACL judges what arrives in the subnet; one flow, so that its interfaces need not know. */
const ingress: FragmentDefinition = {
  name: 'subnet.ingress',
  code: 31,
  compile(view, id) {
    const found = context(view, id);
    const acl = found && networkAclOf(view, found.subnet, found.vpc);
    if (!found || !acl) return undefined;
    const { subnet, vpc } = found;
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [
        {
          stage: 'ingress-subnet',
          priority: 100,
          match: hereOf(subnet, vpc),
          actions: [load('networkAcl', acl.number as number)],
          goto: 'ingress-track',
        },
      ],
    };
  },
};

/** A subnet's router: ARP, neighbour discovery and echo of its gateway, switched or routed, and its MAC on routed packets. */
export const subnetFeature: Feature = {
  name: 'subnet',
  fragments: [admit, routeLocal, ingress],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'vpc' && before && after && defaultAclOf(before) !== defaultAclOf(after)) {
      for (const subnet of view.referrers({ kind, id }, 'in-vpc', 'subnet')) {
        if (subnet.spec.networkAclId !== undefined) continue;
        yield { definition: admit, id: subnet.id };
        yield { definition: ingress, id: subnet.id };
      }
    }
    if (kind === 'vpc' && before && after && tellsOtherwise(before, after)) {
      for (const subnet of view.referrers({ kind, id }, 'in-vpc', 'subnet')) {
        if (subnet.spec.ipv6CidrBlock !== undefined) yield { definition: admit, id: subnet.id };
      }
    }
    if (kind === 'vpc' && mainTableOf(before) !== mainTableOf(after)) {
      for (const subnet of view.referrers({ kind, id }, 'in-vpc', 'subnet')) {
        if (subnet.spec.routeTableId === undefined) yield { definition: admit, id: subnet.id };
      }
    }
    // The numbers of its route table and ACL change only with the subnet or the VPC: they stay while they are used.
    if (kind !== 'subnet') return;
    yield { definition: admit, id };
    yield { definition: routeLocal, id };
    yield { definition: ingress, id };
  },
};
