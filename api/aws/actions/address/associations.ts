import { isLent, type ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { relatedId } from '../ids.ts';
import { associationId, elasticIpOf, natGatewayOf } from './addresses.ts';

interface Target {
  readonly InstanceId?: string | undefined;
  readonly NetworkInterfaceId?: string | undefined;
  readonly PrivateIpAddress?: string | undefined;
}

function interfaceOf({ cloud }: ActionContext, target: Target): ResourceOf<'network-interface'> {
  const { InstanceId: instanceId, NetworkInterfaceId: interfaceId, PrivateIpAddress: address } = target;
  if ((instanceId === undefined) === (interfaceId === undefined)) {
    throw new AwsError('InvalidParameterCombination', 'Give one of InstanceId and NetworkInterfaceId');
  }
  const id =
    instanceId === undefined
      ? (interfaceId as string)
      : (cloud.require('instance', instanceId).spec.networkInterfaceIds[0] as string);
  const port = cloud.require('network-interface', id);
  const { privateAddress, secondaryPrivateAddresses = [] } = port.spec;
  if (address === undefined || [privateAddress, ...secondaryPrivateAddresses].includes(address)) return port;
  throw new AwsError('InvalidParameterValue', `Interface ${id} has no address ${address.slice(0, 50)}`);
}

/** The address of its interface that an elastic IP stands for. */
const standsFor = (elasticIp: ResourceOf<'elastic-ip'>, port: ResourceOf<'network-interface'>) =>
  elasticIp.spec.privateAddress ?? port.spec.privateAddress;

/** As AWS does it: the elastic IP leaves what has it, and takes the place of the one that the private address has. */
export const associateAddress = define({
  action: 'AssociateAddress',
  supports: [
    'AllocationId',
    'PublicIp',
    'InstanceId',
    'NetworkInterfaceId',
    'PrivateIpAddress',
    'AllowReassociation',
  ],
  refusals: { 'wrong-state': 'Gateway.NotAttached' },
  async handle(context, input) {
    const { AllocationId, PublicIp, AllowReassociation: again } = input;
    const elasticIp = elasticIpOf(context, { AllocationId, PublicIp });
    const port = interfaceOf(context, input);
    const privateAddress = input.PrivateIpAddress ?? port.spec.privateAddress;
    const gateway = natGatewayOf(context, elasticIp);
    if (gateway) {
      throw new AwsError('Resource.AlreadyAssociated', `resource ${elasticIp.id} belongs to ${gateway.id}`);
    }
    const held = elasticIp.spec.networkInterfaceId;
    const isThere = held === port.id && standsFor(elasticIp, port) === privateAddress;
    if (held !== undefined && again === false && !isThere) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `resource ${elasticIp.id} is already associated with associate-id ${associationId(elasticIp, context)}`,
      );
    }
    const { cloud } = context;
    await cloud.transaction((batch) => {
      for (const other of cloud.referrers('elastic-ip', 'of-interface', port)) {
        if (other.id === elasticIp.id || isLent(other) || standsFor(other, port) !== privateAddress) continue;
        batch.update('elastic-ip', other.id, { spec: { networkInterfaceId: null } });
      }
      const spec = { networkInterfaceId: port.id, privateAddress };
      batch.update('elastic-ip', elasticIp.id, { spec });
    });
    return { AssociationId: relatedId('eipassoc', elasticIp.id) };
  },
});

export const disassociateAddress = define({
  action: 'DisassociateAddress',
  supports: ['AssociationId', 'PublicIp'],
  async handle(context, { AssociationId: id, PublicIp: address }) {
    if ((id === undefined) === (address === undefined)) {
      throw new AwsError('InvalidParameterCombination', 'Give one of AssociationId and PublicIp');
    }
    const elasticIp =
      id === undefined
        ? elasticIpOf(context, { PublicIp: address })
        : context.cloud.find('elastic-ip', relatedId('eipalloc', id));
    if (!elasticIp || isLent(elasticIp) || (id !== undefined && associationId(elasticIp, context) !== id)) {
      throw new AwsError(
        'InvalidAssociationID.NotFound',
        `The association ID '${id?.slice(0, 100)}' does not exist`,
      );
    }
    const gateway = natGatewayOf(context, elasticIp);
    if (gateway) {
      throw new AwsError(
        'OperationNotPermitted',
        `The address belongs to ${gateway.id}, which keeps it for its whole life.`,
      );
    }
    await context.cloud.update('elastic-ip', elasticIp.id, { spec: { networkInterfaceId: null } });
    return undefined;
  },
});
