import { newId, type ResourceOf, WeftError } from '../../resources/index.ts';
import { requireGatewayTo } from '../internet-gateway/operations.ts';
import { chooseAddress } from '../network-interface/private-address.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { dropPlacement } from '../placement/operations.ts';

interface Wanted {
  readonly subnetId: string;
  readonly connectivity?: 'public' | 'private';
  readonly elasticIpId?: string;
  readonly privateAddress?: string;
}

const field = 'spec.elasticIpId';

/** A public gateway has an elastic IP, a private one has none (AWS, "NAT gateways": connectivity types). */
function requireRightAddress({ connectivity = 'public', elasticIpId }: Wanted): void {
  if (connectivity === 'public' && elasticIpId === undefined) {
    throw new WeftError('missing-field', 'a public NAT gateway needs an elastic IP', {
      field,
      fix: 'Allocate one and give its id, or set connectivity to private.',
    });
  }
  if (connectivity === 'private' && elasticIpId !== undefined) {
    throw new WeftError('invalid-value', 'a private NAT gateway has no elastic IP', {
      field,
      value: elasticIpId,
      fix: 'Leave it out, or set connectivity to public.',
    });
  }
}

/** @throws WeftError in-use when an interface or another gateway has the address */
function requireFreeElasticIp(draft: Draft, elasticIp: ResourceOf<'elastic-ip'>): void {
  const [other] = draft.view.referrers(elasticIp, 'uses-elastic-ip', 'nat-gateway');
  // A lent address always has an interface, too.
  const user = elasticIp.spec.networkInterfaceId ?? other?.id;
  if (user === undefined) return;
  throw new WeftError('in-use', `elastic IP ${elasticIp.spec.address} belongs to ${user}`, {
    field,
    value: elasticIp.id,
    fix: 'Allocate another one, or take it away from there first.',
  });
}

export const natGatewayOperations: Operations<'nat-gateway'> = {
  kind: 'nat-gateway',
  create(draft, { spec, tags }) {
    const wanted = spec as unknown as Wanted;
    requireRightAddress(wanted);
    const { connectivity = 'public', elasticIpId } = wanted;
    const subnet = referenced(draft, 'subnet', wanted.subnetId, 'spec.subnetId');
    if (elasticIpId !== undefined) {
      const elasticIp = referenced(draft, 'elastic-ip', elasticIpId, field);
      requireFreeElasticIp(draft, elasticIp);
      requireGatewayTo(draft, subnet.spec.vpcId, elasticIp.spec.externalNetworkId, {
        field,
        value: elasticIpId,
      });
      // Written, though unchanged: of two commits that take the same address, the second one is refused.
      draft.update(elasticIp, {});
    }
    const privateAddress = chooseAddress(draft, subnet, wanted.privateAddress);
    const id = newId('nat');
    draft.claim(subnet.id, privateAddress, id);
    return draft.create('nat-gateway', {
      id,
      spec: {
        vpcId: subnet.spec.vpcId,
        subnetId: subnet.id,
        connectivity,
        privateAddress,
        ...(elasticIpId === undefined ? {} : { elasticIpId }),
      },
      tags,
    });
  },
  /** Routes that lead to it become blackholes, as in AWS; its elastic IP stays with the account. */
  remove(draft, gateway) {
    dropPlacement(draft, gateway.id);
    draft.release(gateway.spec.subnetId, gateway.spec.privateAddress);
    draft.remove(gateway);
  },
};
