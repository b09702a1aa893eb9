import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { ownerOf } from '../../departed.ts';
import { filtered } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { lookupsOf, matcher } from '../../filters.ts';
import type { Filter, NatGateway } from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { shownTags, tagList, tagsFor } from '../../tags.ts';
import { relatedId } from '../ids.ts';

function present({ cloud }: ActionContext, gateway: ResourceOf<'nat-gateway'>): NatGateway {
  const { elasticIpId, privateAddress, subnetId, vpcId, connectivity } = gateway.spec;
  const elasticIp = cloud.find('elastic-ip', elasticIpId);
  return {
    NatGatewayId: gateway.id,
    State: 'available',
    CreateTime: gateway.createdAt,
    ConnectivityType: connectivity,
    SubnetId: subnetId,
    VpcId: vpcId,
    NatGatewayAddresses: [
      {
        AllocationId: elasticIpId,
        NetworkInterfaceId: relatedId('eni', gateway.id),
        PrivateIp: privateAddress,
        PublicIp: elasticIp?.spec.address,
      },
    ],
    Tags: tagList(gateway.tags),
  };
}

export const createNatGateway = define({
  action: 'CreateNatGateway',
  supports: ['SubnetId', 'AllocationId', 'ConnectivityType', 'PrivateIpAddress', 'TagSpecifications'],
  refusals: { 'in-use': 'Resource.AlreadyAssociated', 'wrong-state': 'Gateway.NotAttached' },
  async handle(context, input) {
    const { cloud } = context;
    cloud.require('subnet', input.SubnetId);
    const connectivity = input.ConnectivityType ?? 'public';
    if (connectivity === 'public' && input.AllocationId === undefined) {
      throw new AwsError('MissingParameter', 'The request must include the AllocationId parameter');
    }
    if (connectivity === 'private' && input.AllocationId !== undefined) {
      throw new AwsError('InvalidParameterCombination', 'A private NAT gateway has no AllocationId');
    }
    if (input.AllocationId !== undefined) cloud.require('elastic-ip', input.AllocationId);
    const spec = {
      subnetId: input.SubnetId,
      connectivity,
      ...(input.AllocationId === undefined ? {} : { elasticIpId: input.AllocationId }),
      ...(input.PrivateIpAddress === undefined ? {} : { privateAddress: input.PrivateIpAddress }),
    };
    const tags = tagsFor('natgateway', input.TagSpecifications);
    const gateway = await cloud.create('nat-gateway', { spec, tags });
    return { ClientToken: input.ClientToken, NatGateway: present(context, gateway) };
  },
});

const indexed = {
  'nat-gateway-id': ['id'],
  'vpc-id': ['spec.vpcId'],
  'subnet-id': ['spec.subnetId'],
} as const;

/** Gateways that are there and may match, then those that were deleted in the last hour. */
function* all(context: ActionContext, given: readonly Filter[] | undefined): Iterable<NatGateway> {
  const lookups = lookupsOf(given, indexed);
  for (const gateway of context.cloud.list('nat-gateway', lookups)) yield present(context, gateway);
  yield* context.departed.list<NatGateway>(ownerOf(context), 'nat');
}

function named(context: ActionContext, id: string): NatGateway {
  const gateway = context.cloud.find('nat-gateway', id);
  const known = gateway
    ? present(context, gateway)
    : context.departed.find<NatGateway>(ownerOf(context), 'nat', id);
  if (known) return known;
  throw new AwsError('NatGatewayNotFound', `The Nat Gateway ${id.slice(0, 100)} was not found`);
}

const tagsOf = ({ Tags: tags = [] }: NatGateway) =>
  shownTags(Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])));

export const describeNatGateways = define({
  action: 'DescribeNatGateways',
  supports: ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'],
  note: 'a deleted gateway is listed for an hour',
  handle(context, input) {
    const { NatGatewayIds: ids = [] } = input;
    const candidates =
      ids.length > 0 ? [...new Set(ids)].map((id) => named(context, id)) : all(context, input.Filter);
    const matches = matcher(
      input.Filter,
      {
        'nat-gateway-id': ({ NatGatewayId }: NatGateway) => NatGatewayId,
        'vpc-id': ({ VpcId }) => VpcId,
        'subnet-id': ({ SubnetId }) => SubnetId,
        state: ({ State }) => State,
      },
      tagsOf,
      context,
    );
    const { items, nextToken } = pageOf(
      filtered(candidates, matches),
      ({ CreateTime, NatGatewayId }) => `${CreateTime}/${NatGatewayId}`,
      input,
      `DescribeNatGateways ${ownerOf(context)}`,
    );
    return { NatGateways: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
});

export const deleteNatGateway = define({
  action: 'DeleteNatGateway',
  supports: ['NatGatewayId'],
  async handle(context, { NatGatewayId: id }) {
    const { cloud, departed } = context;
    const gateway = cloud.find('nat-gateway', id);
    // A client that asks again after a lost answer is told that it is done.
    if (!gateway && named(context, id)) return { NatGatewayId: id };
    if (gateway) {
      const last = present(context, gateway);
      await cloud.remove('nat-gateway', id);
      departed.add(ownerOf(context), id, { ...last, State: 'deleted', DeleteTime: new Date().toISOString() });
    }
    return { NatGatewayId: id };
  },
});
