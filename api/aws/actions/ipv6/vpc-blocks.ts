import { createHash } from 'node:crypto';
import { ipv4BlocksOf, type ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type {
  SubnetIpv6CidrBlockAssociation,
  VpcCidrBlockAssociation,
  VpcIpv6CidrBlockAssociation,
} from '../../model/generated/types.ts';
import { relatedId } from '../ids.ts';
import { canonicalBlock } from '../vpc/canonical-block.ts';

type Vpc = ResourceOf<'vpc'>;
type Subnet = ResourceOf<'subnet'>;

/** The association of the primary block has the digits of the VPC; those of others have a digest of VPC and block. */
function ipv4AssociationId(vpc: Vpc, block: string): string {
  if (block === vpc.spec.cidrBlock) return relatedId('vpc-cidr-assoc', vpc.id);
  const digest = createHash('sha256').update(`${vpc.id} ${block}`).digest('hex');
  return `vpc-cidr-assoc-${digest.slice(0, 17)}`;
}

const ipv4Association = (vpc: Vpc, block: string): VpcCidrBlockAssociation => ({
  AssociationId: ipv4AssociationId(vpc, block),
  CidrBlock: block,
  CidrBlockState: { State: 'associated' },
});

/** The IPv4 blocks of a VPC with their associations, the primary one first. */
export function vpcIpv4Associations(vpc: Vpc): VpcCidrBlockAssociation[] {
  return ipv4BlocksOf(vpc).map((block) => ipv4Association(vpc, block));
}

/** That of the IPv6 block has the digits of the VPC backwards. */
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

/** AWS's quota of IPv4 blocks of a VPC. */
const mostIpv4Blocks = 5;

async function associateIpv4(context: ActionContext, vpc: Vpc, text: string) {
  const block = canonicalBlock(text);
  const { secondaryCidrBlocks = [] } = vpc.spec;
  if (secondaryCidrBlocks.includes(block)) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${block}' conflicts with another one of the VPC`);
  }
  if (secondaryCidrBlocks.length + 1 >= mostIpv4Blocks) {
    throw new AwsError('CidrLimitExceeded', `The VPC ${vpc.id} has ${mostIpv4Blocks} IPv4 blocks already`);
  }
  const updated = await context.cloud.update('vpc', vpc.id, {
    spec: { secondaryCidrBlocks: [...secondaryCidrBlocks, block] },
  });
  return { VpcId: vpc.id, CidrBlockAssociation: ipv4Association(updated, block) };
}

async function associateIpv6({ cloud }: ActionContext, { id, spec }: Vpc) {
  if (spec.ipv6CidrBlock !== undefined) {
    throw new AwsError('CidrLimitExceeded', `The VPC ${id} has the IPv6 block ${spec.ipv6CidrBlock} already`);
  }
  const vpc = await cloud.update('vpc', id, { spec: { ipv6CidrBlock: 'auto' } });
  const [association] = vpcIpv6Associations(vpc);
  return { VpcId: id, Ipv6CidrBlockAssociation: association };
}

export const associateVpcCidrBlock = define({
  action: 'AssociateVpcCidrBlock',
  supports: ['VpcId', 'CidrBlock'],
  only: { AmazonProvidedIpv6CidrBlock: ['true'] },
  refusals: {
    'invalid-value': 'InvalidVpc.Range',
    overlap: 'InvalidVpc.Range',
    'already-exists': 'InvalidVpc.Range',
  },
  note: 'a block is associated when the answer comes',
  async handle(context, { VpcId: id, CidrBlock: block, AmazonProvidedIpv6CidrBlock: provided }) {
    const vpc = context.cloud.require('vpc', id);
    if (block !== undefined && provided) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Give one of cidrBlock and amazonProvidedIpv6CidrBlock',
      );
    }
    if (block !== undefined) return await associateIpv4(context, vpc, block);
    if (provided) return await associateIpv6(context, vpc);
    throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock');
  },
});

const disassociated = { State: 'disassociated' as const };

async function disassociateIpv6({ cloud }: ActionContext, vpc: Vpc) {
  const [association] = vpcIpv6Associations(vpc);
  await cloud.update('vpc', vpc.id, { spec: { ipv6CidrBlock: null } });
  return {
    VpcId: vpc.id,
    Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: disassociated },
  };
}

async function disassociateIpv4({ cloud }: ActionContext, vpc: Vpc, association: VpcCidrBlockAssociation) {
  const { cidrBlock, secondaryCidrBlocks = [] } = vpc.spec;
  if (association.CidrBlock === cidrBlock) {
    throw new AwsError('OperationNotPermitted', 'The primary block of a VPC cannot be disassociated');
  }
  const kept = secondaryCidrBlocks.filter((block) => block !== association.CidrBlock);
  await cloud.update('vpc', vpc.id, { spec: { secondaryCidrBlocks: kept } });
  return { VpcId: vpc.id, CidrBlockAssociation: { ...association, CidrBlockState: disassociated } };
}

export const disassociateVpcCidrBlock = define({
  action: 'DisassociateVpcCidrBlock',
  supports: ['AssociationId'],
  async handle(context, { AssociationId: id }) {
    for (const vpc of context.cloud.list('vpc')) {
      if (vpc.spec.ipv6CidrBlock !== undefined && vpcAssociationId(vpc.id) === id) {
        return await disassociateIpv6(context, vpc);
      }
      const found = vpcIpv4Associations(vpc).find(({ AssociationId }) => AssociationId === id);
      if (found) return await disassociateIpv4(context, vpc, found);
    }
    throw noAssociation(id);
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
