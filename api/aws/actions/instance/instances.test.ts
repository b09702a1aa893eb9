import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('instances', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  const one = { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 };
  const described = async (id: string) =>
    (await api.ok('DescribeInstances', { 'InstanceId.1': id })).reservationSet[0].instancesSet[0];

  it('have a public address while they run, as asked for, which is no elastic IP', async () => {
    const [subnet] = (
      await api.ok('DescribeSubnets', {
        'Filter.1.Name': 'availability-zone',
        'Filter.1.Value.1': 'us-east-1a',
      })
    ).subnetSet;
    const run = async (isPublic: boolean) => {
      const { instancesSet } = await api.ok('RunInstances', {
        ...one,
        'NetworkInterface.1.DeviceIndex': 0,
        'NetworkInterface.1.SubnetId': subnet.subnetId,
        'NetworkInterface.1.AssociatePublicIpAddress': isPublic,
      });
      return described(instancesSet[0].instanceId);
    };
    assert.equal((await run(false)).ipAddress, undefined);
    const instance = await run(true);
    const [port] = instance.networkInterfaceSet;
    const PublicIp: string = instance.ipAddress;
    assert.match(PublicIp, /^203\.0\.113\./);
    assert.deepEqual([port.association.ipOwnerId, port.association.publicIp], ['amazon', PublicIp]);
    const publicName = `ec2-${PublicIp.replaceAll('.', '-')}.compute-1.amazonaws.com`;
    assert.deepEqual([instance.dnsName, port.association.publicDnsName], [publicName, publicName]);
    const { networkInterfaceSet } = await api.ok('DescribeNetworkInterfaces', {
      'Filter.1.Name': 'association.public-ip',
      'Filter.1.Value.1': PublicIp,
    });
    assert.equal(networkInterfaceSet[0].networkInterfaceId, port.networkInterfaceId);
    assert.equal(networkInterfaceSet[0].association.allocationId, undefined);
    assert.equal((await api.ok('DescribeAddresses')).addressesSet, '', 'none');
    await api.refused('InvalidAddress.NotFound', 'ReleaseAddress', { PublicIp });
    const { allocationId, publicIp } = await api.ok('AllocateAddress');
    await api.ok('AssociateAddress', { AllocationId: allocationId, InstanceId: instance.instanceId });
    assert.equal((await described(instance.instanceId)).ipAddress, publicIp);
    await api.ok('DisassociateAddress', { PublicIp: publicIp });
    const again = await described(instance.instanceId);
    assert.equal(again.networkInterfaceSet[0].association.ipOwnerId, 'amazon');
    const choose = (AssociatePublicIpAddress: boolean) =>
      api.ok('ModifyNetworkInterfaceAttribute', {
        NetworkInterfaceId: port.networkInterfaceId,
        AssociatePublicIpAddress,
      });
    await choose(false);
    const without = await described(instance.instanceId);
    assert.deepEqual([without.ipAddress, without.dnsName], [undefined, '']);
    await choose(true);
    const chosen = await described(instance.instanceId);
    assert.equal(chosen.networkInterfaceSet[0].association.ipOwnerId, 'amazon');
    await api.ok('ModifyVpcAttribute', { VpcId: subnet.vpcId, 'EnableDnsHostnames.Value': false });
    const nameless = await described(instance.instanceId);
    assert.deepEqual([nameless.ipAddress, nameless.dnsName], [chosen.ipAddress, '']);
    await api.ok('ModifyVpcAttribute', { VpcId: subnet.vpcId, 'EnableDnsHostnames.Value': true });
    const { reservationSet } = await api.ok('DescribeInstances', {
      'Filter.1.Name': 'dns-name',
      'Filter.1.Value.1': chosen.dnsName,
    });
    assert.equal(reservationSet[0].instancesSet[0].instanceId, instance.instanceId);
    await api.ok('ReleaseAddress', { AllocationId: allocationId });
    await api.ok('TerminateInstances', { 'InstanceId.1': instance.instanceId });
  });

  it('run in the default subnet when none is named, and are forgotten after termination', async () => {
    const { instancesSet } = await api.ok('RunInstances', {
      ...one,
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': 'web',
    });
    const [instance] = instancesSet;
    const id: string = instance.instanceId;
    assert.deepEqual(
      [
        instance.instanceState.name,
        instance.imageId,
        instance.instanceType,
        instance.placement.availabilityZone,
      ],
      ['pending', 'ami-12345678', 't3.micro', 'us-east-1a'],
    );
    assert.match(instance.privateIpAddress, /^172\.31\./);
    await api.running.controller.setInstanceStatus(id, { state: 'running' });
    assert.equal((await described(id)).instanceState.name, 'running');
    const { instanceStatusSet } = await api.ok('DescribeInstanceStatus', { 'InstanceId.1': id });
    assert.equal(instanceStatusSet[0].instanceStatus.status, 'ok');
    const { reservationSet } = await api.ok('DescribeInstances', {
      'Filter.1.Name': 'tag:Name',
      'Filter.1.Value.1': 'web',
    });
    assert.equal(reservationSet.length, 1);
    const port = instance.networkInterfaceSet[0];
    assert.equal(port.attachment.deleteOnTermination, 'true');
    await api.refused('InvalidParameterValue', 'DeleteNetworkInterface', {
      NetworkInterfaceId: port.networkInterfaceId,
    });
    const ended = await api.ok('TerminateInstances', { 'InstanceId.1': id });
    assert.deepEqual(
      [ended.instancesSet[0].previousState.name, ended.instancesSet[0].currentState.name],
      ['running', 'shutting-down'],
    );
    assert.equal((await described(id)).instanceState.name, 'terminated');
    await api.ok('TerminateInstances', { 'InstanceId.1': id });
    await api.refused('InvalidNetworkInterfaceID.NotFound', 'DescribeNetworkInterfaces', {
      'NetworkInterfaceId.1': port.networkInterfaceId,
    });
  });

  it('are stopped, started with a new launch time, and rebooted with the same one', async () => {
    const { instancesSet } = await api.ok('RunInstances', {
      ...one,
      'MetadataOptions.HttpTokens': 'required',
      'MetadataOptions.HttpPutResponseHopLimit': 2,
    });
    const id: string = instancesSet[0].instanceId;
    const ids = { 'InstanceId.1': id };
    const { controller } = api.running;
    const launched: string = (await described(id)).launchTime;
    await api.refused('IncorrectInstanceState', 'RebootInstances', ids);
    await controller.setInstanceStatus(id, { state: 'running' });
    await api.ok('StopInstances', ids);
    await controller.setInstanceStatus(id, { state: 'stopped' });
    await api.refused('IncorrectInstanceState', 'RebootInstances', ids);
    await api.ok('StartInstances', ids);
    await controller.setInstanceStatus(id, { state: 'running' });
    const again: string = (await described(id)).launchTime;
    assert.ok(again > launched, `${launched}, then ${again}`);
    await api.ok('RebootInstances', ids);
    const rebooted = await described(id);
    assert.deepEqual([rebooted.launchTime, rebooted.instanceState.name], [again, 'running']);
    const owner = { account: '123456789012', region: 'us-east-1' };
    assert.equal(controller.read('instance', id, owner).spec.reboots, 1);

    assert.equal(rebooted.metadataOptions.httpPutResponseHopLimit, '2');
    assert.equal(rebooted.metadataOptions.httpProtocolIpv6, 'disabled');
    const change = { InstanceId: id, HttpPutResponseHopLimit: 3, HttpProtocolIpv6: 'enabled' };
    const { instanceMetadataOptions } = await api.ok('ModifyInstanceMetadataOptions', change);
    assert.equal(instanceMetadataOptions.httpPutResponseHopLimit, '3');
    assert.equal(instanceMetadataOptions.httpProtocolIpv6, 'enabled');
    await api.refused('InvalidParameterValue', 'ModifyInstanceMetadataOptions', {
      ...change,
      HttpPutResponseHopLimit: 65,
    });
    const withoutTokens = { ...change, HttpTokens: 'optional' };
    await api.refused('UnsupportedOperation', 'ModifyInstanceMetadataOptions', withoutTokens);
    await api.ok('TerminateInstances', ids);
    await api.refused('IncorrectInstanceState', 'RebootInstances', ids);
    await api.refused('InvalidInstanceID.NotFound', 'ModifyInstanceMetadataOptions', change);
  });

  it('run with an interface that is there, which stays', async () => {
    const { subnetSet } = await api.ok('DescribeSubnets', {
      'Filter.1.Name': 'availability-zone',
      'Filter.1.Value.1': 'us-east-1a',
    });
    const { networkInterface } = await api.ok('CreateNetworkInterface', { SubnetId: subnetSet[0].subnetId });
    const own = {
      'NetworkInterface.1.DeviceIndex': 0,
      'NetworkInterface.1.NetworkInterfaceId': networkInterface.networkInterfaceId,
    };
    const { instancesSet } = await api.ok('RunInstances', { ...one, ...own });
    assert.equal(instancesSet[0].privateIpAddress, networkInterface.privateIpAddress);
    await api.refused('InvalidNetworkInterface.InUse', 'RunInstances', { ...one, ...own });
    await api.ok('TerminateInstances', { 'InstanceId.1': instancesSet[0].instanceId });
    await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: networkInterface.networkInterfaceId });
  });

  it('run as Terraform asks for them, with what is so anyway, and with nothing else', async () => {
    const asIs = {
      'HibernationOptions.Configured': false,
      'CreditSpecification.CpuCredits': 'unlimited',
      'Placement.AvailabilityZone': '',
      DisableApiStop: false,
      DisableApiTermination: false,
      InstanceInitiatedShutdownBehavior: 'stop',
      Ipv6AddressCount: 0,
    };
    const { instancesSet } = await api.ok('RunInstances', { ...one, ...asIs });
    assert.equal((await described(instancesSet[0].instanceId)).placement.availabilityZone, 'us-east-1a');
    await api.ok('RunInstances', {
      ...one,
      'NetworkInterface.1.DeviceIndex': 0,
      'NetworkInterface.1.NetworkCardIndex': 0,
      'NetworkInterface.1.NetworkInterfaceId': (
        await api.ok('CreateNetworkInterface', { SubnetId: instancesSet[0].subnetId })
      ).networkInterface.networkInterfaceId,
    });
    for (const other of [
      { 'HibernationOptions.Configured': true },
      { DisableApiStop: true },
      { InstanceInitiatedShutdownBehavior: 'terminate' },
      { Ipv6AddressCount: 1 },
    ]) {
      await api.refused('UnsupportedOperation', 'RunInstances', { ...one, ...other });
    }
  });

  it('are made once for a client token, and all or none', async () => {
    const request = { ...one, MinCount: 3, MaxCount: 3, ClientToken: 'abc' };
    const first = await api.ok('RunInstances', request);
    const second = await api.ok('RunInstances', request);
    const ids = (answer: { instancesSet: { instanceId: string }[] }) =>
      answer.instancesSet.map(({ instanceId }) => instanceId);
    assert.deepEqual(ids(second), ids(first));
    assert.equal(new Set(ids(first)).size, 3);
    await api.refused('IdempotentParameterMismatch', 'RunInstances', { ...request, MaxCount: 4 });
    const several = Object.fromEntries(ids(first).map((id, index) => [`InstanceId.${index + 1}`, id]));
    await api.refused('InvalidInstanceID.NotFound', 'TerminateInstances', {
      ...several,
      'InstanceId.4': 'i-1',
    });
    await api.ok('TerminateInstances', several);
  });

  it('are refused when they cannot be', async () => {
    await api.refused('InsufficientInstanceCapacity', 'RunInstances', {
      ...one,
      'Placement.AvailabilityZone': 'us-east-1b',
    });
    await api.refused('InvalidParameterValue', 'RunInstances', { ...one, MinCount: 2 });
    await api.refused('UnsupportedOperation', 'RunInstances', { ...one, KeyName: 'mine' });
    await api.refused('InvalidSubnetID.NotFound', 'RunInstances', {
      ...one,
      SubnetId: 'subnet-0123456789abcdef0',
    });
    await api.refused('DryRunOperation', 'RunInstances', { ...one, DryRun: true });
    await api.refused('InsufficientInstanceCapacity', 'RunInstances', {
      ...one,
      DryRun: true,
      'Placement.AvailabilityZone': 'us-east-1b',
    });
    await api.refused('InvalidInstanceID.Malformed', 'DescribeInstances', { 'InstanceId.1': 'web' });
    await api.refused('InvalidInstanceID.NotFound', 'DescribeInstances', {
      'InstanceId.1': 'i-0123456789abcdef0',
    });
  });

  it('have types and images that are labels', async () => {
    const { instanceTypeSet } = await api.ok('DescribeInstanceTypes', { 'InstanceType.1': 'm7.large' });
    assert.equal(instanceTypeSet[0].instanceType, 'm7.large');
    const { imagesSet } = await api.ok('DescribeImages', { 'ImageId.1': 'ami-12345678' });
    assert.deepEqual([imagesSet[0].imageId, imagesSet[0].imageState], ['ami-12345678', 'available']);
    assert.equal((await api.ok('DescribeImages', { 'Owner.1': 'amazon' })).imagesSet.length, 1);
    assert.equal((await api.ok('DescribeImages', { 'Owner.1': 'self' })).imagesSet, '', 'none');
  });
});
