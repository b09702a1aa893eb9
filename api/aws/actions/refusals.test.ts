import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../testing/harness.ts';

const malformed: [action: string, parameter: string, code: string][] = [
  ['DescribeSubnets', 'SubnetId.1', 'InvalidSubnetID.Malformed'],
  ['DescribeRouteTables', 'RouteTableId.1', 'InvalidRouteTableId.Malformed'],
  ['DescribeInternetGateways', 'InternetGatewayId.1', 'InvalidInternetGatewayId.Malformed'],
  ['DescribeNetworkAcls', 'NetworkAclId.1', 'InvalidNetworkAclID.Malformed'],
  ['DescribeVpcPeeringConnections', 'VpcPeeringConnectionId.1', 'InvalidVpcPeeringConnectionId.Malformed'],
  ['DescribeManagedPrefixLists', 'PrefixListId.1', 'InvalidPrefixListId.Malformed'],
  ['DescribeDhcpOptions', 'DhcpOptionsId.1', 'InvalidDhcpOptionsId.Malformed'],
  ['DescribeSecurityGroupRules', 'SecurityGroupRuleId.1', 'InvalidSecurityGroupRuleId.Malformed'],
  ['DescribeNetworkInterfaces', 'NetworkInterfaceId.1', 'InvalidNetworkInterfaceId.Malformed'],
];
const absent: [action: string, parameter: string, id: string, code: string][] = [
  ['DescribeInternetGateways', 'InternetGatewayId.1', 'igw', 'InvalidInternetGatewayID.NotFound'],
  ['DescribeVpnGateways', 'VpnGatewayId.1', 'vgw', 'InvalidVpnGatewayID.NotFound'],
  ['DescribeCustomerGateways', 'CustomerGatewayId.1', 'cgw', 'InvalidCustomerGatewayID.NotFound'],
  ['DescribeVpnConnections', 'VpnConnectionId.1', 'vpn', 'InvalidVpnConnectionID.NotFound'],
  ['DescribeTransitGateways', 'TransitGatewayIds.1', 'tgw', 'InvalidTransitGatewayID.NotFound'],
  ['DescribeVpcEndpointServices', 'ServiceName.1', 'com.amazonaws.us-east-1.s3', 'InvalidServiceName'],
  ['DescribeFlowLogs', 'FlowLogId.1', 'fl', 'InvalidFlowLogId.NotFound'],
  [
    'DescribeTransitGatewayRouteTables',
    'TransitGatewayRouteTableIds.1',
    'tgw-rtb',
    'InvalidRouteTableID.NotFound',
  ],
  ...['', 'Vpc', 'Peering'].map((sort): (typeof absent)[number] => [
    `DescribeTransitGateway${sort}Attachments`,
    'TransitGatewayAttachmentIds.1',
    'tgw-attach',
    'InvalidTransitGatewayAttachmentID.NotFound',
  ]),
  ['DescribeTrafficMirrorTargets', 'TrafficMirrorTargetId.1', 'tmt', 'InvalidTrafficMirrorTargetId.NotFound'],
  ['DescribeTrafficMirrorFilters', 'TrafficMirrorFilterId.1', 'tmf', 'InvalidTrafficMirrorFilterId.NotFound'],
  ['DescribeCarrierGateways', 'CarrierGatewayId.1', 'cagw', 'InvalidCarrierGatewayID.NotFound'],
  [
    'DescribeVpcEndpointServiceConfigurations',
    'ServiceId.1',
    'vpce-svc',
    'InvalidVpcEndpointServiceId.NotFound',
  ],
];

describe('ids', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.ok('DescribeVpcs');
  });
  after(() => api.close());

  for (const [action, parameter, code] of malformed) {
    it(`that are none: ${action}`, async () => {
      for (const id of ['x', 'vpc-', 'vpc-0123456789abcdef0']) {
        await api.refused(code, action, { [parameter]: id });
      }
    });
  }
  for (const [action, parameter, prefix, code] of absent) {
    it(`of nothing: ${action}`, async () => {
      await api.refused(code, action, { [parameter]: `${prefix}-0123456789abcdef0` });
      await api.ok(action);
    });
  }
});

describe('what has no room', () => {
  let api: Harness;
  let vpcId: string;
  const createVpc = async (block: string) => (await api.ok('CreateVpc', { CidrBlock: block })).vpc.vpcId;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
    vpcId = await createVpc('10.0.0.0/16');
  });
  after(() => api.close());

  it('a subnet without free addresses', async () => {
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/28' });
    const create = { SubnetId: subnet.subnetId, SecondaryPrivateIpAddressCount: 10 };
    await api.ok('CreateNetworkInterface', create);
    await api.refused('InsufficientFreeAddressesInSubnet', 'CreateNetworkInterface', {
      SubnetId: subnet.subnetId,
    });
  });

  it('a network ACL with all of its entries', async () => {
    const { networkAcl } = await api.ok('CreateNetworkAcl', { VpcId: vpcId });
    const entry = (number: number) => ({
      NetworkAclId: networkAcl.networkAclId,
      RuleNumber: number,
      Protocol: '-1',
      RuleAction: 'allow',
      Egress: false,
      CidrBlock: '10.0.0.0/8',
    });
    for (let number = 1; number <= 40; number++) await api.ok('CreateNetworkAclEntry', entry(number));
    await api.refused('NetworkAclEntryLimitExceeded', 'CreateNetworkAclEntry', entry(41));
  });

  it('a prefix list that would be larger than what names it can take', async () => {
    const { prefixList } = await api.ok('CreateManagedPrefixList', {
      PrefixListName: 'list',
      AddressFamily: 'IPv4',
      MaxEntries: 2,
    });
    const { prefixListId } = prefixList;
    await api.refused('PrefixListMaxEntriesExceeded', 'ModifyManagedPrefixList', {
      PrefixListId: prefixListId,
      CurrentVersion: 1,
      'AddEntry.1.Cidr': '10.1.0.0/16',
      'AddEntry.2.Cidr': '10.2.0.0/16',
      'AddEntry.3.Cidr': '10.3.0.0/16',
    });
    const { groupId } = await api.ok('CreateSecurityGroup', {
      VpcId: vpcId,
      GroupName: 'list',
      GroupDescription: 'list',
    });
    await api.ok('AuthorizeSecurityGroupIngress', {
      GroupId: groupId,
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.PrefixListIds.1.PrefixListId': prefixListId,
    });
    await api.refused('PrefixListMaxEntriesExceeded', 'ModifyManagedPrefixList', {
      PrefixListId: prefixListId,
      MaxEntries: 1000,
    });
  });

  it('a VPC with as many requests for peering as it may have', async () => {
    const { controller } = api.running;
    const owner = { account: '123456789012', region: 'us-east-1' };
    for (let number = 0; number < 26; number++) {
      const spec = { cidrBlock: `10.${1 + number}.0.0/16` };
      const other = (await controller.create('vpc', { spec }, owner)).resource.id;
      const peering = { VpcId: vpcId, PeerVpcId: other };
      if (number === 25) {
        await api.refused('VpcPeeringConnectionsPerVpcLimitExceeded', 'CreateVpcPeeringConnection', peering);
      } else await api.ok('CreateVpcPeeringConnection', peering);
    }
  });
});

