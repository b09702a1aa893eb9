import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('IPv6', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  it('a VPC and its subnets get blocks, and give them back', async () => {
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const associate = { VpcId: vpc.vpcId, AmazonProvidedIpv6CidrBlock: true };
    const { ipv6CidrBlockAssociation } = await api.ok('AssociateVpcCidrBlock', associate);
    const block: string = ipv6CidrBlockAssociation.ipv6CidrBlock;
    assert.match(block, /^2001:db8:.*::\/56$/);
    await api.refused('CidrLimitExceeded', 'AssociateVpcCidrBlock', associate);
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpc.vpcId, CidrBlock: '10.0.1.0/24' });
    const inside = block.replace('/56', '/64');
    const { ipv6CidrBlockAssociation: ofSubnet } = await api.ok('AssociateSubnetCidrBlock', {
      SubnetId: subnet.subnetId,
      Ipv6CidrBlock: inside,
    });
    assert.equal(ofSubnet.ipv6CidrBlock, inside);
    await api.ok('ModifySubnetAttribute', {
      SubnetId: subnet.subnetId,
      'AssignIpv6AddressOnCreation.Value': true,
    });
    const { networkInterface } = await api.ok('CreateNetworkInterface', { SubnetId: subnet.subnetId });
    assert.equal(networkInterface.ipv6AddressesSet.length, 1);
    const { subnetSet } = await api.ok('DescribeSubnets', {
      'Filter.1.Name': 'ipv6-cidr-block-association.ipv6-cidr-block',
      'Filter.1.Value.1': inside,
    });
    assert.equal(subnetSet[0].assignIpv6AddressOnCreation, 'true');
    const id: string = networkInterface.networkInterfaceId;
    const { assignedIpv6Addresses } = await api.ok('AssignIpv6Addresses', {
      NetworkInterfaceId: id,
      Ipv6AddressCount: 1,
    });
    assert.equal(assignedIpv6Addresses.length, 1);
    const gone = { NetworkInterfaceId: id, 'Ipv6Addresses.1': assignedIpv6Addresses[0] };
    await api.ok('UnassignIpv6Addresses', gone);
    await api.refused('InvalidParameterValue', 'UnassignIpv6Addresses', gone);
    await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: id });
    await api.ok('ModifySubnetAttribute', {
      SubnetId: subnet.subnetId,
      'AssignIpv6AddressOnCreation.Value': false,
    });
    await api.ok('DisassociateSubnetCidrBlock', { AssociationId: ofSubnet.associationId });
    await api.refused('InvalidAssociationID.NotFound', 'DisassociateSubnetCidrBlock', {
      AssociationId: ofSubnet.associationId,
    });
    await api.ok('DisassociateVpcCidrBlock', { AssociationId: ipv6CidrBlockAssociation.associationId });
    await api.refused('OperationNotPermitted', 'DisassociateVpcCidrBlock', {
      AssociationId: vpc.cidrBlockAssociationSet[0].associationId,
    });
  });

  it('an egress-only gateway has routes, which are black holes when it is gone', async () => {
    const { vpc } = await api.ok('CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      AmazonProvidedIpv6CidrBlock: true,
    });
    const { egressOnlyInternetGateway } = await api.ok('CreateEgressOnlyInternetGateway', {
      VpcId: vpc.vpcId,
    });
    const id: string = egressOnlyInternetGateway.egressOnlyInternetGatewayId;
    assert.deepEqual(egressOnlyInternetGateway.attachmentSet, [{ vpcId: vpc.vpcId, state: 'attached' }]);
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpc.vpcId });
    const route = {
      RouteTableId: routeTable.routeTableId,
      DestinationIpv6CidrBlock: '::/0',
      EgressOnlyInternetGatewayId: id,
    };
    await api.ok('CreateRoute', route);
    await api.refused('RouteAlreadyExists', 'CreateRoute', route);
    const routes = async () =>
      (await api.ok('DescribeRouteTables', { 'RouteTableId.1': route.RouteTableId })).routeTableSet[0]
        .routeSet;
    assert.deepEqual((await routes()).at(-1), {
      destinationIpv6CidrBlock: '::/0',
      origin: 'CreateRoute',
      egressOnlyInternetGatewayId: id,
      state: 'active',
    });
    await api.ok('DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: id });
    assert.equal((await routes()).at(-1).state, 'blackhole');
    await api.ok('DeleteRoute', { RouteTableId: route.RouteTableId, DestinationIpv6CidrBlock: '::/0' });
    await api.refused('InvalidGatewayID.NotFound', 'DeleteEgressOnlyInternetGateway', {
      EgressOnlyInternetGatewayId: id,
    });
  });
});
