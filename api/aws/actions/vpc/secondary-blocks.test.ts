import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('secondary IPv4 blocks', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  const vpcId = async (): Promise<string> =>
    (await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' })).vpc.vpcId;
  const blocksOf = async (id: string) => {
    const { vpcSet } = await api.ok('DescribeVpcs', { 'VpcId.1': id });
    return vpcSet[0].cidrBlockAssociationSet.map((one: Record<string, string>) => one.cidrBlock);
  };

  it('are associated, listed, found, used by subnets, and disassociated', async () => {
    const id = await vpcId();
    const { cidrBlockAssociation: made } = await api.ok('AssociateVpcCidrBlock', {
      VpcId: id,
      CidrBlock: '100.64.1.2/20',
    });
    assert.equal(made.cidrBlock, '100.64.0.0/20');
    assert.equal(made.cidrBlockState.state, 'associated');
    assert.deepEqual(await blocksOf(id), ['10.0.0.0/16', '100.64.0.0/20']);
    for (const [name, value] of [
      ['cidr-block-association.cidr-block', '100.64.0.0/20'],
      ['cidr-block-association.association-id', made.associationId],
    ] as const) {
      const { vpcSet } = await api.ok('DescribeVpcs', { 'Filter.1.Name': name, 'Filter.1.Value.1': value });
      assert.deepEqual(
        vpcSet.map((vpc: Record<string, string>) => vpc.vpcId),
        [id],
        name,
      );
    }
    const { subnet } = await api.ok('CreateSubnet', { VpcId: id, CidrBlock: '100.64.1.0/24' });
    const { routeTableSet } = await api.ok('DescribeRouteTables', {
      'Filter.1.Name': 'vpc-id',
      'Filter.1.Value.1': id,
    });
    assert.deepEqual(
      routeTableSet[0].routeSet.map((route: Record<string, string>) => [
        route.destinationCidrBlock,
        route.gatewayId,
      ]),
      [
        ['10.0.0.0/16', 'local'],
        ['100.64.0.0/20', 'local'],
      ],
    );
    const disassociate = { AssociationId: made.associationId };
    await api.refused('DependencyViolation', 'DisassociateVpcCidrBlock', disassociate);
    await api.ok('DeleteSubnet', { SubnetId: subnet.subnetId });
    const { cidrBlockAssociation: gone } = await api.ok('DisassociateVpcCidrBlock', disassociate);
    assert.equal(gone.cidrBlockState.state, 'disassociated');
    assert.deepEqual(await blocksOf(id), ['10.0.0.0/16']);
    await api.refused('InvalidAssociationID.NotFound', 'DisassociateVpcCidrBlock', disassociate);
  });

  it('are refused where AWS refuses them', async () => {
    const id = await vpcId();
    const associate = (CidrBlock: string) => ({ VpcId: id, CidrBlock });
    for (const block of ['10.0.1.0/24', '10.0.0.0/16', '192.168.0.0/16', '198.19.0.0/20', '10.4.0.0/15']) {
      await api.refused('InvalidVpc.Range', 'AssociateVpcCidrBlock', associate(block));
    }
    await api.refused('InvalidParameterCombination', 'AssociateVpcCidrBlock', {
      ...associate('10.1.0.0/16'),
      AmazonProvidedIpv6CidrBlock: true,
    });
    await api.refused('MissingParameter', 'AssociateVpcCidrBlock', { VpcId: id });
    for (const index of [1, 2, 3, 4]) await api.ok('AssociateVpcCidrBlock', associate(`10.${index}.0.0/16`));
    await api.refused('InvalidVpc.Range', 'AssociateVpcCidrBlock', associate('10.4.0.0/16'));
    await api.refused('CidrLimitExceeded', 'AssociateVpcCidrBlock', associate('10.5.0.0/16'));
    const { vpcSet } = await api.ok('DescribeVpcs', { 'VpcId.1': id });
    await api.refused('OperationNotPermitted', 'DisassociateVpcCidrBlock', {
      AssociationId: vpcSet[0].cidrBlockAssociationSet[0].associationId,
    });
  });

  it('are shown of both sides of a peering connection', async () => {
    const id = await vpcId();
    const peer = (await api.ok('CreateVpc', { CidrBlock: '10.8.0.0/16' })).vpc.vpcId;
    await api.ok('AssociateVpcCidrBlock', { VpcId: peer, CidrBlock: '10.9.0.0/16' });
    const { vpcPeeringConnection } = await api.ok('CreateVpcPeeringConnection', {
      VpcId: id,
      PeerVpcId: peer,
    });
    assert.deepEqual(
      vpcPeeringConnection.accepterVpcInfo.cidrBlockSet.map((one: Record<string, string>) => one.cidrBlock),
      ['10.8.0.0/16', '10.9.0.0/16'],
    );
    await api.refused('InvalidVpc.Range', 'AssociateVpcCidrBlock', { VpcId: id, CidrBlock: '10.9.0.0/20' });
  });
});
