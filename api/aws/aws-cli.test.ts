import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aws, hasAwsCli } from './testing/commands.ts';
import { type Harness, startHarness } from './testing/harness.ts';

describe("Debian's AWS CLI", { skip: hasAwsCli ? false : 'awscli is not installed' }, () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  it('asks who it is', async () => {
    assert.deepEqual(await aws(api.url, 'sts', 'get-caller-identity'), {
      UserId: '123456789012',
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
  });

  it('makes a VPC with a subnet, waits for them, and deletes them', async () => {
    const ec2 = (...args: string[]) => aws(api.url, 'ec2', ...args);
    const { Vpc } = await ec2('create-vpc', '--cidr-block', '10.0.0.0/16');
    await ec2('wait', 'vpc-available', '--vpc-ids', Vpc.VpcId);
    const { Subnet } = await ec2('create-subnet', '--vpc-id', Vpc.VpcId, '--cidr-block', '10.0.1.0/24');
    await ec2('wait', 'subnet-available', '--subnet-ids', Subnet.SubnetId);
    await assert.rejects(ec2('delete-vpc', '--vpc-id', Vpc.VpcId), /DependencyViolation/);
    await ec2('delete-subnet', '--subnet-id', Subnet.SubnetId);
    await ec2('delete-vpc', '--vpc-id', Vpc.VpcId);
    const { Vpcs } = await ec2('describe-vpcs', '--filters', `Name=vpc-id,Values=${Vpc.VpcId}`);
    assert.deepEqual(Vpcs, []);
  });
});
