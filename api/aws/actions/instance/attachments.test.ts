import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

const one = { MinCount: 1, MaxCount: 1 };

describe('instances with several interfaces', () => {
  let api: Harness;
  let subnetId: string;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
    const { subnetSet } = await api.ok('DescribeSubnets', {
      'Filter.1.Name': 'availability-zone',
      'Filter.1.Value.1': 'us-east-1a',
    });
    subnetId = subnetSet[0].subnetId;
  });
  after(() => api.close());

  const newInterface = async (): Promise<string> =>
    (await api.ok('CreateNetworkInterface', { SubnetId: subnetId })).networkInterface.networkInterfaceId;
  const port = async (id: string) =>
    (await api.ok('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': id })).networkInterfaceSet[0];
  const run = async (request: Record<string, string | number | boolean> = {}) =>
    (await api.ok('RunInstances', { ...one, ...request })).instancesSet[0];

  it('attach one and detach it', async () => {
    const { instanceId } = await run();
    const id = await newInterface();
    const attach = { NetworkInterfaceId: id, InstanceId: instanceId, DeviceIndex: 2 };
    const { attachmentId } = await api.ok('AttachNetworkInterface', attach);
    const { attachment, status } = await port(id);
    assert.deepEqual(
      [status, attachment.attachmentId, attachment.instanceId, attachment.deviceIndex, attachment.status],
      ['in-use', attachmentId, instanceId, '2', 'attached'],
    );
    assert.equal(attachment.deleteOnTermination, 'false');
    for (const [name, value] of [
      ['attachment-id', attachmentId],
      ['device-index', 2],
      ['delete-on-termination', false],
    ]) {
      const { reservationSet } = await api.ok('DescribeInstances', {
        'Filter.1.Name': `network-interface.attachment.${name}`,
        'Filter.1.Value.1': value,
      });
      assert.equal(reservationSet[0].instancesSet[0].instanceId, instanceId, name);
    }
    await api.refused('InvalidNetworkInterface.InUse', 'AttachNetworkInterface', attach);
    await api.refused('InvalidParameterValue', 'AttachNetworkInterface', {
      ...attach,
      NetworkInterfaceId: await newInterface(),
    });
    await api.refused('InvalidParameterValue', 'DeleteNetworkInterface', { NetworkInterfaceId: id });
    await api.ok('DetachNetworkInterface', { AttachmentId: attachmentId });
    assert.equal((await port(id)).status, 'available');
    await api.refused('InvalidAttachmentID.NotFound', 'DetachNetworkInterface', {
      AttachmentId: attachmentId,
    });
    await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: id });
  });

  it('keep the primary one, and take no more than eight', async () => {
    const { instanceId, networkInterfaceSet } = await run();
    await api.refused('OperationNotPermitted', 'DetachNetworkInterface', {
      AttachmentId: networkInterfaceSet[0].attachment.attachmentId,
    });
    for (let index = 1; index < 8; index++) {
      const NetworkInterfaceId = await newInterface();
      await api.ok('AttachNetworkInterface', {
        NetworkInterfaceId,
        InstanceId: instanceId,
        DeviceIndex: index,
      });
    }
    await api.refused('AttachmentLimitExceeded', 'AttachNetworkInterface', {
      NetworkInterfaceId: await newInterface(),
      InstanceId: instanceId,
      DeviceIndex: 8,
    });
  });

  it('are run with new and existing ones, which end or stay as asked', async () => {
    const existing = await newInterface();
    const instance = await run({
      'NetworkInterface.1.DeviceIndex': 0,
      'NetworkInterface.1.SubnetId': subnetId,
      'NetworkInterface.2.DeviceIndex': 1,
      'NetworkInterface.2.NetworkInterfaceId': existing,
      'NetworkInterface.3.DeviceIndex': 3,
      'NetworkInterface.3.SubnetId': subnetId,
      'NetworkInterface.3.Description': 'backup',
      'NetworkInterface.3.DeleteOnTermination': false,
    });
    const ports = instance.networkInterfaceSet as Record<string, Record<string, string>>[];
    assert.deepEqual(
      ports.map(({ attachment }) => [attachment?.deviceIndex, attachment?.deleteOnTermination]),
      [
        ['0', 'true'],
        ['1', 'false'],
        ['3', 'false'],
      ],
    );
    const [first = '', , last = ''] = ports.map(({ networkInterfaceId }) => String(networkInterfaceId));
    const change = (DeleteOnTermination: boolean, id = last) =>
      ({
        NetworkInterfaceId: id,
        'Attachment.AttachmentId': `eni-attach-${last.slice('eni-'.length)}`,
        'Attachment.DeleteOnTermination': DeleteOnTermination,
      }) as const;
    await api.refused('InvalidParameterCombination', 'ModifyNetworkInterfaceAttribute', change(true, first));
    await api.ok('ModifyNetworkInterfaceAttribute', change(true));
    assert.equal((await port(last)).attachment.deleteOnTermination, 'true');
    await api.ok('ModifyNetworkInterfaceAttribute', change(false));
    await api.ok('TerminateInstances', { 'InstanceId.1': instance.instanceId });
    for (const id of [existing, last]) assert.equal((await port(id)).status, 'available');
    await api.refused('InvalidNetworkInterfaceID.NotFound', 'DescribeNetworkInterfaces', {
      'NetworkInterfaceId.1': first,
    });
    await api.refused('InvalidAttachmentID.NotFound', 'ModifyNetworkInterfaceAttribute', change(true));
  });

  it('are refused where places or combinations are wrong', async () => {
    for (const places of [
      [0, 0],
      [1, 2],
    ]) {
      const list = places.flatMap((place, index) => [
        [`NetworkInterface.${index + 1}.DeviceIndex`, place],
        [`NetworkInterface.${index + 1}.SubnetId`, subnetId],
      ]);
      await api.refused('InvalidParameterCombination', 'RunInstances', {
        ...one,
        ...Object.fromEntries(list),
      });
    }
    await api.refused('InvalidParameterCombination', 'RunInstances', {
      ...one,
      SubnetId: subnetId,
      'NetworkInterface.1.DeviceIndex': 0,
      'NetworkInterface.1.SubnetId': subnetId,
    });
  });
});