describe('what is in no state for it', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  it('a subnet of a VPC without IPv6, a route to a NAT gateway that is not there', async () => {
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpc.vpcId, CidrBlock: '10.0.1.0/24' });
    await api.refused('IncorrectState', 'CreateNetworkInterface', {
      SubnetId: subnet.subnetId,
      Ipv6AddressCount: 1,
    });
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpc.vpcId });
    await api.refused('InvalidNatGatewayID.NotFound', 'CreateRoute', {
      RouteTableId: routeTable.routeTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: 'nat-0123456789abcdef0',
    });
  });

  it('an address that somebody outside has already, and no default VPC', async () => {
    const { publicIp } = await api.ok('AllocateAddress', { Domain: 'vpc' });
    await api.refused('InvalidAddress.Locked', 'AllocateAddress', { Address: publicIp });
    const { vpcSet } = await api.ok('DescribeVpcs', {
      'Filter.1.Name': 'is-default',
      'Filter.1.Value.1': 'true',
    });
    const { vpcId } = vpcSet[0];
    const filter = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpcId };
    for (const { subnetId } of (await api.ok('DescribeSubnets', filter)).subnetSet) {
      await api.ok('DeleteSubnet', { SubnetId: subnetId });
    }
    const attached = { 'Filter.1.Name': 'attachment.vpc-id', 'Filter.1.Value.1': vpcId };
    for (const gateway of (await api.ok('DescribeInternetGateways', attached)).internetGatewaySet) {
      await api.ok('DetachInternetGateway', { InternetGatewayId: gateway.internetGatewayId, VpcId: vpcId });
    }
    await api.ok('DeleteVpc', { VpcId: vpcId });
    const group = { GroupName: 'web', GroupDescription: 'web' };
    await api.refused('VPCIdNotSpecified', 'CreateSecurityGroup', group);
  });
});

describe('what is not allowed', () => {
  it('to write with a key that only reads', async () => {
    const authenticate = () => ({
      ...{ account: '123456789012', region: 'us-east-1', accessKeyId: 'reader', name: 'reader' },
      role: 'read-only' as const,
    });
    await using api = await startHarness({ authenticate });
    await api.ok('DescribeVpcs');
    await api.refused('UnauthorizedOperation', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  });

  it('to have more than the quotas of the account', async () => {
    await using api = await startHarness();
    await api.infrastructure();
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { vpcId } = vpc;
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/24' });
    const { subnetId } = subnet;
    const kinds = ['vpc', 'subnet', 'route-table', 'network-acl', 'security-group', 'network-interface'];
    const none = Object.fromEntries(
      [...kinds, 'elastic-ip', 'instance', 'prefix-list'].map((kind) => [kind, 0]),
    );
    await api.running.controller.create(
      'account',
      { spec: { id: '123456789012', name: 'tenant', quotas: none } },
      { account: '', region: '' },
    );
    const group = { VpcId: vpcId, GroupName: 'web', GroupDescription: 'web' };
    await api.refused('VpcLimitExceeded', 'CreateVpc', { CidrBlock: '10.1.0.0/16' });
    await api.refused('SubnetLimitExceeded', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.2.0/24' });
    await api.refused('RouteTableLimitExceeded', 'CreateRouteTable', { VpcId: vpcId });
    await api.refused('NetworkAclLimitExceeded', 'CreateNetworkAcl', { VpcId: vpcId });
    await api.refused('SecurityGroupLimitExceeded', 'CreateSecurityGroup', group);
    await api.refused('NetworkInterfaceLimitExceeded', 'CreateNetworkInterface', { SubnetId: subnetId });
    await api.refused('AddressLimitExceeded', 'AllocateAddress', { Domain: 'vpc' });
    const list = { PrefixListName: 'list', AddressFamily: 'IPv4', MaxEntries: 2 };
    await api.refused('ResourceLimitExceeded', 'CreateManagedPrefixList', list);
    const instance = { ImageId: 'x', MinCount: 1, MaxCount: 1, SubnetId: subnetId };
    await api.refused('InstanceLimitExceeded', 'RunInstances', instance);
    assert.equal((await api.ok('DescribeVpcs')).vpcSet.length, 2);
  });
});
