import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { tagList } from '../../tags.ts';

/** EC2-Classic is gone, in AWS too; older tools still ask whether a VPC is linked to it. */
export const describeVpcClassicLink = describe({
  action: 'DescribeVpcClassicLink',
  kind: 'vpc',
  ids: 'VpcIds',
  result: 'Vpcs',
  paged: false,
  note: 'no VPC is linked to EC2-Classic',
  filters: { 'is-classic-link-enabled': () => false },
  present: (_context, { id, tags }) => ({ VpcId: id, ClassicLinkEnabled: false, Tags: tagList(tags) }),
});

export const describeVpcClassicLinkDnsSupport = define({
  action: 'DescribeVpcClassicLinkDnsSupport',
  supports: ['VpcIds'],
  note: 'no VPC is linked to EC2-Classic',
  handle({ cloud }, { VpcIds: ids }) {
    const vpcs = ids?.length ? ids.map((id) => cloud.require('vpc', id)) : [...cloud.list('vpc')];
    return { Vpcs: vpcs.map(({ id }) => ({ VpcId: id, ClassicLinkDnsSupported: false })) };
  },
});
