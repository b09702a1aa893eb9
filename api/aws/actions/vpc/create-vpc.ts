import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { tagsFor } from '../../tags.ts';
import { canonicalBlock, presentVpc } from './present.ts';

export const createVpc = define({
  action: 'CreateVpc',
  supports: ['CidrBlock', 'InstanceTenancy', 'TagSpecifications'],
  only: { AmazonProvidedIpv6CidrBlock: ['false'], InstanceTenancy: ['default', 'dedicated'] },
  refusals: { 'invalid-value': 'InvalidVpc.Range' },
  async handle(
    context,
    { CidrBlock: cidrBlock, InstanceTenancy: tenancy, TagSpecifications: specifications },
  ) {
    if (cidrBlock === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock');
    }
    const tags = tagsFor('vpc', specifications);
    const spec = {
      cidrBlock: canonicalBlock(cidrBlock),
      ...(tenancy === undefined ? {} : { instanceTenancy: tenancy }),
    };
    return { Vpc: presentVpc(context, await context.cloud.create('vpc', { spec, tags })) };
  },
});
