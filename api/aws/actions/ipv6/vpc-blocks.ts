import type { ResourceOf } from '@weft/controller/resources';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type {
  SubnetIpv6CidrBlockAssociation,
  VpcIpv6CidrBlockAssociation,
} from '../../model/generated/types.ts';
import { relatedId } from '../ids.ts';

type Vpc = ResourceOf<'vpc'>;
type Subnet = ResourceOf<'subnet'>;

/** A VPC has two associations: that of its IPv6 block has the digits backwards. */
const backwards = (id: string) => [...id.slice(id.lastIndexOf('-') + 1)].reverse().join('');
const vpcAssociationId = (vpcId: string) => `vpc-cidr-assoc-${backwards(vpcId)}`;
const subnetAssociationId = (subnetId: string) => relatedId('subnet-cidr-assoc', subnetId);

export function vpcIpv6Associations({ id, region, spec }: Vpc): VpcIpv6CidrBlockAssociation[] {
  if (spec.ipv6CidrBlock === undefined) return [];
  return [
    {
      AssociationId: vpcAssociationId(id),
      Ipv6CidrBlock: spec.ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
      NetworkBorderGroup: region,
      Ipv6Pool: 'Amazon',
    },
  ];
}

export function subnetIpv6Associations({ id, spec }: Subnet): SubnetIpv6CidrBlockAssociation[] {
  if (spec.ipv6CidrBlock === undefined) return [];
  return [
    {
      AssociationId: subnetAssociationId(id),
      Ipv6CidrBlock: spec.ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
    },
  ];
}

const noAssociation = (id: string) =>
  new AwsError('InvalidAssociationID.NotFound', `The association ID '${id.slice(0, 100)}' does not exist`);

export const associateVpcCidrBlock = define({
  action: 'AssociateVpcCidrBlock',
  supports: ['VpcId'],
  only: { AmazonProvidedIpv6CidrBlock: ['true'] },
  note: 'of an IPv6 block; a VPC has one IPv4 block',
  async handle({ cloud }, { VpcId: id, AmazonProvidedIpv6CidrBlock: provided }) {
    if (!provided) {
      throw new AwsError(
        'MissingParameter',
        'The request must contain the parameter amazonProvidedIpv6CidrBlock',
      );
    }
    const { spec } = cloud.require('vpc', id);
    if (spec.ipv6CidrBlock !== undefined) {
      throw new AwsError(
        'CidrLimitExceeded',
        `The VPC ${id} has the IPv6 block ${spec.ipv6CidrBlock} already`,
      );
    }
    const vpc = await cloud.update('vpc', id, { spec: { ipv6CidrBlock: 'auto' } });
    const [association] = vpcIpv6Associations(vpc);
    return { VpcId: id, Ipv6CidrBlockAssociation: association };
  },
});

export const disassociateVpcCidrBlock = define({
  action: 'DisassociateVpcCidrBlock',
  supports: ['AssociationId'],
  async handle({ cloud }, { AssociationId: id }) {
    const vpc = cloud.find('vpc', `vpc-${backwards(id)}`);
    if (vpc?.spec.ipv6CidrBlock === undefined || vpcAssociationId(vpc.id) !== id) {
      if (!cloud.find('vpc', relatedId('vpc', id))) throw noAssociation(id);
      throw new AwsError('OperationNotPermitted', 'The primary block of a VPC cannot be disassociated');
    }
    const [association] = vpcIpv6Associations(vpc);
    await cloud.update('vpc', vpc.id, { spec: { ipv6CidrBlock: null } });
    return {
      VpcId: vpc.id,
      Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: 'disassociated' as const } },
    };
  },
});

export const associateSubnetCidrBlock = define({
  action: 'AssociateSubnetCidrBlock',
  supports: ['SubnetId', 'Ipv6CidrBlock'],
  refusals: { 'address-outside': 'InvalidSubnet.Range', overlap: 'InvalidSubnet.Conflict' },
  async handle({ cloud }, { SubnetId: id, Ipv6CidrBlock: block }) {
    cloud.require('subnet', id);
    const subnet = await cloud.update('subnet', id, { spec: { ipv6CidrBlock: block.toLowerCase() } });
    const [association] = subnetIpv6Associations(subnet);
    return { SubnetId: id, Ipv6CidrBlockAssociation: association };
  },
});

export const disassociateSubnetCidrBlock = define({
  action: 'DisassociateSubnetCidrBlock',
  supports: ['AssociationId'],
  async handle({ cloud }, { AssociationId: id }) {
    const subnet = id.startsWith('subnet-cidr-assoc-')
      ? cloud.find('subnet', relatedId('subnet', id))
      : undefined;
    const [association] = subnet ? subnetIpv6Associations(subnet) : [];
    if (!subnet || !association) throw noAssociation(id);
    await cloud.update('subnet', subnet.id, { spec: { ipv6CidrBlock: null } });
    return {
      SubnetId: subnet.id,
      Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: 'disassociated' as const } },
    };
  },
});
