import {
  defaultNetworkId,
  formatCidr,
  type Ipv4Network,
  overlaps,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { internetGatewayOperations } from '../internet-gateway/operations.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { routeTableOperations } from '../route-table/operations.ts';
import { subnetOperations } from '../subnet/operations.ts';
import { vpcOperations } from '../vpc/operations.ts';

/** AWS's default VPC, and the prefix length of the default subnet in each zone. */
const defaultBlock = '172.31.0.0/16';
const subnetPrefixLength = 20;
const mostZones = 2 ** (subnetPrefixLength - 16);

type Created<K extends 'vpc' | 'subnet'> = (
  draft: Draft,
  request: { spec: Record<string, unknown>; tags: Record<string, string> },
) => ResourceOf<K>;

/** Block of the default subnet of the zone at this place, counted from 0. */
function defaultSubnetBlock(place: number): string {
  const { address } = parseCidr(defaultBlock, 'defaultBlock');
  return formatCidr({
    address: address + place * 2 ** (32 - subnetPrefixLength),
    prefixLength: subnetPrefixLength,
  });
}

function addSubnet(draft: Draft, vpcId: string, zone: string, cidrBlock: string): ResourceOf<'subnet'> {
  const subnet = (subnetOperations.create as Created<'subnet'>)(draft, {
    spec: { vpcId, cidrBlock, zone, mapPublicIpOnLaunch: true },
    tags: {},
  });
  return draft.update(subnet, { spec: { ...subnet.spec, defaultForZone: true } });
}

/**
 * AWS, "Create a default subnet": one of the same size as the others, where there is room next in the VPC.
 * @throws WeftError not-found without a default VPC, already-exists for a zone that has one, no-free-address
 */
function restoreSubnet(draft: Draft, vpcId: string, zone: string): ResourceOf<'subnet'> {
  const vpc = draft.get('vpc', vpcId);
  if (!vpc) {
    throw new WeftError('not-found', 'there is no default VPC in this region', {
      field: 'spec.zone',
      fix: 'Create it again: its default subnets come with it.',
    });
  }
  const networks: Ipv4Network[] = [];
  for (const { id, spec } of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
    if (spec.defaultForZone && spec.zone === zone) {
      throw new WeftError('already-exists', `${id} is the default subnet of zone ${zone}`, {
        field: 'spec.zone',
        value: zone,
        fix: 'Use it, or delete it first.',
      });
    }
    networks.push(parseCidr(spec.cidrBlock, 'spec.cidrBlock'));
  }
  for (let place = 0; place < mostZones; place++) {
    const block = defaultSubnetBlock(place);
    const network = parseCidr(block, 'block');
    if (!networks.some((other) => overlaps(other, network))) return addSubnet(draft, vpcId, zone, block);
  }
  throw new WeftError('no-free-address', `${defaultBlock} has no room for another /${subnetPrefixLength}`, {
    field: 'spec.zone',
    value: zone,
    fix: 'Delete a subnet of the default VPC that is not needed.',
  });
}

/** A default VPC with a default subnet in each zone and, where the external network is plain, a way out. */
function build(draft: Draft, zones: readonly string[]): ResourceOf<'vpc'> {
  const tags = {};
  const plain = (vpcOperations.create as Created<'vpc'>)(draft, { spec: { cidrBlock: defaultBlock }, tags });
  const vpc = draft.update(plain, { spec: { ...plain.spec, isDefault: true, enableDnsHostnames: true } });
  for (const [place, zone] of zones.slice(0, mostZones).entries()) {
    addSubnet(draft, vpc.id, zone, defaultSubnetBlock(place));
  }
  if (draft.view.count('external-network') === 1) addGateway(draft, vpc);
  return vpc;
}

function addGateway(draft: Draft, vpc: ResourceOf<'vpc'>): void {
  const gateway = internetGatewayOperations.create?.(draft, { spec: { vpcId: vpc.id }, tags: {} });
  const table = draft.get('route-table', vpc.spec.mainRouteTableId);
  if (!gateway || !table) return;
  const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
  routeTableOperations.update?.(draft, table, { spec: { routes } });
}

/**
 * The default VPC of an account in a region. It is made once, `spec.zones` naming the zones that get a subnet; an
 * update makes it again when its owner has deleted it or, with `spec.zone`, the default subnet of that zone.
 */
export const defaultNetworkOperations: Operations<'default-network'> = {
  kind: 'default-network',
  create(draft, { spec }) {
    const id = defaultNetworkId(draft.owner.account, draft.owner.region);
    const known = draft.get('default-network', id);
    if (known) return known;
    return draft.create('default-network', {
      id,
      spec: { vpcId: build(draft, spec.zones as string[]).id },
    });
  },
  update(draft, current, { spec }) {
    if (typeof spec.zone === 'string') {
      restoreSubnet(draft, current.spec.vpcId, spec.zone);
      return draft.update(current, {});
    }
    if (draft.get('vpc', current.spec.vpcId)) {
      throw new WeftError('already-exists', `${current.spec.vpcId} is the default VPC of this region`, {
        field: 'id',
        value: current.spec.vpcId,
        fix: 'Use it, or delete it first.',
      });
    }
    return draft.update(current, { spec: { vpcId: build(draft, spec.zones as string[]).id } });
  },
};
