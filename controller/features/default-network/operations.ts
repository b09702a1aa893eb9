import {
  defaultNetworkId,
  formatCidr,
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

/** A default VPC with a default subnet in each zone and, where the external network is plain, a way out. */
function build(draft: Draft, zones: readonly string[]): ResourceOf<'vpc'> {
  const tags = {};
  const plain = (vpcOperations.create as Created<'vpc'>)(draft, { spec: { cidrBlock: defaultBlock }, tags });
  const vpc = draft.update(plain, { spec: { ...plain.spec, isDefault: true, enableDnsHostnames: true } });
  for (const [place, zone] of zones.slice(0, mostZones).entries()) {
    const subnet = (subnetOperations.create as Created<'subnet'>)(draft, {
      spec: { vpcId: vpc.id, cidrBlock: defaultSubnetBlock(place), zone, mapPublicIpOnLaunch: true },
      tags,
    });
    draft.update(subnet, { spec: { ...subnet.spec, defaultForZone: true } });
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
 * update makes it again when its owner has deleted it.
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
