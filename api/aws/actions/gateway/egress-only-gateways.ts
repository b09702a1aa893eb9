import type { ResourceOf } from '@weft/controller/resources';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import type { EgressOnlyInternetGateway } from '../../model/generated/types.ts';
import { tagList, tagsFor } from '../../tags.ts';

const present = (gateway: ResourceOf<'egress-only-internet-gateway'>): EgressOnlyInternetGateway => ({
  EgressOnlyInternetGatewayId: gateway.id,
  Attachments: [{ VpcId: gateway.spec.vpcId, State: 'attached' }],
  Tags: tagList(gateway.tags),
});

export const createEgressOnlyInternetGateway = define({
  action: 'CreateEgressOnlyInternetGateway',
  supports: ['VpcId', 'TagSpecifications'],
  note: 'needs an external network with IPv6',
  async handle({ cloud }, { VpcId: vpcId, TagSpecifications: specifications, ClientToken }) {
    cloud.require('vpc', vpcId);
    const tags = tagsFor('egress-only-internet-gateway', specifications);
    const gateway = await cloud.create('egress-only-internet-gateway', { spec: { vpcId }, tags });
    return { ClientToken, EgressOnlyInternetGateway: present(gateway) };
  },
});

export const describeEgressOnlyInternetGateways = describe({
  action: 'DescribeEgressOnlyInternetGateways',
  kind: 'egress-only-internet-gateway',
  ids: 'EgressOnlyInternetGatewayIds',
  result: 'EgressOnlyInternetGateways',
  filters: {},
  present: (_context, gateway) => present(gateway),
});

export const deleteEgressOnlyInternetGateway = define({
  action: 'DeleteEgressOnlyInternetGateway',
  supports: ['EgressOnlyInternetGatewayId'],
  async handle({ cloud }, { EgressOnlyInternetGatewayId: id }) {
    cloud.require('egress-only-internet-gateway', id);
    await cloud.remove('egress-only-internet-gateway', id);
    return { ReturnCode: true };
  },
});
