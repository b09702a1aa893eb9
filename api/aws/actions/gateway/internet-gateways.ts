import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { InternetGateway } from '../../model/generated/types.ts';
import { tagList, tagsFor } from '../../tags.ts';

function present({ account }: ActionContext, gateway: ResourceOf<'internet-gateway'>): InternetGateway {
  const { vpcId } = gateway.spec;
  return {
    InternetGatewayId: gateway.id,
    OwnerId: account,
    // AWS's own documentation says "attached"; what it answers is "available".
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' as 'attached' }],
    Tags: tagList(gateway.tags),
  };
}

export const createInternetGateway = define({
  action: 'CreateInternetGateway',
  supports: ['TagSpecifications'],
  note: 'needs an external network; the operator makes it',
  async handle(context, { TagSpecifications: specifications }) {
    const tags = tagsFor('internet-gateway', specifications);
    return {
      InternetGateway: present(context, await context.cloud.create('internet-gateway', { spec: {}, tags })),
    };
  },
});

export const describeInternetGateways = describe({
  action: 'DescribeInternetGateways',
  kind: 'internet-gateway',
  ids: 'InternetGatewayIds',
  result: 'InternetGateways',
  filters: {
    'internet-gateway-id': ({ id }) => id,
    'attachment.vpc-id': ({ spec }) => spec.vpcId,
    'attachment.state': ({ spec }) => (spec.vpcId === undefined ? undefined : 'available'),
    'owner-id': ({ account }) => account,
  },
  indexed: { 'internet-gateway-id': ['id'], 'attachment.vpc-id': ['spec.vpcId'] },
  present,
});

export const attachInternetGateway = define({
  action: 'AttachInternetGateway',
  supports: ['InternetGatewayId', 'VpcId'],
  refusals: { 'already-exists': 'InvalidParameterValue', 'wrong-state': 'Resource.AlreadyAssociated' },
  async handle({ cloud }, { InternetGatewayId: id, VpcId: vpcId }) {
    const { spec } = cloud.require('internet-gateway', id);
    cloud.require('vpc', vpcId);
    if (spec.vpcId !== undefined) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `resource ${id} is already attached to network ${spec.vpcId}`,
      );
    }
    await cloud.update('internet-gateway', id, { spec: { vpcId } });
    return undefined;
  },
});

export const detachInternetGateway = define({
  action: 'DetachInternetGateway',
  supports: ['InternetGatewayId', 'VpcId'],
  async handle({ cloud }, { InternetGatewayId: id, VpcId: vpcId }) {
    const { spec } = cloud.require('internet-gateway', id);
    cloud.require('vpc', vpcId);
    if (spec.vpcId !== vpcId) {
      throw new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpcId}`);
    }
    await cloud.update('internet-gateway', id, { spec: { vpcId: null } });
    return undefined;
  },
});

export const deleteInternetGateway = define({
  action: 'DeleteInternetGateway',
  supports: ['InternetGatewayId'],
  async handle({ cloud }, { InternetGatewayId: id }) {
    const gateway = cloud.require('internet-gateway', id);
    if (gateway.spec.vpcId !== undefined) {
      throw new AwsError(
        'DependencyViolation',
        `The internetGateway '${id}' has dependencies and cannot be deleted: it is attached to ${gateway.spec.vpcId}.`,
      );
    }
    await cloud.remove('internet-gateway', id);
    return undefined;
  },
});
