import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { meetOnUnderlay } from '@weft/labs/hosts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

describe('Open vSwitch that dies', () => {
  let cloud: Cloud;
  let subnet: ResourceOf<'subnet'>;
  let one: CloudVm;
  let two: CloudVm;

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.vpc();
    subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    one = await cloud.vm(cloud.host(0), subnet);
    two = await cloud.vm(cloud.host(1), subnet);
  });
  after(() => cloud[Symbol.asyncDispose]());

  const flows = async () => (await cloud.host(0).dumpFlows()).length;

  it('gets all of its flows again, and traffic and DHCP go on', async () => {
    const count = await flows();
    assert.equal((await two.ping(one.address)).received, 3);
    await cloud.host(0).killVswitchd();
    assert.equal((await two.ping(one.address, { count: 1 })).received, 0);
    await cloud.host(0).restartVswitchd();
    await eventually('the flows are back', async () => (await flows()) === count, 30_000);
    await meetOnUnderlay(cloud.lab);
    await eventually(
      'the ping is answered again',
      async () => (await two.ping(one.address, { count: 1 })).received === 1,
    );
    assert.equal((await one.dhcp()).ip, one.address);
  });

  it('with its database: bindings are the same, and new VMs come up', async () => {
    const count = await flows();
    await cloud.host(0).restartAll();
    await eventually('the flows are back', async () => (await flows()) === count, 30_000);
    await meetOnUnderlay(cloud.lab);
    await eventually(
      'the ping is answered again',
      async () => (await two.ping(one.address, { count: 1 })).received === 1,
    );
    const three = await cloud.vm(cloud.host(0), subnet);
    assert.equal((await two.ping(three.address)).received, 3);
  });
});
