import assert from 'node:assert/strict';
import {
  EC2,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
  waitUntilSubnetAvailable,
  waitUntilVpcAvailable,
} from '@aws-sdk/client-ec2';

/** What one walk has made: ids by what they are. */
type Made = Record<'vpc' | 'gateway' | 'table' | 'association' | 'group' | 'instance' | 'allocation', string>;

/** Walks the EC2 tutorial with the AWS SDK for JavaScript, version 3. */
export class SdkWalk {
  readonly #ec2: EC2;
  #made: Partial<Made> = {};
  #subnets: string[] = [];

  constructor(endpoint: string) {
    this.#ec2 = new EC2({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  get #waiting() {
    return { client: this.#ec2, maxWaitTime: 60, minDelay: 1, maxDelay: 2 };
  }

  /** Builds a VPC with an instance that answers pings from everywhere. @returns its public address */
  async build(cidr: string): Promise<string> {
    const ec2 = this.#ec2;
    const { Vpc } = await ec2.createVpc({ CidrBlock: `${cidr}.0.0/16` });
    const vpc = present(Vpc?.VpcId);
    await waitUntilVpcAvailable(this.#waiting, { VpcIds: [vpc] });
    for (const number of [1, 2]) {
      const { Subnet } = await ec2.createSubnet({
        VpcId: vpc,
        CidrBlock: `${cidr}.${number}.0/24`,
        AvailabilityZone: 'us-east-1a',
      });
      this.#subnets.push(present(Subnet?.SubnetId));
    }
    await waitUntilSubnetAvailable(this.#waiting, { SubnetIds: this.#subnets });
    const [SubnetId] = this.#subnets as [string];
    const { InternetGateway } = await ec2.createInternetGateway({});
    const gateway = present(InternetGateway?.InternetGatewayId);
    await ec2.attachInternetGateway({ InternetGatewayId: gateway, VpcId: vpc });
    const { RouteTable } = await ec2.createRouteTable({ VpcId: vpc });
    const table = present(RouteTable?.RouteTableId);
    await ec2.createRoute({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
    const association = present(
      (await ec2.associateRouteTable({ RouteTableId: table, SubnetId })).AssociationId,
    );
    const { GroupId } = await ec2.createSecurityGroup({ GroupName: 'web', Description: 'sdk', VpcId: vpc });
    const group = present(GroupId);
    const icmp = { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: [icmp] });
    const { Instances = [] } = await ec2.runInstances({
      ImageId: 'ami-12345678',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: [group] }],
    });
    const instance = present(Instances[0]?.InstanceId);
    await waitUntilInstanceRunning(this.#waiting, { InstanceIds: [instance] });
    const { AllocationId, PublicIp } = await ec2.allocateAddress({ Domain: 'vpc' });
    await ec2.associateAddress({ AllocationId, InstanceId: instance });
    const allocation = present(AllocationId);
    this.#made = { vpc, gateway, table, association, group, instance, allocation };
    return present(PublicIp);
  }

  async destroy(): Promise<void> {
    const ec2 = this.#ec2;
    const { vpc, gateway, table, association, group, instance, allocation } = this.#made as Made;
    await ec2.terminateInstances({ InstanceIds: [instance] });
    await waitUntilInstanceTerminated(this.#waiting, { InstanceIds: [instance] });
    await ec2.releaseAddress({ AllocationId: allocation });
    await ec2.deleteSecurityGroup({ GroupId: group });
    await ec2.disassociateRouteTable({ AssociationId: association });
    await ec2.deleteRouteTable({ RouteTableId: table });
    await ec2.detachInternetGateway({ InternetGatewayId: gateway, VpcId: vpc });
    await ec2.deleteInternetGateway({ InternetGatewayId: gateway });
    for (const SubnetId of this.#subnets) await ec2.deleteSubnet({ SubnetId });
    await ec2.deleteVpc({ VpcId: vpc });
    await assert.rejects(ec2.describeVpcs({ VpcIds: [vpc] }), { name: 'InvalidVpcID.NotFound' });
    ec2.destroy();
  }
}

function present(value: string | undefined): string {
  assert.ok(value, 'the answer lacks what it must have');
  return value;
}
