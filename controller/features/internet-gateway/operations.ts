import { type ResourceOf, WeftError } from '../../resources/index.ts';
import { lendToWaiting } from '../elastic-ip/ephemeral.ts';
import { elasticIpUser } from '../elastic-ip/user.ts';
import { chooseExternalNetwork } from '../external-network/operations.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

function requireFreeVpc(draft: Draft, vpcId: string): void {
  const vpc = referenced(draft, 'vpc', vpcId, 'spec.vpcId');
  for (const other of draft.view.referrers(vpc, 'in-vpc', 'internet-gateway')) {
    throw new WeftError('already-exists', `VPC ${vpc.id} has internet gateway ${other.id}`, {
      field: 'spec.vpcId',
      value: vpc.id,
      fix: 'A VPC has one internet gateway: detach that one first, or use it.',
    });
  }
}

function howToFree(
  { id, spec }: ResourceOf<'elastic-ip'>,
  owner: ResourceOf<'network-interface'> | ResourceOf<'nat-gateway'>,
): string {
  if (owner.kind === 'nat-gateway') return `Delete ${owner.id} first.`;
  return spec.ephemeral ? `Stop ${owner.spec.instanceId} first.` : `Disassociate ${id} first.`;
}

/** @throws WeftError in-use while interfaces or NAT gateways of the VPC have elastic IPs on this gateway's network. */
function requireNoElasticIps(draft: Draft, gateway: ResourceOf<'internet-gateway'>): void {
  const network = { kind: 'external-network', id: gateway.spec.externalNetworkId } as const;
  for (const elasticIp of draft.view.referrers(network, 'in-external-network', 'elastic-ip')) {
    const owner = elasticIpUser(draft.view, elasticIp);
    if (!owner || owner.spec.vpcId !== gateway.spec.vpcId) continue;
    throw new WeftError(
      'in-use',
      `elastic IP ${elasticIp.spec.address} of ${owner.kind} ${owner.id} needs this gateway`,
      {
        field: 'spec.vpcId',
        value: gateway.spec.vpcId,
        fix: howToFree(elasticIp, owner),
      },
    );
  }
}

/** @throws WeftError in-use while a route table says where packets go that come in by the gateway */
function requireNoTable(draft: Draft, gateway: ResourceOf<'internet-gateway'>): void {
  for (const { id } of draft.view.referrers(gateway, 'edge-of', 'route-table')) {
    throw new WeftError('in-use', `route table ${id} is associated with the gateway`, {
      field: 'spec.vpcId',
      value: gateway.spec.vpcId,
      fix: `Disassociate ${id} first (internetGatewayId: null).`,
    });
  }
}

/**
 * Public addresses need a way: the VPC's internet gateway must be one to their network.
 * @throws WeftError wrong-state
 */
export function requireGatewayTo(
  draft: Draft,
  vpcId: string,
  externalNetworkId: string,
  { field, value }: { field: string; value: string },
): void {
  const vpc = { kind: 'vpc', id: vpcId } as const;
  for (const gateway of draft.view.referrers(vpc, 'in-vpc', 'internet-gateway')) {
    if (gateway.spec.externalNetworkId === externalNetworkId) {
      draft.depend(gateway);
      return;
    }
  }
  throw new WeftError('wrong-state', `VPC ${vpcId} has no internet gateway to the network of this address`, {
    field,
    value,
    fix: 'Attach an internet gateway of that external network to the VPC.',
  });
}

export const internetGatewayOperations: Operations<'internet-gateway'> = {
  kind: 'internet-gateway',
  create(draft, { spec, tags }) {
    const vpcId = spec.vpcId as string | undefined;
    const network = chooseExternalNetwork(draft, spec.externalNetworkId as string | undefined);
    if (vpcId !== undefined) requireFreeVpc(draft, vpcId);
    const gateway = draft.create('internet-gateway', {
      spec: { externalNetworkId: network.id, ...(vpcId === undefined ? {} : { vpcId }) },
      tags,
    });
    if (vpcId !== undefined) lendToWaiting(draft, vpcId);
    return gateway;
  },
  update(draft, current, { spec }) {
    const wanted = spec.vpcId as string | null | undefined;
    if (wanted === undefined || wanted === current.spec.vpcId) return draft.update(current, {});
    if (current.spec.vpcId !== undefined && wanted !== null) {
      throw new WeftError('wrong-state', `the gateway is attached to ${current.spec.vpcId}`, {
        field: 'spec.vpcId',
        value: wanted,
        fix: 'Detach it first (vpcId: null).',
      });
    }
    const { vpcId: _old, ...rest } = current.spec;
    if (wanted === null) {
      requireNoElasticIps(draft, current);
      requireNoTable(draft, current);
      return draft.update(current, { spec: rest });
    }
    requireFreeVpc(draft, wanted);
    const attached = draft.update(current, { spec: { ...rest, vpcId: wanted } });
    lendToWaiting(draft, wanted);
    return attached;
  },
  remove(draft, gateway) {
    if (gateway.spec.vpcId !== undefined) {
      throw new WeftError('in-use', `the gateway is attached to ${gateway.spec.vpcId}`, {
        field: 'id',
        value: gateway.id,
        fix: 'Detach it first (vpcId: null).',
      });
    }
    // Routes to it become blackholes (AWS, "Route tables").
    draft.remove(gateway);
  },
};
