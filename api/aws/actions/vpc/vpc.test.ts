import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('VPCs and subnets', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  const createVpc = async (cidr = '10.0.0.0/16'): Promise<string> =>
    (await api.ok('CreateVpc', { CidrBlock: cidr })).vpc.vpcId;
  const refused: Harness['refused'] = (...args) => api.refused(...args);

  it('make a default VPC at first sight of a region, once', async () => {
    for (let time = 0; time < 2; time++) {
      const { vpcSet } = await api.ok('DescribeVpcs', {}, 'eu-west-1');
      assert.equal(vpcSet.length, 1);
      assert.deepEqual([vpcSet[0].isDefault, vpcSet[0].cidrBlock], ['true', '172.31.0.0/16']);
    }
    const { subnetSet } = await api.ok('DescribeSubnets', {}, 'eu-west-1');
    assert.deepEqual(
      subnetSet
        .map((subnet: Record<string, string>) => [subnet.availabilityZone, subnet.defaultForAz])
        .sort(),
      [
        ['eu-west-1a', 'true'],
        ['eu-west-1b', 'true'],
        ['eu-west-1c', 'true'],
      ],
    );
  });

  it('are made with tags, listed, changed and deleted', async () => {
    const { vpc } = await api.ok('CreateVpc', {
      CidrBlock: '10.1.2.3/16',
      'TagSpecification.1.ResourceType': 'vpc',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': 'blue',
    });
    assert.equal(vpc.cidrBlock, '10.1.0.0/16', 'in canonical form');
    assert.deepEqual(vpc.tagSet, [{ key: 'Name', value: 'blue' }]);
    const listed = await api.ok('DescribeVpcs', { 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'bl*' });
    assert.deepEqual(listed.vpcSet, [vpc]);
    const attribute = async () =>
      (await api.ok('DescribeVpcAttribute', { VpcId: vpc.vpcId, Attribute: 'enableDnsHostnames' }))
        .enableDnsHostnames.value;
    assert.equal(await attribute(), 'false');
    await api.ok('ModifyVpcAttribute', { VpcId: vpc.vpcId, 'EnableDnsHostnames.Value': true });
    assert.equal(await attribute(), 'true');
    await api.ok('DeleteVpc', { VpcId: vpc.vpcId });
    await refused('InvalidVpcID.NotFound', 'DescribeVpcs', { 'VpcId.1': vpc.vpcId });
  });

  it('have subnets, which keep them from being deleted', async () => {
    const vpcId = await createVpc();
    const { subnet } = await api.ok('CreateSubnet', {
      VpcId: vpcId,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: 'us-east-1b',
    });
    assert.deepEqual(
      [
        subnet.availabilityZone,
        subnet.availabilityZoneId,
        subnet.availableIpAddressCount,
        subnet.mapPublicIpOnLaunch,
      ],
      ['us-east-1b', 'use1-az2', '251', 'false'],
    );
    await api.ok('ModifySubnetAttribute', { SubnetId: subnet.subnetId, 'MapPublicIpOnLaunch.Value': true });
    const { subnetSet } = await api.ok('DescribeSubnets', {
      'Filter.1.Name': 'vpc-id',
      'Filter.1.Value.1': vpcId,
    });
    assert.deepEqual(subnetSet, [{ ...subnet, mapPublicIpOnLaunch: 'true' }]);
    await refused('DependencyViolation', 'DeleteVpc', { VpcId: vpcId });
    await refused('InvalidSubnet.Conflict', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.128/25' });
    await refused('InvalidSubnet.Range', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.1.0.0/24' });
    await refused('InvalidSubnet.Range', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.2.0/29' });
    const badIpv6 = { VpcId: vpcId, CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: '2001:db8::g/64' };
    await refused('InvalidParameterValue', 'CreateSubnet', badIpv6);
    await refused('InvalidParameterValue', 'CreateSubnet', {
      VpcId: vpcId,
      CidrBlock: '10.0.2.0/24',
      AvailabilityZone: 'eu-west-1a',
    });
    await api.ok('DeleteSubnet', { SubnetId: subnet.subnetId });
    await api.ok('DeleteVpc', { VpcId: vpcId });
  });

  it('are refused when they cannot be', async () => {
    await refused('InvalidVpc.Range', 'CreateVpc', { CidrBlock: '10.0.0.0/8' });
    for (const CidrBlock of ['banana', '10.0.0.0', '10.0.0.0/33', '256.0.0.0/16']) {
      await refused('InvalidParameterValue', 'CreateVpc', { CidrBlock });
    }
    await refused('MissingParameter', 'CreateVpc');
    await refused('UnsupportedOperation', 'CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      Ipv6Pool: 'ipv6pool-ec2-1',
    });
    await refused('UnknownParameter', 'CreateVpc', { CidrBlock: '10.0.0.0/16', Colour: 'blue' });
    await refused('DryRunOperation', 'CreateVpc', { CidrBlock: '10.0.0.0/16', DryRun: 'true' });
    await refused('InvalidVpcID.Malformed', 'DescribeVpcs', { 'VpcId.1': 'blue' });
    await refused('InvalidVpcID.NotFound', 'DeleteVpc', { VpcId: 'vpc-1' });
    await refused('InvalidSubnetID.NotFound', 'DeleteSubnet', { SubnetId: 'subnet-0123456789abcdef0' });
    await refused('InvalidParameterValue', 'DescribeVpcs', {
      'Filter.1.Name': 'colour',
      'Filter.1.Value.1': 'x',
    });
    await refused('InvalidParameterValue', 'DescribeVpcs', { MaxResults: '4' });
    await refused('InvalidParameterValue', 'CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      'TagSpecification.1.ResourceType': 'subnet',
    });
    await refused('InvalidAction', 'LaunchRocket');
  });

  it('are made once for a client token, also by actions whose description has none yet', async () => {
    const request = { CidrBlock: '10.9.0.0/16', ClientToken: 'token-1' };
    const { vpc } = await api.ok('CreateVpc', request);
    assert.equal((await api.ok('CreateVpc', request)).vpc.vpcId, vpc.vpcId);
    await refused('IdempotentParameterMismatch', 'CreateVpc', { ...request, CidrBlock: '10.10.0.0/16' });
  });

  it('come in pages', async () => {
    const region = 'ap-south-1';
    for (let index = 0; index < 7; index++)
      await api.ok('CreateVpc', { CidrBlock: `10.${index}.0.0/16` }, region);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const next: Record<string, string> = token === undefined ? {} : { NextToken: token };
      const { vpcSet, nextToken } = await api.ok('DescribeVpcs', { MaxResults: 5, ...next }, region);
      seen.push(...vpcSet.map(({ cidrBlock }: { cidrBlock: string }) => cidrBlock));
      token = nextToken;
    } while (token !== undefined);
    assert.equal(seen.length, 8);
    assert.equal(new Set(seen).size, 8);
  });

  it('stand in the audit log with who asked for what', async () => {
    const vpcId = await createVpc('10.11.0.0/16');
    const [entry] = await api.running.controller.audit.query({ id: vpcId, limit: 10 });
    assert.deepEqual(
      [entry?.principal, entry?.action, entry?.address, entry?.outcome],
      ['test', 'CreateVpc', '127.0.0.1', 'done'],
    );
  });

  it('and what was refused stands there, too, with what it was about, and with the default VPC who was first', async () => {
    const entries = async (filter: object) =>
      (await api.running.controller.audit.query({ ...filter, limit: 100 })).map(
        ({ action, kind, id, outcome, revision, after: made }) =>
          [action, kind, id, outcome, typeof revision, typeof made].join(' '),
      );
    const vpcId = await createVpc('10.12.0.0/16');
    const { subnet } = await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.12.1.0/24' });
    await refused('DependencyViolation', 'DeleteVpc', { VpcId: vpcId });
    await api.ok('DeleteSubnet', { SubnetId: subnet.subnetId });
    await api.ok('DeleteVpc', { VpcId: vpcId });
    assert.deepEqual(await entries({ id: vpcId }), [
      `DeleteVpc vpc ${vpcId} done number undefined`,
      `DeleteVpc vpc ${vpcId} in-use undefined undefined`,
      `CreateVpc vpc ${vpcId} done number number`,
    ]);
    await refused('InvalidVpcID.NotFound', 'DeleteVpc', { VpcId: vpcId });
    await refused('InvalidVpcID.NotFound', 'DescribeVpcs', { 'VpcId.1': vpcId });
    const [newest] = await api.running.controller.audit.query({
      outcome: 'InvalidVpcID.NotFound',
      limit: 10,
    });
    assert.deepEqual([newest?.action, newest?.reason?.includes(vpcId)], ['DeleteVpc', true]);
    const notFound = await entries({ outcome: 'InvalidVpcID.NotFound' });
    assert.equal(notFound.filter((line) => line.startsWith('Describe')).length, 0, 'reading is not told');
    await api.ok('DescribeVpcs', {}, 'eu-north-1');
    const first = await api.running.controller.audit.query({ kind: 'vpc', limit: 1 });
    assert.deepEqual(
      [first[0]?.region, first[0]?.action, first[0]?.principal],
      ['eu-north-1', 'DescribeVpcs', 'test'],
    );
  });

  it('the default one stays deleted, until it is asked for', async () => {
    const region = 'ca-central-1';
    await api.refused('DefaultVpcAlreadyExists', 'CreateDefaultVpc', {}, 'eu-west-1');
    const { subnetSet } = await api.ok('DescribeSubnets', {}, region);
    for (const { subnetId } of subnetSet) await api.ok('DeleteSubnet', { SubnetId: subnetId }, region);
    await api.ok('DeleteVpc', { VpcId: subnetSet[0].vpcId }, region);
    assert.equal((await api.ok('DescribeVpcs', {}, region)).vpcSet, '');
    const { vpc } = await api.ok('CreateDefaultVpc', {}, region);
    assert.deepEqual([vpc.isDefault, vpc.cidrBlock], ['true', '172.31.0.0/16']);
  });

  it('the default one gets the default subnet of a zone again', async () => {
    const region = 'sa-east-1';
    const create = (AvailabilityZone: string) =>
      api.call('CreateDefaultSubnet', { AvailabilityZone }, region);
    const { subnetSet } = await api.ok('DescribeSubnets', {}, region);
    const zone = 'sa-east-1b';
    assert.equal((await create(zone)).code, 'DefaultSubnetAlreadyExistsInAvailabilityZone');
    assert.equal((await create('sa-east-1x')).code, 'InvalidParameterValue');
    type Listed = { subnetId: string; availabilityZone: string; cidrBlock: string };
    const gone = subnetSet.find(({ availabilityZone }: Listed) => availabilityZone === zone);
    await api.ok('DeleteSubnet', { SubnetId: gone.subnetId }, region);
    const { subnet } = (await create(zone)).body;
    assert.deepEqual(
      [subnet.availabilityZone, subnet.cidrBlock, subnet.defaultForAz, subnet.mapPublicIpOnLaunch],
      [zone, gone.cidrBlock, 'true', 'true'],
    );
    const all = (await api.ok('DescribeSubnets', {}, region)).subnetSet;
    for (const { subnetId } of all) await api.ok('DeleteSubnet', { SubnetId: subnetId }, region);
    await api.ok('DeleteVpc', { VpcId: subnet.vpcId }, region);
    assert.equal((await create(zone)).code, 'DefaultVpcDoesNotExist');
  });

  it('lists of what cannot be made here are empty', async () => {
    assert.equal((await api.ok('DescribeVpnGateways')).vpnGatewaySet, '');
    const filter = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'vpc-1' };
    assert.equal((await api.ok('DescribeVpcEndpoints', filter)).vpcEndpointSet, '');
    await refused('InvalidParameterValue', 'DescribeVpcEndpoints', { ...filter, 'Filter.1.Name': 'colour' });
    await refused('InvalidVpcEndpointId.NotFound', 'DescribeVpcEndpoints', { 'VpcEndpointId.1': 'vpce-1' });
    assert.equal((await api.ok('DescribeFlowLogs')).flowLogSet, '');
    const [{ subnetId: SubnetId }] = (await api.ok('DescribeSubnets')).subnetSet;
    const reserved = await api.ok('GetSubnetCidrReservations', { SubnetId });
    assert.equal(reserved.subnetIpv4CidrReservationSet, '');
    await refused('InvalidSubnetID.NotFound', 'GetSubnetCidrReservations', { SubnetId: 'subnet-1' });
  });

  it('have a tenancy, which is a label', async () => {
    const create = { CidrBlock: '10.6.0.0/16', InstanceTenancy: 'dedicated' };
    const { vpc } = await api.ok('CreateVpc', create);
    assert.equal(vpc.instanceTenancy, 'dedicated');
    const { vpcId } = vpc;
    const back = { VpcId: vpcId, InstanceTenancy: 'dedicated' };
    await api.refused('InvalidParameterValue', 'ModifyVpcTenancy', back);
    await api.ok('ModifyVpcTenancy', { VpcId: vpcId, InstanceTenancy: 'default' });
    const { vpcSet } = await api.ok('DescribeVpcs', { 'VpcId.1': vpcId });
    assert.equal(vpcSet[0].instanceTenancy, 'default');
  });

  it('of another region are not there', async () => {
    const vpcId = await createVpc('10.7.0.0/16');
    const answer = await api.call('DescribeVpcs', { 'VpcId.1': vpcId }, 'us-west-2');
    assert.equal(answer.code, 'InvalidVpcID.NotFound');
    const tagging = await api.call(
      'CreateTags',
      { 'ResourceId.1': vpcId, 'Tag.1.Key': 'a', 'Tag.1.Value': 'b' },
      'us-west-2',
    );
    assert.equal(tagging.code, 'InvalidVpcID.NotFound');
    assert.equal((await api.call('DescribeVpcs', {}, 'mars-north-1')).code, 'AuthFailure');
  });

  it('get and lose tags', async () => {
    const vpcId = await createVpc('10.8.0.0/16');
    await api.ok('CreateTags', {
      'ResourceId.1': vpcId,
      'Tag.1.Key': 'Name',
      'Tag.1.Value': 'a',
      'Tag.2.Key': 'tier',
      'Tag.2.Value': '',
    });
    const tags = async () =>
      (await api.ok('DescribeTags', { 'Filter.1.Name': 'resource-id', 'Filter.1.Value.1': vpcId })).tagSet;
    assert.deepEqual(await tags(), [
      { key: 'Name', value: 'a', resourceId: vpcId, resourceType: 'vpc' },
      { key: 'tier', value: '', resourceId: vpcId, resourceType: 'vpc' },
    ]);
    await api.ok('DeleteTags', { 'ResourceId.1': vpcId, 'Tag.1.Key': 'Name', 'Tag.1.Value': 'b' });
    assert.equal((await tags()).length, 2, 'a tag with another value stays');
    await api.ok('DeleteTags', { 'ResourceId.1': vpcId, 'Tag.1.Key': 'Name' });
    assert.deepEqual(
      (await tags()).map(({ key }: { key: string }) => key),
      ['tier'],
    );
    const tag = { 'ResourceId.1': vpcId, 'Tag.1.Key': 'aws:x', 'Tag.1.Value': 'y' };
    await refused('InvalidTagKey.Malformed', 'CreateTags', tag);
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        [`Tag.${index + 1}.Key`, `k${index}`],
        [`Tag.${index + 1}.Value`, ''],
      ]).flat(),
    );
    await refused('TagLimitExceeded', 'CreateTags', { 'ResourceId.1': vpcId, ...many });
    await refused('InvalidID', 'CreateTags', { ...tag, 'ResourceId.1': 'rocket-1', 'Tag.1.Key': 'x' });
  });
});
