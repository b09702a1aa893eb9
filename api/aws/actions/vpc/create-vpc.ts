import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { tagsFor } from '../../tags.ts';
import { requireBlock } from './canonical-block.ts';
import { presentVpc } from './present.ts';

export const createVpc = define({
  action: 'CreateVpc',
  supports: ['CidrBlock', 'AmazonProvidedIpv6CidrBlock', 'InstanceTenancy', 'TagSpecifications'],
  only: { InstanceTenancy: ['default', 'dedicated'] },
  refusals: { 'invalid-value spec.cidrBlock': 'InvalidVpc.Range', 'quota-exceeded': 'VpcLimitExceeded' },
  async handle(context, input) {
    const { CidrBlock: cidrBlock, InstanceTenancy: tenancy, TagSpecifications: specifications } = input;
    const ipv6 = input.AmazonProvidedIpv6CidrBlock;
    if (cidrBlock === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock');
    }
    const tags = tagsFor('vpc', specifications);
    const spec = {
      cidrBlock: requireBlock(cidrBlock, 'cidrBlock'),
      ...(ipv6 ? { ipv6CidrBlock: 'auto' } : {}),
      ...(tenancy === undefined ? {} : { instanceTenancy: tenancy }),
    };
    return { Vpc: presentVpc(context, await context.cloud.create('vpc', { spec, tags })) };
  },
});
