import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('security groups', () => {
  let api: Harness;
  let vpcId: string;
  before(async () => {
    api = await startHarness();
    vpcId = (await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' })).vpc.vpcId;
  });
  after(() => api.close());

  let count = 0;
  const group = async (): Promise<string> =>
    (await api.ok('CreateSecurityGroup', { GroupName: `g${count++}`, GroupDescription: 'd', VpcId: vpcId }))
      .groupId;
  const shown = async (id: string) =>
    (await api.ok('DescribeSecurityGroups', { 'GroupId.1': id })).securityGroupInfo[0];
  const web = {
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': 80,
    'IpPermissions.1.ToPort': 80,
    'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
    'IpPermissions.1.IpRanges.1.Description': 'all',
    'IpPermissions.1.IpRanges.2.CidrIp': '10.0.0.1/8',
  };

  it('start with one rule, which lets everything out', async () => {
    const created = await shown(await group());
    assert.equal(created.ipPermissions, '', 'an empty list is an empty element');
    assert.deepEqual(created.ipPermissionsEgress, [
      {
        ipProtocol: '-1',
        ipRanges: [{ cidrIp: '0.0.0.0/0' }],
        ipv6Ranges: '',
        prefixListIds: '',
        groups: '',
      },
    ]);
  });

  it('get and lose rules by what they say', async () => {
    const id = await group();
    const { securityGroupRuleSet } = await api.ok('AuthorizeSecurityGroupIngress', { GroupId: id, ...web });
    assert.deepEqual(
      securityGroupRuleSet.map((rule: Record<string, string>) => [
        rule.cidrIpv4,
        rule.fromPort,
        rule.isEgress,
      ]),
      [
        ['0.0.0.0/0', '80', 'false'],
        ['10.0.0.0/8', '80', 'false'],
      ],
    );
    const { ipPermissions } = await shown(id);
    assert.equal(ipPermissions.length, 1, 'of the same ports, so they are one permission');
    assert.deepEqual(ipPermissions[0].ipRanges, [
      { cidrIp: '0.0.0.0/0', description: 'all' },
      { cidrIp: '10.0.0.0/8' },
    ]);
    await api.refused('InvalidPermission.Duplicate', 'AuthorizeSecurityGroupIngress', {
      GroupId: id,
      ...web,
    });
    await api.refused('InvalidParameterValue', 'AuthorizeSecurityGroupIngress', {
      GroupId: id,
      ...web,
      'IpPermissions.1.IpRanges.2.CidrIp': '0.0.0.0/0',
    });
    await api.ok('RevokeSecurityGroupIngress', { GroupId: id, ...web });
    await api.refused('InvalidPermission.NotFound', 'RevokeSecurityGroupIngress', { GroupId: id, ...web });
    assert.equal((await shown(id)).ipPermissions, '');
  });

  it('mean all ports of a protocol that is neither TCP nor UDP, whatever ports are given', async () => {
    const id = await group();
    const sctp = {
      GroupId: id,
      'IpPermissions.1.IpProtocol': '132',
      'IpPermissions.1.FromPort': 5000,
      'IpPermissions.1.ToPort': 5001,
      'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
    };
    await api.ok('AuthorizeSecurityGroupIngress', sctp);
    const [permission] = (await shown(id)).ipPermissions;
    assert.deepEqual(
      [permission.ipProtocol, permission.fromPort, permission.toPort],
      ['132', undefined, undefined],
    );
    const others = { ...sctp, 'IpPermissions.1.FromPort': 7, 'IpPermissions.1.ToPort': 7 };
    await api.refused('InvalidPermission.Duplicate', 'AuthorizeSecurityGroupIngress', others);
    await api.ok('RevokeSecurityGroupIngress', others);
    assert.equal((await shown(id)).ipPermissions, '');
  });

  it('get and lose rules by their ids, and in the old form', async () => {
    const id = await group();
    const flat = { GroupId: id, IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '10.0.0.0/8' };
    await api.ok('AuthorizeSecurityGroupIngress', flat);
    const rules = async () =>
      (
        await api.ok('DescribeSecurityGroupRules', {
          'Filter.1.Name': 'group-id',
          'Filter.1.Value.1': id,
        })
      ).securityGroupRuleSet;
    const [rule] = (await rules()).filter((each: { isEgress: string }) => each.isEgress === 'false');
    await api.refused('InvalidSecurityGroupRuleId.NotFound', 'RevokeSecurityGroupEgress', {
      GroupId: id,
      'SecurityGroupRuleId.1': rule.securityGroupRuleId,
    });
    await api.ok('UpdateSecurityGroupRuleDescriptionsIngress', {
      GroupId: id,
      'SecurityGroupRuleDescription.1.SecurityGroupRuleId': rule.securityGroupRuleId,
      'SecurityGroupRuleDescription.1.Description': 'names',
    });
    assert.equal(
      (await rules()).find((each: { isEgress: string }) => each.isEgress === 'false').description,
      'names',
    );
    await api.ok('RevokeSecurityGroupIngress', {
      GroupId: id,
      'SecurityGroupRuleId.1': rule.securityGroupRuleId,
    });
    assert.equal((await rules()).length, 1);
  });

  it('have rules that are modified, and keep their ids', async () => {
    const [id, other] = [await group(), await group()];
    const flat = { GroupId: id, IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '10.0.0.0/8' };
    const { securityGroupRuleSet } = await api.ok('AuthorizeSecurityGroupIngress', flat);
    const { securityGroupRuleId } = securityGroupRuleSet[0];
    const modify = (request: Record<string, string | number>, groupId = id) => ({
      GroupId: groupId,
      'SecurityGroupRule.1.SecurityGroupRuleId': securityGroupRuleId,
      ...Object.fromEntries(
        Object.entries(request).map(([name, value]) => [
          `SecurityGroupRule.1.SecurityGroupRule.${name}`,
          value,
        ]),
      ),
    });
    const wanted = { IpProtocol: 'tcp', FromPort: 443, ToPort: 444, CidrIpv6: '2001:DB8::/32' };
    await api.ok('ModifySecurityGroupRules', modify({ ...wanted, Description: 'web' }));
    const byId = { 'SecurityGroupRuleId.1': securityGroupRuleId };
    const [rule] = (await api.ok('DescribeSecurityGroupRules', byId)).securityGroupRuleSet;
    assert.deepEqual(
      [rule.fromPort, rule.toPort, rule.cidrIpv4, rule.cidrIpv6, rule.description],
      ['443', '444', undefined, '2001:db8::/32', 'web'],
    );
    const { securityGroupRuleSet: more } = await api.ok('AuthorizeSecurityGroupIngress', flat);
    const cidr = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '10.0.0.0/8' };
    await api.refused('InvalidPermission.Duplicate', 'ModifySecurityGroupRules', modify(cidr));
    await api.ok('RevokeSecurityGroupIngress', {
      GroupId: id,
      'SecurityGroupRuleId.1': more[0].securityGroupRuleId,
    });
    await api.refused('InvalidSecurityGroupRuleId.NotFound', 'ModifySecurityGroupRules', modify(cidr, other));
    const named = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, ReferencedGroupId: other };
    await api.refused('UnsupportedOperation', 'ModifySecurityGroupRules', modify(named));
    await api.refused(
      'InvalidParameterCombination',
      'ModifySecurityGroupRules',
      modify({ ...cidr, CidrIpv6: '::/0' }),
    );
    await api.refused('MissingParameter', 'ModifySecurityGroupRules', modify({ IpProtocol: '-1' }));
  });

  it('name each other, and then keep each other from being deleted', async () => {
    const [front, back] = [await group(), await group()];
    const pair = {
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.Groups.1.GroupId': front,
      'IpPermissions.1.Groups.1.UserId': '123456789012',
    };
    await api.ok('AuthorizeSecurityGroupIngress', { GroupId: back, ...pair });
    assert.deepEqual((await shown(back)).ipPermissions[0].groups, [
      { groupId: front, userId: '123456789012' },
    ]);
    await api.refused('DependencyViolation', 'DeleteSecurityGroup', { GroupId: front });
    await api.ok('RevokeSecurityGroupIngress', { GroupId: back, ...pair });
    await api.ok('DeleteSecurityGroup', { GroupId: front });
  });

  it('show protocols and ports as AWS does', async () => {
    const id = await group();
    const permission = (protocol: string, from?: number, to?: number) => ({
      GroupId: id,
      'IpPermissions.1.IpProtocol': protocol,
      ...(from === undefined ? {} : { 'IpPermissions.1.FromPort': from }),
      ...(to === undefined ? {} : { 'IpPermissions.1.ToPort': to }),
      'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
    });
    const given: [string, number?, number?][] = [
      ['icmp', 8, -1],
      ['1', -1, -1],
      ['6', 1, 2],
      ['47'],
      ['tcp', 0, 65535],
    ];
    for (const each of given) await api.ok('AuthorizeSecurityGroupIngress', permission(...each));
    const found = (await shown(id)).ipPermissions.map((each: Record<string, string>) =>
      [each.ipProtocol, each.fromPort, each.toPort].filter((part) => part !== undefined).join(' '),
    );
    assert.deepEqual(found.sort(), ['47', 'icmp -1 -1', 'icmp 8 -1', 'tcp 0 65535', 'tcp 1 2']);
    await api.refused('InvalidParameterValue', 'AuthorizeSecurityGroupIngress', permission('tcp', 5, 4));
    await api.refused('MissingParameter', 'AuthorizeSecurityGroupIngress', permission('tcp'));
    await api.refused(
      'InvalidPermission.Malformed',
      'AuthorizeSecurityGroupIngress',
      permission('tcq', 1, 2),
    );
    const ipv6 = { ...permission('icmpv6', -1, -1), 'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0' };
    const { 'IpPermissions.1.IpRanges.1.CidrIp': _ipv4, ...onlyIpv6 } = ipv6;
    await api.ok('AuthorizeSecurityGroupIngress', onlyIpv6);
    const { securityGroupInfo } = await api.ok('DescribeSecurityGroups', {
      'Filter.1.Name': 'ip-permission.ipv6-cidr',
      'Filter.1.Value.1': '::/0',
    });
    assert.equal(securityGroupInfo[0].groupId, id);
  });

  it('have at most 60 rules a direction', async () => {
    const id = await group();
    const many = (from: number, to: number) =>
      Object.fromEntries([
        ['GroupId', id],
        ['IpPermissions.1.IpProtocol', '-1'],
        ...Array.from({ length: to - from }, (_, index) => [
          `IpPermissions.1.IpRanges.${index + 1}.CidrIp`,
          `10.0.${from + index}.0/24`,
        ]),
      ]);
    await api.refused('RulesPerSecurityGroupLimitExceeded', 'AuthorizeSecurityGroupIngress', many(0, 61));
    await api.ok('AuthorizeSecurityGroupIngress', many(0, 60));
    await api.refused('RulesPerSecurityGroupLimitExceeded', 'AuthorizeSecurityGroupIngress', many(60, 61));
  });

  it('are refused when they cannot be', async () => {
    const create = { GroupName: 'twice', GroupDescription: 'd', VpcId: vpcId };
    await api.ok('CreateSecurityGroup', create);
    await api.refused('InvalidGroup.Duplicate', 'CreateSecurityGroup', create);
    await api.refused('InvalidParameterValue', 'CreateSecurityGroup', { ...create, GroupName: 'sg-mine' });
    await api.refused('InvalidParameterValue', 'CreateSecurityGroup', {
      ...create,
      GroupName: 'b',
      GroupDescription: 'ü',
    });
    await api.refused('MissingParameter', 'CreateSecurityGroup', { GroupName: 'c', VpcId: vpcId });
    const { securityGroupInfo } = await api.ok('DescribeSecurityGroups', {
      'Filter.1.Name': 'vpc-id',
      'Filter.1.Value.1': vpcId,
      'Filter.2.Name': 'group-name',
      'Filter.2.Value.1': 'default',
    });
    assert.equal(securityGroupInfo.length, 1);
    await api.refused('CannotDelete', 'DeleteSecurityGroup', { GroupId: securityGroupInfo[0].groupId });
    await api.refused('InvalidGroupId.Malformed', 'DescribeSecurityGroups', { 'GroupId.1': 'web' });
    await api.refused('InvalidGroup.NotFound', 'DescribeSecurityGroups', { 'GroupName.1': 'nobody' });
  });

  it('are for the network that a block means', async () => {
    const { vpcId } = (await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' })).vpc;
    const group = { VpcId: vpcId, GroupName: 'blocks', GroupDescription: 'b' };
    const { groupId } = await api.ok('CreateSecurityGroup', group);
    const { securityGroupRuleSet } = await api.ok('AuthorizeSecurityGroupIngress', {
      GroupId: groupId,
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '2001:DB8::1/32',
      'IpPermissions.1.IpRanges.1.CidrIp': '192.0.2.1/24',
    });
    assert.deepEqual(
      securityGroupRuleSet.map((rule: Record<string, string>) => rule.cidrIpv6 ?? rule.cidrIpv4).sort(),
      ['192.0.2.0/24', '2001:db8::/32'],
    );
  });
});
