import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../testing/harness.ts';

/** A VPC with a subnet, and what its actions need. */
async function network(api: Harness, cidr = '10.0.0.0/16') {
  const vpcId: string = (await api.ok('CreateVpc', { CidrBlock: cidr })).vpc.vpcId;
  const block = cidr.replace('.0.0/16', '.1.0/24');
  const { subnet } = await api.ok('CreateSubnet', {
    VpcId: vpcId,
    CidrBlock: block,
    AvailabilityZone: 'us-east-1a',
  });
  return { vpcId, subnetId: subnet.subnetId as string };
}
const filter = (name: string, ...values: string[]) =>
  Object.fromEntries([
    ['Filter.1.Name', name],
    ...values.map((value, index) => [`Filter.1.Value.${index + 1}`, value]),
  ]);

describe('routes, gateways, addresses and interfaces', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  it('lead to an interface, or to the only one of an instance', async () => {
    const region = 'eu-west-2';
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' }, region);
    const { vpcId } = vpc;
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/24' }, region);
    const run = { ImageId: 'x', MinCount: 1, MaxCount: 1, SubnetId: subnet.subnetId };
    const [instance] = (await api.ok('RunInstances', run, region)).instancesSet;
    const [port] = instance.networkInterfaceSet;
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpcId }, region);
    const table = { RouteTableId: routeTable.routeTableId };
    const route = { ...table, DestinationCidrBlock: '192.0.2.0/24' };
    const { networkInterfaceId } = port;
    await api.ok('CreateRoute', { ...route, NetworkInterfaceId: networkInterfaceId }, region);
    const shown = async () => {
      const byId = { 'RouteTableId.1': routeTable.routeTableId };
      return (await api.ok('DescribeRouteTables', byId, region)).routeTableSet[0].routeSet[1];
    };
    const expected = {
      destinationCidrBlock: '192.0.2.0/24',
      origin: 'CreateRoute',
      networkInterfaceId,
      instanceId: instance.instanceId,
      instanceOwnerId: '123456789012',
      state: 'active',
    };
    assert.deepEqual(await shown(), expected);
    await api.ok('ReplaceRoute', { ...route, InstanceId: instance.instanceId }, region);
    assert.deepEqual(await shown(), expected);
    const nobody = { NetworkInterfaceId: 'eni-0123456789abcdef0' };
    await api.refused('InvalidNetworkInterfaceID.NotFound', 'ReplaceRoute', { ...route, ...nobody }, region);
    const both = { InstanceId: instance.instanceId, NetworkInterfaceId: networkInterfaceId };
    await api.refused('InvalidParameterCombination', 'ReplaceRoute', { ...route, ...both }, region);
    const second = { SubnetId: subnet.subnetId };
    const { networkInterface } = await api.ok('CreateNetworkInterface', second, region);
    await api.ok(
      'AttachNetworkInterface',
      {
        InstanceId: instance.instanceId,
        NetworkInterfaceId: networkInterface.networkInterfaceId,
        DeviceIndex: 1,
      },
      region,
    );
    const several = { ...route, InstanceId: instance.instanceId };
    await api.refused('InvalidParameterCombination', 'ReplaceRoute', several, region);
  });

  it('a route table has its local route, routes to gateways, and associations', async () => {
    const { vpcId, subnetId } = await network(api);
    const { internetGateway } = await api.ok('CreateInternetGateway');
    const igw: string = internetGateway.internetGatewayId;
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpcId });
    const table: string = routeTable.routeTableId;
    const route = { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw };
    await api.refused('InvalidParameterValue', 'CreateRoute', route);
    await api.ok('AttachInternetGateway', { InternetGatewayId: igw, VpcId: vpcId });
    await api.refused('Resource.AlreadyAssociated', 'AttachInternetGateway', {
      InternetGatewayId: igw,
      VpcId: vpcId,
    });
    await api.ok('CreateRoute', route);
    await api.refused('RouteAlreadyExists', 'CreateRoute', route);
    await api.refused('InvalidRoute.NotFound', 'DeleteRoute', {
      RouteTableId: table,
      DestinationCidrBlock: '10.9.0.0/16',
    });
    await api.refused('InvalidRoute.NotFound', 'ReplaceRoute', {
      ...route,
      DestinationCidrBlock: '10.9.0.0/16',
    });
    const { associationId } = await api.ok('AssociateRouteTable', {
      RouteTableId: table,
      SubnetId: subnetId,
    });
    const { routeTableSet } = await api.ok('DescribeRouteTables', filter('association.subnet-id', subnetId));
    assert.equal(routeTableSet.length, 1);
    assert.deepEqual(routeTableSet[0].routeSet, [
      {
        destinationCidrBlock: '10.0.0.0/16',
        gatewayId: 'local',
        origin: 'CreateRouteTable',
        state: 'active',
      },
      { destinationCidrBlock: '0.0.0.0/0', origin: 'CreateRoute', gatewayId: igw, state: 'active' },
    ]);
    assert.equal(routeTableSet[0].associationSet[0].routeTableAssociationId, associationId);
    await api.refused('DependencyViolation', 'DeleteRouteTable', { RouteTableId: table });
    await api.ok('DetachInternetGateway', { InternetGatewayId: igw, VpcId: vpcId });
    await api.refused('Gateway.NotAttached', 'DetachInternetGateway', {
      InternetGatewayId: igw,
      VpcId: vpcId,
    });
    const state = async () =>
      (await api.ok('DescribeRouteTables', { 'RouteTableId.1': table })).routeTableSet[0].routeSet[1].state;
    assert.equal(await state(), 'blackhole');
    await api.ok('DeleteInternetGateway', { InternetGatewayId: igw });
    assert.equal(await state(), 'blackhole');
    await api.ok('DisassociateRouteTable', { AssociationId: associationId });
    await api.refused('InvalidAssociationID.NotFound', 'DisassociateRouteTable', {
      AssociationId: associationId,
    });
    await api.ok('DeleteRouteTable', { RouteTableId: table });
  });

  it('the main table can be replaced, and not disassociated', async () => {
    const { vpcId } = await network(api, '10.1.0.0/16');
    const mainOf = async () => {
      const answer = await api.ok('DescribeRouteTables', {
        ...filter('vpc-id', vpcId),
        'Filter.2.Name': 'association.main',
        'Filter.2.Value.1': 'true',
      });
      assert.equal(answer.routeTableSet.length, 1);
      return answer.routeTableSet[0];
    };
    const old = await mainOf();
    const { routeTableAssociationId: association } = old.associationSet[0];
    await api.refused('InvalidParameterValue', 'DisassociateRouteTable', { AssociationId: association });
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpcId });
    await api.ok('ReplaceRouteTableAssociation', {
      AssociationId: association,
      RouteTableId: routeTable.routeTableId,
    });
    assert.equal((await mainOf()).routeTableId, routeTable.routeTableId);
    await api.ok('DeleteRouteTable', { RouteTableId: old.routeTableId });
  });

  it('an address moves between interfaces, and is released when nobody has it', async () => {
    const { vpcId, subnetId } = await network(api, '10.2.0.0/16');
    const { internetGateway } = await api.ok('CreateInternetGateway');
    const port = async () =>
      (await api.ok('CreateNetworkInterface', { SubnetId: subnetId, Description: 'a port' }))
        .networkInterface;
    const [first, second] = [await port(), await port()];
    assert.deepEqual([first.status, first.privateIpAddress], ['available', '10.2.1.4']);
    const { allocationId, publicIp } = await api.ok('AllocateAddress', { Domain: 'vpc' });
    const associate = (id: string, more = {}) => ({
      AllocationId: allocationId,
      NetworkInterfaceId: id,
      ...more,
    });
    await api.refused('Gateway.NotAttached', 'AssociateAddress', associate(first.networkInterfaceId));
    await api.ok('AttachInternetGateway', {
      InternetGatewayId: internetGateway.internetGatewayId,
      VpcId: vpcId,
    });
    const { associationId } = await api.ok('AssociateAddress', associate(first.networkInterfaceId));
    await api.refused(
      'Resource.AlreadyAssociated',
      'AssociateAddress',
      associate(second.networkInterfaceId, { AllowReassociation: false }),
    );
    await api.ok('AssociateAddress', associate(second.networkInterfaceId));
    const { addressesSet } = await api.ok('DescribeAddresses', { 'PublicIp.1': publicIp });
    assert.equal(addressesSet[0].networkInterfaceId, second.networkInterfaceId);
    assert.equal(addressesSet[0].privateIpAddress, '10.2.1.5');
    const { networkInterfaceSet } = await api.ok(
      'DescribeNetworkInterfaces',
      filter('association.public-ip', publicIp),
    );
    assert.equal(networkInterfaceSet[0].association.allocationId, allocationId);
    await api.refused('InvalidIPAddress.InUse', 'ReleaseAddress', { AllocationId: allocationId });
    await api.ok('DisassociateAddress', { AssociationId: associationId });
    await api.refused('InvalidAssociationID.NotFound', 'DisassociateAddress', {
      AssociationId: associationId,
    });
    await api.ok('ReleaseAddress', { AllocationId: allocationId });
    await api.refused('InvalidAllocationID.NotFound', 'ReleaseAddress', { AllocationId: allocationId });
    await api.refused('InvalidAddress.NotFound', 'ReleaseAddress', { PublicIp: publicIp });
    for (const each of [first, second]) {
      await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: each.networkInterfaceId });
    }
  });

  it('each private address of an interface has its own elastic IP', async () => {
    const { vpcId, subnetId } = await network(api, '10.9.0.0/16');
    const { internetGateway } = await api.ok('CreateInternetGateway');
    await api.ok('AttachInternetGateway', {
      InternetGatewayId: internetGateway.internetGatewayId,
      VpcId: vpcId,
    });
    const { networkInterface } = await api.ok('CreateNetworkInterface', {
      SubnetId: subnetId,
      SecondaryPrivateIpAddressCount: 1,
    });
    const NetworkInterfaceId: string = networkInterface.networkInterfaceId;
    const PrivateIpAddress: string = networkInterface.privateIpAddressesSet[1].privateIpAddress;
    const [first, second] = [await api.ok('AllocateAddress'), await api.ok('AllocateAddress')];
    await api.ok('AssociateAddress', { AllocationId: first.allocationId, NetworkInterfaceId });
    const withSecond = { AllocationId: second.allocationId, NetworkInterfaceId };
    await api.refused('InvalidParameterValue', 'AssociateAddress', {
      ...withSecond,
      PrivateIpAddress: '10.9.1.99',
    });
    const secondary = { ...withSecond, PrivateIpAddress, AllowReassociation: false };
    const { associationId } = await api.ok('AssociateAddress', secondary);
    assert.equal((await api.ok('AssociateAddress', secondary)).associationId, associationId, 'again');
    const shown = async () =>
      (
        await api.ok('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': NetworkInterfaceId })
      ).networkInterfaceSet[0].privateIpAddressesSet.map(
        (one: { association?: { publicIp: string } }) => one.association?.publicIp,
      );
    assert.deepEqual(await shown(), [first.publicIp, second.publicIp]);
    const { addressesSet } = await api.ok(
      'DescribeAddresses',
      filter('private-ip-address', PrivateIpAddress),
    );
    assert.deepEqual([addressesSet.length, addressesSet[0].publicIp], [1, second.publicIp]);
    await api.ok('UnassignPrivateIpAddresses', {
      NetworkInterfaceId,
      'PrivateIpAddress.1': PrivateIpAddress,
    });
    assert.deepEqual(await shown(), [first.publicIp]);
    await api.ok('DisassociateAddress', { PublicIp: first.publicIp });
    for (const { allocationId } of [first, second]) {
      await api.ok('ReleaseAddress', { AllocationId: allocationId });
    }
  });

  it('addresses run out, and an address is given once', async () => {
    const { subnetId } = await network(api, '10.3.0.0/16');
    const given = { SubnetId: subnetId, PrivateIpAddress: '10.3.1.9' };
    await api.ok('CreateNetworkInterface', given);
    await api.refused('InvalidIPAddress.InUse', 'CreateNetworkInterface', given);
    await api.refused('InvalidParameterValue', 'CreateNetworkInterface', {
      ...given,
      PrivateIpAddress: '10.3.1.1',
    });
    const allocated: string[] = [];
    for (let index = 0; index < 11; index++) allocated.push((await api.ok('AllocateAddress')).allocationId);
    await api.refused('InsufficientAddressCapacity', 'AllocateAddress');
    for (const AllocationId of allocated) await api.ok('ReleaseAddress', { AllocationId });
  });

  it('an interface has secondary addresses, and lets its source check be switched off', async () => {
    const { subnetId } = await network(api, '10.14.0.0/16');
    const { networkInterface: made } = await api.ok('CreateNetworkInterface', {
      SubnetId: subnetId,
      'PrivateIpAddresses.1.PrivateIpAddress': '10.14.1.20',
      'PrivateIpAddresses.1.Primary': 'true',
      'PrivateIpAddresses.2.PrivateIpAddress': '10.14.1.21',
    });
    const NetworkInterfaceId: string = made.networkInterfaceId;
    const shown = async () => {
      const { networkInterfaceSet } = await api.ok(
        'DescribeNetworkInterfaces',
        filter('addresses.private-ip-address', '10.14.1.20'),
      );
      const [port] = networkInterfaceSet;
      const addresses = port.privateIpAddressesSet.map(
        (each: { privateIpAddress: string; primary: string }) => [
          each.privateIpAddress,
          each.primary === 'true',
        ],
      );
      return { addresses, check: port.sourceDestCheck === 'true' };
    };
    assert.deepEqual(await shown(), {
      addresses: [
        ['10.14.1.20', true],
        ['10.14.1.21', false],
      ],
      check: true,
    });
    const assign = { NetworkInterfaceId, SecondaryPrivateIpAddressCount: '1' };
    const { assignedPrivateIpAddressesSet } = await api.ok('AssignPrivateIpAddresses', assign);
    assert.equal(assignedPrivateIpAddressesSet.length, 1);
    await api.refused('InvalidParameterCombination', 'AssignPrivateIpAddresses', { NetworkInterfaceId });
    const gone = { NetworkInterfaceId, 'PrivateIpAddress.1': '10.14.1.21' };
    await api.ok('UnassignPrivateIpAddresses', gone);
    await api.refused('InvalidParameterValue', 'UnassignPrivateIpAddresses', gone);
    const off = { NetworkInterfaceId, 'SourceDestCheck.Value': 'false' };
    await api.ok('ModifyNetworkInterfaceAttribute', off);
    const after = await shown();
    assert.equal(after.check, false);
    assert.deepEqual(after.addresses[0], ['10.14.1.20', true]);
    assert.equal(after.addresses.length, 2);
    const look = { NetworkInterfaceId, Attribute: 'sourceDestCheck' };
    const { sourceDestCheck } = await api.ok('DescribeNetworkInterfaceAttribute', look);
    assert.equal(sourceDestCheck.value, 'false');
    await api.refused('MissingParameter', 'ResetNetworkInterfaceAttribute', { NetworkInterfaceId });
    const reset = { NetworkInterfaceId, SourceDestCheck: 'sourceDestCheck' };
    await api.ok('ResetNetworkInterfaceAttribute', reset);
    assert.equal((await shown()).check, true);
  });

  it('an interface changes its groups and description, one a request', async () => {
    const { vpcId, subnetId } = await network(api, '10.4.0.0/16');
    const { networkInterface } = await api.ok('CreateNetworkInterface', { SubnetId: subnetId });
    const id: string = networkInterface.networkInterfaceId;
    const { groupId } = await api.ok('CreateSecurityGroup', {
      GroupName: 'web',
      GroupDescription: 'w',
      VpcId: vpcId,
    });
    await api.ok('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: id, 'SecurityGroupId.1': groupId });
    const attribute = (Attribute: string) =>
      api.ok('DescribeNetworkInterfaceAttribute', { NetworkInterfaceId: id, Attribute });
    assert.deepEqual((await attribute('groupSet')).groupSet, [{ groupId, groupName: 'web' }]);
    await api.ok('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: id, 'Description.Value': 'new' });
    assert.equal((await attribute('description')).description.value, 'new');
    await api.refused('DependencyViolation', 'DeleteSecurityGroup', { GroupId: groupId });
    await api.refused('InvalidParameterCombination', 'ModifyNetworkInterfaceAttribute', {
      NetworkInterfaceId: id,
      'Description.Value': 'x',
      'SecurityGroupId.1': groupId,
    });
    await api.refused('InvalidGroup.NotFound', 'ModifyNetworkInterfaceAttribute', {
      NetworkInterfaceId: id,
      'SecurityGroupId.1': 'sg-0123456789abcdef0',
    });
  });

  it('a NAT gateway has an address, and stays listed when it is deleted', async () => {
    await api.ok('DescribeVpcs', {}, 'eu-west-3');
    const region = 'eu-west-3';
    const { vpcSet } = await api.ok('DescribeVpcs', filter('is-default', 'true'), region);
    const { subnetSet } = await api.ok('DescribeSubnets', filter('vpc-id', vpcSet[0].vpcId), region);
    const { allocationId, publicIp } = await api.ok('AllocateAddress', {}, region);
    const create = { SubnetId: subnetSet[0].subnetId, AllocationId: allocationId, ClientToken: 'once' };
    await api.refused('MissingParameter', 'CreateNatGateway', { SubnetId: subnetSet[0].subnetId }, region);
    const { natGateway } = await api.ok('CreateNatGateway', create, region);
    const again = await api.ok('CreateNatGateway', create, region);
    assert.equal(again.natGateway.natGatewayId, natGateway.natGatewayId, 'the same token makes it once');
    await api.refused(
      'IdempotentParameterMismatch',
      'CreateNatGateway',
      { ...create, PrivateIpAddress: '172.31.0.9' },
      region,
    );
    assert.deepEqual(
      [natGateway.state, natGateway.natGatewayAddressSet[0].publicIp],
      ['available', publicIp],
    );
    const named = { 'AllocationId.1': allocationId };
    const { addressesSet } = await api.ok('DescribeAddresses', named, region);
    const [address] = addressesSet;
    assert.equal(address.networkInterfaceId, natGateway.natGatewayAddressSet[0].networkInterfaceId);
    assert.equal(address.privateIpAddress, natGateway.natGatewayAddressSet[0].privateIp);
    const { associationId: AssociationId } = address;
    await api.refused('OperationNotPermitted', 'DisassociateAddress', { AssociationId }, region);
    const port = await api.ok('CreateNetworkInterface', { SubnetId: subnetSet[0].subnetId }, region);
    const elsewhere = {
      AllocationId: allocationId,
      NetworkInterfaceId: port.networkInterface.networkInterfaceId,
    };
    await api.refused('Resource.AlreadyAssociated', 'AssociateAddress', elsewhere, region);
    await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: elsewhere.NetworkInterfaceId }, region);
    const { routeTableSet } = await api.ok('DescribeRouteTables', filter('vpc-id', vpcSet[0].vpcId), region);
    const { routeTableId: RouteTableId } = routeTableSet[0];
    const nowhere = {
      RouteTableId,
      DestinationCidrBlock: '198.51.100.0/24',
      GatewayId: 'igw-0123456789abcdef0',
    };
    await api.refused('InvalidGatewayID.NotFound', 'CreateRoute', nowhere, region);
    const leading = {
      RouteTableId,
      DestinationCidrBlock: '192.0.2.0/24',
      NatGatewayId: natGateway.natGatewayId,
    };
    await api.ok('CreateRoute', leading, region);
    await api.ok('DeleteNatGateway', { NatGatewayId: natGateway.natGatewayId }, region);
    const after = await api.ok('DescribeRouteTables', { 'RouteTableId.1': RouteTableId }, region);
    const left = after.routeTableSet[0].routeSet.filter(
      ({ natGatewayId }: { natGatewayId?: string }) => natGatewayId === natGateway.natGatewayId,
    );
    assert.deepEqual(
      left.map(({ state }: { state: string }) => state),
      ['blackhole'],
    );
    // What was deleted is found as what it was, and as nothing else.
    const asInstance = { 'InstanceId.1': natGateway.natGatewayId };
    await api.refused('InvalidInstanceID.Malformed', 'DescribeInstances', asInstance, region);
    const listed = await api.ok('DescribeNatGateways', { 'NatGatewayId.1': natGateway.natGatewayId }, region);
    assert.equal(listed.natGatewaySet[0].state, 'deleted');
    await api.refused('NatGatewayNotFound', 'DescribeNatGateways', {
      'NatGatewayId.1': natGateway.natGatewayId,
    });
    const unused = await api.ok('DescribeAddresses', named, region);
    assert.equal(unused.addressesSet[0].associationId, undefined);
    const release = (group: string) => ({ AllocationId: allocationId, NetworkBorderGroup: group });
    await api.refused('InvalidAddress.NotFound', 'ReleaseAddress', release('us-west-2'), region);
    await api.refused(
      'InvalidParameterValue',
      'AllocateAddress',
      { NetworkBorderGroup: 'us-west-2' },
      region,
    );
    await api.ok('ReleaseAddress', release(region), region);
  });
});
