import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Outsider } from '@weft/labs/hosts';
import { aws, awsCli, awsEnvironment } from '../../api/aws/testing/commands.ts';
import { SdkWalk } from './aws/sdk-walk.ts';
import { Cloud, eventually } from './support/cloud.ts';

const run = promisify(execFile);
const folder = join(import.meta.dirname, 'aws');
const missing = (...files: string[]) => {
  const absent = files.find((file) => !existsSync(file));
  return absent === undefined ? false : `${absent} is not installed`;
};

/** Each client makes a VPC with an instance that is reached from outside, and takes it apart in the right order. */
describe('AWS clients, unmodified', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let url: string;

  before(async () => {
    cloud = await Cloud.start({ external: true });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    await cloud.externalNetwork();
    url = cloud.controller.apiUrl;
  });
  after(() => cloud[Symbol.asyncDispose]());

  const assertReached = async (address: string) => {
    await eventually(
      `an answer of ${address}`,
      async () => (await outside.ping(address, { count: 1 })).received > 0,
    );
    const ping = await outside.ping(address);
    assert.equal(ping.received, 3, ping.output);
  };
  const assertSilent = async (address: string) => {
    await eventually(
      `silence of ${address}`,
      async () => (await outside.ping(address, { count: 1 })).received === 0,
    );
  };
  /** What the clients leave: the default VPC alone. */
  const assertNothingLeft = async () => {
    const { items } = await cloud.client.list('vpc');
    assert.deepEqual(
      items.filter(({ spec }) => !spec.isDefault),
      [],
    );
    assert.deepEqual((await cloud.client.list('elastic-ip')).items, []);
    assert.deepEqual((await cloud.client.list('instance')).items, []);
  };

  it('the AWS CLI', { skip: missing(awsCli) }, async () => {
    const ec2 = (...args: string[]) => aws(url, 'ec2', ...args);
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
    assert.equal((await outside.ping(PublicIp, { count: 1 })).received, 0, 'no rule lets it in yet');
    const icmp = ['--group-id', group, '--protocol', 'icmp', '--port', '-1', '--cidr', '0.0.0.0/0'];
    await ec2('authorize-security-group-ingress', ...icmp);
    await assertReached(PublicIp);
    await ec2('revoke-security-group-ingress', ...icmp);
    await assertSilent(PublicIp);

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
    await assertNothingLeft();
  });

  const boto3 = '/usr/lib/python3/dist-packages/boto3';
  it('boto3', { skip: missing(boto3) }, async () => {
    const walk = (...args: string[]) =>
      run('/usr/bin/python3', [join(folder, 'boto3-walk.py'), ...args], {
        env: awsEnvironment(url),
        timeout: 120_000,
      });
    const { stdout } = await walk('build', url, '10.2');
    await assertReached(JSON.parse(stdout).publicIp);
    await walk('destroy', url, stdout);
    await assertNothingLeft();
  });

  it('the AWS SDK for JavaScript', async () => {
    const walk = new SdkWalk(url);
    await assertReached(await walk.build('10.3'));
    await walk.destroy();
    await assertNothingLeft();
  });

  it("Ansible's amazon.aws", { skip: missing('/usr/bin/ansible-playbook', boto3) }, async () => {
    const place = await mkdtemp(join(tmpdir(), 'weft-ansible-'));
    try {
      const made = join(place, 'made.json');
      const play = (file: string) =>
        run(
          '/usr/bin/ansible-playbook',
          [...['-e', `endpoint=${url}`, '-e', 'cidr=10.4', '-e', `made=${made}`], join(folder, file)],
          { env: { ...awsEnvironment(url), HOME: place, ANSIBLE_NOCOLOR: '1' }, timeout: 240_000 },
        ).catch((error: Error & { stdout?: string }) => assert.fail(error.stdout ?? error.message));
      await play('build.yml');
      await assertReached(JSON.parse(await readFile(made, 'utf8')).publicIp);
      await play('destroy.yml');
      await assertNothingLeft();
    } finally {
      await rm(place, { recursive: true });
    }
  });
});
