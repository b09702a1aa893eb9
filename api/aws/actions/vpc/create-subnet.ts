import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { tagsFor } from '../../tags.ts';
import { requireBlock } from './canonical-block.ts';
import { presentSubnet } from './present.ts';

export const createSubnet = define({
  action: 'CreateSubnet',
  supports: [
    'VpcId',
    'CidrBlock',
    'Ipv6CidrBlock',
    'AvailabilityZone',
    'AvailabilityZoneId',
    'TagSpecifications',
  ],
  only: { Ipv6Native: ['false'] },
  refusals: {
    'invalid-value': 'InvalidSubnet.Range',
    'address-outside': 'InvalidSubnet.Range',
    overlap: 'InvalidSubnet.Conflict',
    'quota-exceeded': 'SubnetLimitExceeded',
  },
  async handle(context, input) {
    const { VpcId: vpcId, CidrBlock: cidrBlock } = input;
    if (cidrBlock === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock');
    }
    const { cloud, zones } = context;
    cloud.require('vpc', vpcId);
    const named = input.AvailabilityZone ?? input.AvailabilityZoneId;
    const zone = named === undefined ? zones.preferred() : zones.named(named);
    const tags = tagsFor('subnet', input.TagSpecifications);
    const ipv6 =
      input.Ipv6CidrBlock === undefined
        ? {}
        : { ipv6CidrBlock: requireBlock(input.Ipv6CidrBlock, 'ipv6CidrBlock') };
    const spec = { vpcId, cidrBlock: requireBlock(cidrBlock, 'cidrBlock'), zone, ...ipv6 };
    return { Subnet: presentSubnet(context, await cloud.create('subnet', { spec, tags })) };
  },
});
