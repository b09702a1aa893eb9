import { containsNetwork, overlaps, parseCidr, WeftError } from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { requireBlockSize } from '../vpc/operations.ts';

const field = 'spec.cidrBlock';

/** The zone of the first host, so that an installation with one zone never needs to name it. */
function defaultZone(draft: Draft): string {
  for (const host of draft.view.all('host')) return host.spec.zone;
  return 'zone-a';
}

function checkRouteTable(draft: Draft, vpcId: string, routeTableId: string): void {
  requireSameVpc(
    vpcId,
    referenced(draft, 'route-table', routeTableId, 'spec.routeTableId'),
    'spec.routeTableId',
  );
}

/** Subnets: inside their VPC's block, beside each other. */
export const subnetOperations: Operations<'subnet'> = {
  kind: 'subnet',
  create(draft, { spec, tags }) {
    const { cidrBlock, zone, routeTableId, mapPublicIpOnLaunch } = spec as {
      cidrBlock: string;
      zone?: string;
      routeTableId?: string;
      mapPublicIpOnLaunch?: boolean;
    };
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const network = parseCidr(cidrBlock, field);
    requireBlockSize(network, field, cidrBlock);
    if (!containsNetwork(parseCidr(vpc.spec.cidrBlock, field), network)) {
      throw new WeftError('address-outside', `${cidrBlock} is not inside the VPC's ${vpc.spec.cidrBlock}`, {
        field,
        value: cidrBlock,
        fix: `Choose a block inside ${vpc.spec.cidrBlock}.`,
      });
    }
    for (const other of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
      if (overlaps(network, parseCidr(other.spec.cidrBlock, field))) {
        throw new WeftError(
          'overlap',
          `${cidrBlock} overlaps ${other.spec.cidrBlock} of subnet ${other.id}`,
          {
            field,
            value: cidrBlock,
            fix: `Choose a block of ${vpc.spec.cidrBlock} that no other subnet has.`,
          },
        );
      }
    }
    if (routeTableId !== undefined) checkRouteTable(draft, vpc.id, routeTableId);
    return draft.create('subnet', {
      spec: {
        vpcId: vpc.id,
        cidrBlock,
        zone: zone ?? defaultZone(draft),
        ...(routeTableId === undefined ? {} : { routeTableId }),
        ...(mapPublicIpOnLaunch === undefined ? {} : { mapPublicIpOnLaunch }),
      },
      tags,
    });
  },
  update(draft, current, { spec }) {
    const { routeTableId: wanted, ...attributes } = spec as {
      routeTableId?: string | null;
      mapPublicIpOnLaunch?: boolean;
    };
    const { routeTableId: _old, ...kept } = current.spec;
    const rest = { ...kept, ...attributes };
    if (wanted === undefined) return draft.update(current, { spec: { ...current.spec, ...attributes } });
    if (wanted === null) return draft.update(current, { spec: rest });
    checkRouteTable(draft, current.spec.vpcId, wanted);
    return draft.update(current, { spec: { ...rest, routeTableId: wanted } });
  },
  remove(draft, subnet) {
    refuseWhileUsed(draft, subnet, 'in-subnet', 'network-interface');
    refuseWhileUsed(draft, subnet, 'in-subnet', 'nat-gateway');
    draft.remove(subnet);
  },
};
