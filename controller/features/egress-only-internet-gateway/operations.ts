import { WeftError } from '../../resources/index.ts';
import { chooseExternalNetwork } from '../external-network/operations.ts';
import { referenced } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';

/** A gateway of one VPC for its whole life, as in AWS: it is never attached elsewhere. */
export const egressOnlyInternetGatewayOperations: Operations<'egress-only-internet-gateway'> = {
  kind: 'egress-only-internet-gateway',
  create(draft, { spec, tags }) {
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const network = chooseExternalNetwork(draft, spec.externalNetworkId as string | undefined);
    if (network.spec.ipv6CidrBlock === undefined) {
      throw new WeftError('wrong-state', `external network ${network.spec.name} has no IPv6`, {
        field: 'spec.externalNetworkId',
        value: network.id,
        fix: 'Choose another one, or let the operator give this one an ipv6CidrBlock.',
      });
    }
    return draft.create('egress-only-internet-gateway', {
      spec: { vpcId: vpc.id, externalNetworkId: network.id },
      tags,
    });
  },
  update: (draft, current) => draft.update(current, {}),
  /** Routes to it become blackholes (AWS, "Route tables"). */
  remove: (draft, gateway) => draft.remove(gateway),
};
