import { describe } from '../../describe.ts';
import { relatedId } from '../ids.ts';
import { presentVpc } from './present.ts';

export const describeVpcs = describe({
  action: 'DescribeVpcs',
  kind: 'vpc',
  ids: 'VpcIds',
  result: 'Vpcs',
  filters: {
    'vpc-id': ({ id }) => id,
    cidr: ({ spec }) => spec.cidrBlock,
    cidrBlock: ({ spec }) => spec.cidrBlock,
    'cidr-block': ({ spec }) => spec.cidrBlock,
    'cidr-block-association.cidr-block': ({ spec }) => spec.cidrBlock,
    'cidr-block-association.association-id': ({ id }) => relatedId('vpc-cidr-assoc', id),
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': () => 'default',
    isDefault: ({ spec }) => spec.isDefault ?? false,
    'is-default': ({ spec }) => spec.isDefault ?? false,
    'owner-id': ({ account }) => account,
    state: () => 'available',
  },
  present: presentVpc,
});