describe('instances that stop and start', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  const stateOf = async (id: string) =>
    (await api.ok('DescribeInstances', { 'InstanceId.1': id })).reservationSet[0].instancesSet[0];

  it('go through the states, and keep their addresses', async () => {
    const userData = Buffer.from('#!/bin/sh\necho hello\n').toString('base64');
    const { instancesSet } = await api.ok('RunInstances', { ...one, UserData: userData });
    const [{ instanceId: id, privateIpAddress }] = instancesSet;
    const report = (state: 'running' | 'stopped') => api.running.controller.setInstanceStatus(id, { state });
    const these = { 'InstanceId.1': id };
    await report('running');
    const { instancesSet: stopping } = await api.ok('StopInstances', these);
    assert.deepEqual(
      [stopping[0].previousState.name, stopping[0].currentState.name],
      ['running', 'stopping'],
    );
    await api.refused('IncorrectInstanceState', 'StartInstances', these);
    await assert.rejects(report('running'), { code: 'wrong-state' });
    await report('stopped');
    const stopped = await stateOf(id);
    assert.deepEqual(
      [stopped.instanceState.name, stopped.privateIpAddress, stopped.stateReason.code],
      ['stopped', privateIpAddress, 'Client.UserInitiatedShutdown'],
    );
    const all = await api.ok('DescribeInstanceStatus', { ...these, IncludeAllInstances: true });
    assert.equal(all.instanceStatusSet[0].instanceState.name, 'stopped');
    const { userData: shown } = await api.ok('DescribeInstanceAttribute', {
      InstanceId: id,
      Attribute: 'userData',
    });
    assert.equal(shown.value, userData);
    const { instancesSet: starting } = await api.ok('StartInstances', these);
    assert.deepEqual([starting[0].previousState.name, starting[0].currentState.name], ['stopped', 'pending']);
    await report('running');
    const { instancesSet: again } = await api.ok('StartInstances', these);
    assert.equal(again[0].currentState.name, 'running');
    await api.ok('TerminateInstances', these);
    for (const action of ['StopInstances', 'StartInstances'] as const) {
      await api.refused('IncorrectInstanceState', action, these);
    }
  });

  it('have user data that is base64, of 16 KiB at most, and changes while they are stopped', async () => {
    const large = Buffer.alloc(16 * 1024 + 1).toString('base64');
    await api.refused('InvalidParameterValue', 'RunInstances', { ...one, UserData: large });
    await api.refused('InvalidUserData.Malformed', 'RunInstances', { ...one, UserData: 'echo hello!' });
    const { instancesSet } = await api.ok('RunInstances', one);
    const [{ instanceId: id }] = instancesSet;
    const text = Buffer.from('later').toString('base64');
    const change = { InstanceId: id, 'UserData.Value': text };
    await api.refused('IncorrectInstanceState', 'ModifyInstanceAttribute', change);
    await api.ok('StopInstances', { 'InstanceId.1': id });
    await api.running.controller.setInstanceStatus(id, { state: 'stopped' });
    await api.ok('ModifyInstanceAttribute', change);
    const { userData } = await api.ok('DescribeInstanceAttribute', { InstanceId: id, Attribute: 'userData' });
    assert.equal(userData.value, text);
  });
});
