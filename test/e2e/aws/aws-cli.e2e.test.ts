import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aws, awsCli } from '../../../api/aws/testing/commands.ts';
import { AwsCloud, missing } from './aws-cloud.ts';

describe('the AWS CLI', () => {
  let cloud: AwsCloud;
  before(async () => {
    cloud = await AwsCloud.start();
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('builds a VPC with a public instance and takes it apart', { skip: missing(awsCli) }, async () => {
    const ec2 = (...args: string[]) => aws(cloud.url, 'ec2', ...args);
    const vpc: string = (await ec2('create-vpc', '--cidr-block', '10.1.0.0/16')).Vpc.VpcId;
    await ec2('wait', 'vpc-available', '--vpc-ids', vpc);
    const subnetOf = async (block: string): Promise<string> =>
      (
        await ec2(
          'create-subnet',
          '--vpc-id',
          vpc,
          '--cidr-block',
          block,
          '--availability-zone',
          'us-east-1a',
        )
      ).Subnet.SubnetId;
    const subnets = [await subnetOf('10.1.1.0/24'), await subnetOf('10.1.2.0/24')] as const;
    const gateway: string = (await ec2('create-internet-gateway')).InternetGateway.InternetGatewayId;
    await ec2('attach-internet-gateway', '--internet-gateway-id', gateway, '--vpc-id', vpc);
    const table: string = (await ec2('create-route-table', '--vpc-id', vpc)).RouteTable.RouteTableId;
    const toTable = ['--route-table-id', table];
    await ec2('create-route', ...toTable, '--destination-cidr-block', '0.0.0.0/0', '--gateway-id', gateway);
    const { AssociationId } = await ec2('associate-route-table', ...toTable, '--subnet-id', subnets[0]);
    const group: string = (
      await ec2('create-security-group', '--group-name', 'web', '--description', 'cli', '--vpc-id', vpc)
    ).GroupId;
    const launched = await ec2(
      ...['run-instances', '--image-id', 'ami-12345678', '--instance-type', 't3.micro', '--count', '1'],
      ...['--subnet-id', subnets[0], '--security-group-ids', group],
    );
    const instance: string = launched.Instances[0].InstanceId;
    await ec2('wait', 'instance-running', '--instance-ids', instance);
    const { AllocationId, PublicIp } = await ec2('allocate-address', '--domain', 'vpc');
    await ec2('associate-address', '--allocation-id', AllocationId, '--instance-id', instance);
    assert.equal((await cloud.outside.ping(PublicIp, { count: 1 })).received, 0, 'no rule lets it in yet');
    const icmp = ['--group-id', group, '--protocol', 'icmp', '--port', '-1', '--cidr', '0.0.0.0/0'];
    await ec2('authorize-security-group-ingress', ...icmp);
    await cloud.assertReached(PublicIp);
    await ec2('revoke-security-group-ingress', ...icmp);
    await cloud.assertSilent(PublicIp);

    await assert.rejects(ec2('delete-vpc', '--vpc-id', vpc), /DependencyViolation/);
    await ec2('terminate-instances', '--instance-ids', instance);
    await ec2('wait', 'instance-terminated', '--instance-ids', instance);
    await ec2('release-address', '--allocation-id', AllocationId);
    await ec2('delete-security-group', '--group-id', group);
    await ec2('disassociate-route-table', '--association-id', AssociationId);
    await ec2('delete-route-table', ...toTable);
    await ec2('detach-internet-gateway', '--internet-gateway-id', gateway, '--vpc-id', vpc);
    await ec2('delete-internet-gateway', '--internet-gateway-id', gateway);
    for (const subnet of subnets) await ec2('delete-subnet', '--subnet-id', subnet);
    await ec2('delete-vpc', '--vpc-id', vpc);
    await cloud.assertNothingLeft();
  });
});
