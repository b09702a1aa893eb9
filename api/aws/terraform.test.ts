import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, type Harness, send, startHarness } from './testing/harness.ts';

/** Parameters of a filter list, as the provider writes them. */
const filters = (...pairs: readonly [string, string][]) =>
  Object.fromEntries(
    pairs.flatMap(([name, value], index) => [
      [`Filter.${index + 1}.Name`, name],
      [`Filter.${index + 1}.Value.1`, value],
    ]),
  );
const named = (type: string, name: string) => ({
  'TagSpecification.1.ResourceType': type,
  'TagSpecification.1.Tag.1.Key': 'Name',
  'TagSpecification.1.Tag.1.Value': name,
});

/**
 * What Terraform's AWS provider sends for a VPC module (VPC, public and private subnet, gateways, routes, the adopted
 * default group, ACL and route table), and what it reads back after each create: it fails on anything that is missing.
 */
describe("the calls of Terraform's AWS provider for a VPC module", () => {
  let api: Harness;
  let vpc: string;
  let publicSubnet: string;
  let privateSubnet: string;
  let internetGateway: string;
  let table: string;
  let association: string;
  let allocation: string;
  let borderGroup: string;
  let nat: string;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  const only = (list: unknown): Answer['body'] => {
    assert.ok(Array.isArray(list), 'a set, not an empty element');
    assert.equal(list.length, 1);
    return list[0];
  };

  it('the provider finds out who it is', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00';
    const answer = await send(
      api.url,
      { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      { authorization },
    );
    assert.deepEqual(answer.body.GetCallerIdentityResult, {
      UserId: '123456789012',
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
    const { accountAttributeSet } = await api.ok('DescribeAccountAttributes', {
      'AttributeName.1': 'supported-platforms',
    });
    assert.equal(only(only(accountAttributeSet).attributeValueSet).attributeValue, 'VPC');
    const zones = await api.ok(
      'DescribeAvailabilityZones',
      filters(['opt-in-status', 'opt-in-not-required'], ['state', 'available']),
    );
    assert.equal(zones.availabilityZoneInfo.length, 3);
  });

  it('aws_vpc', async () => {
    vpc = (
      await api.ok('CreateVpc', {
        AmazonProvidedIpv6CidrBlock: false,
        CidrBlock: '10.0.0.0/16',
        InstanceTenancy: 'default',
        ...named('vpc', 'tf'),
      })
    ).vpc.vpcId;
    assert.equal(only((await api.ok('DescribeVpcs', { 'VpcId.1': vpc })).vpcSet).state, 'available');
    await api.ok('ModifyVpcAttribute', { VpcId: vpc, 'EnableDnsHostnames.Value': true });
    for (const [attribute, value] of [
      ['enableDnsHostnames', 'true'],
      ['enableDnsSupport', 'true'],
      ['enableNetworkAddressUsageMetrics', 'false'],
    ] as const) {
      const read = await api.ok('DescribeVpcAttribute', { VpcId: vpc, Attribute: attribute });
      assert.equal(read[attribute].value, value);
    }
    only((await api.ok('DescribeNetworkAcls', filters(['default', 'true'], ['vpc-id', vpc]))).networkAclSet);
    only(
      (await api.ok('DescribeRouteTables', filters(['association.main', 'true'], ['vpc-id', vpc])))
        .routeTableSet,
    );
    only(
      (await api.ok('DescribeSecurityGroups', filters(['group-name', 'default'], ['vpc-id', vpc])))
        .securityGroupInfo,
    );
    const { dhcpOptionsId } = only((await api.ok('DescribeVpcs', { 'VpcId.1': vpc })).vpcSet);
    only((await api.ok('DescribeDhcpOptions', { 'DhcpOptionsId.1': dhcpOptionsId })).dhcpOptionsSet);
  });

  it('aws_subnet', async () => {
    const subnet = async (CidrBlock: string, name: string): Promise<string> => {
      const create = { VpcId: vpc, CidrBlock, AvailabilityZone: 'us-east-1a', ...named('subnet', name) };
      const { subnetId } = (await api.ok('CreateSubnet', create)).subnet;
      const read = only((await api.ok('DescribeSubnets', { 'SubnetId.1': subnetId })).subnetSet);
      assert.deepEqual([read.state, read.tagSet], ['available', [{ key: 'Name', value: name }]]);
      assert.equal(read.privateDnsNameOptionsOnLaunch.hostnameType, 'ip-name');
      return subnetId;
    };
    publicSubnet = await subnet('10.0.1.0/24', 'public');
    privateSubnet = await subnet('10.0.2.0/24', 'private');
    await api.ok('ModifySubnetAttribute', { SubnetId: publicSubnet, 'MapPublicIpOnLaunch.Value': true });
    const read = only((await api.ok('DescribeSubnets', { 'SubnetId.1': publicSubnet })).subnetSet);
    assert.equal(read.mapPublicIpOnLaunch, 'true');
  });

  it('aws_internet_gateway, aws_route_table, aws_route and aws_route_table_association', async () => {
    internetGateway = (await api.ok('CreateInternetGateway', named('internet-gateway', 'tf'))).internetGateway
      .internetGatewayId;
    await api.ok('AttachInternetGateway', { InternetGatewayId: internetGateway, VpcId: vpc });
    const gateway = only(
      (await api.ok('DescribeInternetGateways', { 'InternetGatewayId.1': internetGateway }))
        .internetGatewaySet,
    );
    assert.deepEqual(only(gateway.attachmentSet), { vpcId: vpc, state: 'available' });
    table = (await api.ok('CreateRouteTable', { VpcId: vpc, ...named('route-table', 'public') })).routeTable
      .routeTableId;
    await api.ok('CreateRoute', {
      RouteTableId: table,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: internetGateway,
    });
    const read = only((await api.ok('DescribeRouteTables', { 'RouteTableId.1': table })).routeTableSet);
    assert.equal(read.routeSet[1].state, 'active');
    const associated = await api.ok('AssociateRouteTable', { RouteTableId: table, SubnetId: publicSubnet });
    association = associated.associationId;
    const found = await api.ok(
      'DescribeRouteTables',
      filters(['association.route-table-association-id', association]),
    );
    assert.equal(only(only(found.routeTableSet).associationSet).associationState.state, 'associated');
  });

  it('aws_eip and aws_nat_gateway', async () => {
    allocation = (await api.ok('AllocateAddress', { Domain: 'vpc', ...named('elastic-ip', 'nat') }))
      .allocationId;
    const address = only((await api.ok('DescribeAddresses', { 'AllocationId.1': allocation })).addressesSet);
    borderGroup = address.networkBorderGroup;
    const attribute = { 'AllocationId.1': allocation, Attribute: 'domain-name' };
    assert.equal(
      only((await api.ok('DescribeAddressesAttribute', attribute)).addressSet).allocationId,
      allocation,
    );
    const create = {
      AllocationId: allocation,
      ClientToken: 'terraform-20260101',
      ConnectivityType: 'public',
      SubnetId: publicSubnet,
      ...named('natgateway', 'tf'),
    };
    nat = (await api.ok('CreateNatGateway', create)).natGateway.natGatewayId;
    const read = only((await api.ok('DescribeNatGateways', { 'NatGatewayId.1': nat })).natGatewaySet);
    assert.deepEqual([read.state, read.natGatewayAddressSet[0].allocationId], ['available', allocation]);
    const main = only(
      (await api.ok('DescribeRouteTables', filters(['association.main', 'true'], ['vpc-id', vpc])))
        .routeTableSet,
    );
    await api.ok('CreateRoute', {
      RouteTableId: main.routeTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: nat,
    });
  });

  it('aws_default_security_group and aws_default_network_acl, which take over what came with the VPC', async () => {
    const group = only(
      (await api.ok('DescribeSecurityGroups', filters(['group-name', 'default'], ['vpc-id', vpc])))
        .securityGroupInfo,
    );
    await api.ok('RevokeSecurityGroupEgress', {
      GroupId: group.groupId,
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
    });
    await api.ok('RevokeSecurityGroupIngress', {
      GroupId: group.groupId,
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.Groups.1.GroupId': group.groupId,
      'IpPermissions.1.Groups.1.UserId': '123456789012',
    });
    const read = only(
      (await api.ok('DescribeSecurityGroups', { 'GroupId.1': group.groupId })).securityGroupInfo,
    );
    assert.deepEqual([read.ipPermissions, read.ipPermissionsEgress], ['', '']);
    const acl = only(
      (await api.ok('DescribeNetworkAcls', filters(['default', 'true'], ['vpc-id', vpc]))).networkAclSet,
    );
    for (const Egress of [true, false]) {
      await api.ok('DeleteNetworkAclEntry', { NetworkAclId: acl.networkAclId, RuleNumber: 100, Egress });
    }
    const left = only(
      (await api.ok('DescribeNetworkAcls', { 'NetworkAclId.1': acl.networkAclId })).networkAclSet,
    );
    assert.deepEqual(
      left.entrySet.map((entry: { ruleNumber: string }) => entry.ruleNumber),
      ['32767', '32767'],
    );
  });

  it('destroys it all in its order', async () => {
    await api.ok('DisassociateRouteTable', { AssociationId: association });
    const gone = await api.ok(
      'DescribeRouteTables',
      filters(['association.route-table-association-id', association]),
    );
    assert.equal(gone.routeTableSet, '');
    const main = only(
      (await api.ok('DescribeRouteTables', filters(['association.main', 'true'], ['vpc-id', vpc])))
        .routeTableSet,
    );
    await api.ok('DeleteRoute', { RouteTableId: main.routeTableId, DestinationCidrBlock: '0.0.0.0/0' });
    await api.ok('DeleteRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' });
    await api.ok('DeleteRouteTable', { RouteTableId: table });
    await api.refused('InvalidRouteTableID.NotFound', 'DescribeRouteTables', { 'RouteTableId.1': table });
    await api.ok('DeleteNatGateway', { NatGatewayId: nat });
    assert.equal(
      only((await api.ok('DescribeNatGateways', { 'NatGatewayId.1': nat })).natGatewaySet).state,
      'deleted',
    );
    await api.ok('ReleaseAddress', { AllocationId: allocation, NetworkBorderGroup: borderGroup });
    await api.refused('InvalidAllocationID.NotFound', 'DescribeAddresses', { 'AllocationId.1': allocation });
    await api.ok('DetachInternetGateway', { InternetGatewayId: internetGateway, VpcId: vpc });
    await api.ok('DeleteInternetGateway', { InternetGatewayId: internetGateway });
    for (const SubnetId of [publicSubnet, privateSubnet]) {
      const ports = await api.ok('DescribeNetworkInterfaces', filters(['subnet-id', SubnetId]));
      assert.equal(ports.networkInterfaceSet, '');
      await api.ok('DeleteSubnet', { SubnetId });
      await api.refused('InvalidSubnetID.NotFound', 'DescribeSubnets', { 'SubnetId.1': SubnetId });
    }
    await api.ok('DeleteVpc', { VpcId: vpc });
    await api.refused('InvalidVpcID.NotFound', 'DescribeVpcs', { 'VpcId.1': vpc });
  });
});
