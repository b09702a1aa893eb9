import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('peering connections and prefix lists', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());
  const vpc = async (CidrBlock: string): Promise<string> =>
    (await api.ok('CreateVpc', { CidrBlock })).vpc.vpcId;

  it('a connection is asked for, accepted and deleted', async () => {
    const [one, two] = [await vpc('10.0.0.0/16'), await vpc('10.1.0.0/16')];
    await api.refused('InvalidParameterValue', 'CreateVpcPeeringConnection', {
      VpcId: one,
      PeerVpcId: await vpc('10.0.0.0/20'),
    });
    const { vpcPeeringConnection } = await api.ok('CreateVpcPeeringConnection', {
      VpcId: one,
      PeerVpcId: two,
    });
    const id: string = vpcPeeringConnection.vpcPeeringConnectionId;
    assert.equal(vpcPeeringConnection.status.code, 'pending-acceptance');
    await api.refused('VpcPeeringConnectionAlreadyExists', 'CreateVpcPeeringConnection', {
      VpcId: two,
      PeerVpcId: one,
    });
    const accepted = await api.ok('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id });
    assert.equal(accepted.vpcPeeringConnection.status.code, 'active');
    assert.equal(accepted.vpcPeeringConnection.accepterVpcInfo.cidrBlock, '10.1.0.0/16');
    await api.refused('InvalidStateTransition', 'RejectVpcPeeringConnection', { VpcPeeringConnectionId: id });
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: one });
    await api.ok('CreateRoute', {
      RouteTableId: routeTable.routeTableId,
      DestinationCidrBlock: '10.1.0.0/16',
      VpcPeeringConnectionId: id,
    });
    const route = async () =>
      (await api.ok('DescribeRouteTables', { 'RouteTableId.1': routeTable.routeTableId })).routeTableSet[0]
        .routeSet[1];
    assert.deepEqual(await route(), {
      destinationCidrBlock: '10.1.0.0/16',
      origin: 'CreateRoute',
      vpcPeeringConnectionId: id,
      state: 'active',
    });
    await api.ok('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: id });
    const { vpcPeeringConnectionSet } = await api.ok('DescribeVpcPeeringConnections', {
      'VpcPeeringConnectionId.1': id,
    });
    assert.equal(vpcPeeringConnectionSet[0].status.code, 'deleted');
    assert.equal((await route()).state, 'blackhole');
    await api.refused('InvalidVpcPeeringConnectionID.NotFound', 'DeleteVpcPeeringConnection', {
      VpcPeeringConnectionId: id,
    });
  });

  it('shows each account the other one, its blocks and its groups, while it is active', async () => {
    const other = '210987654321';
    const there = (action: string, parameters: Record<string, string>) =>
      api.ok(action, parameters, undefined, other);
    const mine = await vpc('10.20.0.0/16');
    const theirs = (await there('CreateVpc', { CidrBlock: '10.21.0.0/16' })).vpc.vpcId;
    const wanted = { VpcId: mine, PeerVpcId: theirs, PeerOwnerId: other };
    const { vpcPeeringConnection: asked } = await api.ok('CreateVpcPeeringConnection', wanted);
    const VpcPeeringConnectionId: string = asked.vpcPeeringConnectionId;
    assert.equal(asked.accepterVpcInfo.cidrBlock, undefined);
    const describe = { 'VpcPeeringConnectionId.1': VpcPeeringConnectionId };
    const seen = async (call: typeof there) =>
      (await call('DescribeVpcPeeringConnections', describe)).vpcPeeringConnectionSet[0];
    assert.equal((await seen(there)).requesterVpcInfo.cidrBlock, undefined);

    const group = await there('CreateSecurityGroup', {
      VpcId: theirs,
      GroupName: 'web',
      GroupDescription: 'w',
    });
    const { groupId } = await api.ok('CreateSecurityGroup', {
      VpcId: mine,
      GroupName: 'db',
      GroupDescription: 'd',
    });
    const rule = (owner: string) => ({
      GroupId: groupId,
      'IpPermissions.1.IpProtocol': 'tcp',
      'IpPermissions.1.FromPort': '5432',
      'IpPermissions.1.ToPort': '5432',
      'IpPermissions.1.Groups.1.GroupId': group.groupId,
      'IpPermissions.1.Groups.1.UserId': owner,
    });
    await api.refused('InvalidGroup.NotFound', 'AuthorizeSecurityGroupIngress', rule(other));

    await there('AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
    assert.equal((await seen(api.ok)).accepterVpcInfo.cidrBlock, '10.21.0.0/16');
    assert.equal((await seen(there)).requesterVpcInfo.cidrBlock, '10.20.0.0/16');
    await api.refused('InvalidGroup.NotFound', 'AuthorizeSecurityGroupIngress', rule('123456789012'));
    await api.ok('AuthorizeSecurityGroupIngress', rule(other));
    const { securityGroupInfo } = await api.ok('DescribeSecurityGroups', { 'GroupId.1': groupId });
    assert.deepEqual(securityGroupInfo[0].ipPermissions[0].groups, [
      {
        groupId: group.groupId,
        userId: other,
        vpcId: theirs,
        vpcPeeringConnectionId: VpcPeeringConnectionId,
        peeringStatus: 'active',
      },
    ]);

    await api.ok('DeleteVpcPeeringConnection', { VpcPeeringConnectionId });
    assert.equal((await seen(there)).status.code, 'deleted');
    assert.equal((await seen(api.ok)).status.code, 'deleted');
    await api.refused(
      'InvalidVpcPeeringConnectionID.NotFound',
      'DescribeVpcPeeringConnections',
      describe,
      undefined,
      'third',
    );
  });

  it('a connection tells public names, when it is active', async () => {
    const [VpcId, PeerVpcId] = [await vpc('10.40.0.0/16'), await vpc('10.41.0.0/16')];
    const { vpcPeeringConnection } = await api.ok('CreateVpcPeeringConnection', { VpcId, PeerVpcId });
    const id: string = vpcPeeringConnection.vpcPeeringConnectionId;
    const modify = {
      VpcPeeringConnectionId: id,
      'AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc': true,
    };
    await api.refused('OperationNotPermitted', 'ModifyVpcPeeringConnectionOptions', modify);
    await api.ok('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id });
    const modified = await api.ok('ModifyVpcPeeringConnectionOptions', modify);
    assert.equal(modified.accepterPeeringConnectionOptions.allowDnsResolutionFromRemoteVpc, 'true');
    assert.equal(modified.requesterPeeringConnectionOptions, undefined);
    const { vpcPeeringConnectionSet } = await api.ok('DescribeVpcPeeringConnections', {
      'VpcPeeringConnectionId.1': id,
    });
    const [{ requesterVpcInfo, accepterVpcInfo }] = vpcPeeringConnectionSet;
    assert.equal(requesterVpcInfo.peeringOptions.allowDnsResolutionFromRemoteVpc, 'false');
    assert.equal(accepterVpcInfo.peeringOptions.allowDnsResolutionFromRemoteVpc, 'true');
    await api.refused('MissingParameter', 'ModifyVpcPeeringConnectionOptions', {
      VpcPeeringConnectionId: id,
    });
    await api.refused('UnsupportedOperation', 'ModifyVpcPeeringConnectionOptions', {
      VpcPeeringConnectionId: id,
      'RequesterPeeringConnectionOptions.AllowEgressFromLocalClassicLinkToRemoteVpc': true,
    });
    await api.refused('InvalidVpcPeeringConnectionID.NotFound', 'ModifyVpcPeeringConnectionOptions', {
      ...modify,
      VpcPeeringConnectionId: 'pcx-0123456789abcdef0',
    });
  });

  it('a list has versions, entries, and rules that name it', async () => {
    const { prefixList } = await api.ok('CreateManagedPrefixList', {
      PrefixListName: 'offices',
      MaxEntries: 3,
      AddressFamily: 'IPv4',
      'Entry.1.Cidr': '192.0.2.0/24',
      'Entry.1.Description': 'here',
    });
    const id: string = prefixList.prefixListId;
    assert.deepEqual([prefixList.version, prefixList.state], ['1', 'create-complete']);
    const change = {
      PrefixListId: id,
      'AddEntry.1.Cidr': '198.51.100.0/24',
      'RemoveEntry.1.Cidr': '192.0.2.0/24',
    };
    await api.refused('PrefixListVersionMismatch', 'ModifyManagedPrefixList', {
      ...change,
      CurrentVersion: 7,
    });
    const modified = await api.ok('ModifyManagedPrefixList', { ...change, CurrentVersion: 1 });
    assert.deepEqual([modified.prefixList.version, modified.prefixList.state], ['2', 'modify-complete']);
    const { entrySet } = await api.ok('GetManagedPrefixListEntries', { PrefixListId: id, MaxResults: 1 });
    assert.deepEqual(entrySet, [{ cidr: '198.51.100.0/24' }]);
    const { groupId } = await api.ok('CreateSecurityGroup', {
      GroupName: 'lists',
      GroupDescription: 'd',
      VpcId: await vpc('10.5.0.0/16'),
    });
    const rule = {
      GroupId: groupId,
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.PrefixListIds.1.PrefixListId': id,
    };
    await api.ok('AuthorizeSecurityGroupIngress', rule);
    const { securityGroupInfo } = await api.ok('DescribeSecurityGroups', { 'GroupId.1': groupId });
    assert.deepEqual(securityGroupInfo[0].ipPermissions[0].prefixListIds, [{ prefixListId: id }]);
    await api.refused('DependencyViolation', 'DeleteManagedPrefixList', { PrefixListId: id });
    const [{ vpcId }] = securityGroupInfo;
    const { routeTable } = await api.ok('CreateRouteTable', { VpcId: vpcId });
    const { internetGateway } = await api.ok('CreateInternetGateway');
    const { internetGatewayId } = internetGateway;
    await api.ok('AttachInternetGateway', { VpcId: vpcId, InternetGatewayId: internetGatewayId });
    const route = { RouteTableId: routeTable.routeTableId, DestinationPrefixListId: id };
    await api.ok('CreateRoute', { ...route, GatewayId: internetGatewayId });
    const users = async () =>
      (await api.ok('GetManagedPrefixListAssociations', { PrefixListId: id })).prefixListAssociationSet;
    assert.deepEqual(
      (await users()).map(({ resourceId }: { resourceId: string }) => resourceId).sort(),
      [groupId, routeTable.routeTableId].sort(),
    );
    await api.ok('DeleteRoute', route);
    await api.ok('RevokeSecurityGroupIngress', rule);
    assert.equal(await users(), '');
    const { prefixList: gone } = await api.ok('DeleteManagedPrefixList', { PrefixListId: id });
    assert.equal(gone.state, 'delete-complete');
    await api.refused('InvalidPrefixListID.NotFound', 'DescribeManagedPrefixLists', { 'PrefixListId.1': id });
    await api.refused('InvalidPrefixListID.NotFound', 'GetManagedPrefixListAssociations', {
      PrefixListId: id,
    });
    assert.equal((await api.ok('DescribePrefixLists')).prefixListSet, '');
  });
});
