import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import { pino } from 'pino';
import { AgentError } from '../errors.ts';
import { eventually } from '../testing/eventually.ts';
import { FakeController } from '../testing/fake-controller.ts';
import type { ComputeDriver, InstanceInterface } from './driver.ts';
import { InstanceManager } from './manager.ts';

const id = (digit: string) => `i-${digit.repeat(17)}`;
const eni = 'eni-0000000000000000a';
const mac = '02:57:00:00:00:0a';
const pending = { state: 'pending' };

/** Instances that are names in a set. */
class FakeDriver implements ComputeDriver {
  readonly name = 'netns';
  readonly running = new Set<string>();
  readonly calls: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  startMs = 1;
  failing = false;

  async start(instance: string, interfaces: readonly InstanceInterface[], signal: AbortSignal) {
    const devices = interfaces.map(({ mac, device, ipv6Addresses = [] }) =>
      [device === 0 ? mac : `${mac}@${device}`, ...ipv6Addresses].join(' '),
    );
    this.calls.push(`start ${instance} ${devices.join()}`);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await delay(this.startMs, undefined, { signal });
      if (this.failing) throw new AgentError('instance-failed', 'no address', { fix: 'Wait.' });
      this.running.add(instance);
      return { namespace: `weft-${instance}` };
    } finally {
      this.atOnce--;
    }
  }

  async stop(instance: string) {
    this.calls.push(`stop ${instance}`);
    this.running.delete(instance);
  }

  async remove(instance: string) {
    this.calls.push(`remove ${instance}`);
    this.running.delete(instance);
  }

  async owned() {
    return this.running;
  }
}

describe('instance manager', () => {
  let controller: FakeController;
  let client: WeftClient;
  let driver: FakeDriver;
  let manager: InstanceManager;

  beforeEach(async () => {
    controller = await new FakeController().start();
    controller.interfaces.set(eni, mac);
    client = new WeftClient({ url: controller.url, timeoutMs: 1000 });
    driver = new FakeDriver();
    manager = new InstanceManager({ client, host: 'h1', driver, logger: pino({ enabled: false }) });
  });
  afterEach(async () => {
    await manager.close();
    client.close();
    await controller.stop();
  });
  const want = (digit: string, status: { state: string } = pending, hostId = 'h1') =>
    controller.setInstance(id(digit), { spec: { hostId, networkInterfaceIds: [eni] }, status });
  const state = (digit: string) => controller.instances.get(id(digit))?.status.state;

  it('starts what is there and what comes, and reports that it runs', async () => {
    want('1');
    manager.start();
    await eventually('first', () => state('1') === 'running');
    want('2');
    await eventually('second', () => state('2') === 'running');
    assert.deepEqual(driver.calls, [`start ${id('1')} ${mac}`, `start ${id('2')} ${mac}`]);
  });

  it('leaves instances of other hosts alone', async () => {
    manager.start();
    want('3', pending, 'h2');
    want('1');
    await eventually('own', () => state('1') === 'running');
    assert.ok(!driver.calls.includes(`start ${id('3')} ${mac}`));
  });

  it('removes what is not in the complete list, and nothing before the list is read', async () => {
    driver.running.add(id('9'));
    controller.failing = 503;
    manager.start();
    await delay(150);
    assert.deepEqual(driver.calls, []);
    controller.failing = undefined;
    await eventually('removed', () => driver.calls.includes(`remove ${id('9')}`), 10_000);
  });

  it('ends a start that is not wanted any more', async () => {
    driver.startMs = 60_000;
    manager.start();
    want('1');
    await eventually('starting', () => driver.atOnce === 1);
    controller.setInstance(id('1'), undefined);
    await eventually('removed', () => driver.calls.at(-1) === `remove ${id('1')}`);
  });

  it('takes an instance that moved away, or is terminating, for one that is gone', async () => {
    manager.start();
    want('1');
    want('2');
    await eventually('reported', () => state('1') === 'running' && state('2') === 'running');
    want('1', { state: 'terminating' });
    want('2', pending, 'h2');
    await eventually('gone', () => driver.running.size === 0);
  });

  it('reports why a start failed and tries again until it succeeds', async () => {
    driver.failing = true;
    manager.start();
    want('1');
    await eventually('failed', () => state('1') === 'failed');
    assert.match(String(controller.instances.get(id('1'))?.status.reason), /no address/);
    driver.failing = false;
    await eventually('running', () => state('1') === 'running');
  });

  it('stops what is to be stopped, starts it again, and does not start it after coming back itself', async () => {
    const set = (state: string, desiredState?: string) =>
      controller.setInstance(id('1'), {
        spec: { hostId: 'h1', networkInterfaceIds: [eni], ...(desiredState ? { desiredState } : {}) },
        status: { state },
      });
    manager.start();
    want('1');
    await eventually('running', () => state('1') === 'running');
    set('stopping', 'stopped');
    await eventually('stopped', () => state('1') === 'stopped');
    assert.deepEqual(driver.calls.splice(0), [`start ${id('1')} ${mac}`, `stop ${id('1')}`]);
    await manager.close();
    manager = new InstanceManager({ client, host: 'h1', driver, logger: pino({ enabled: false }) });
    manager.start();
    await eventually('seen', () => driver.calls.length > 0);
    assert.deepEqual(driver.calls.splice(0), [`stop ${id('1')}`], 'what may have been left is ended');
    set('pending');
    await eventually('running', () => state('1') === 'running');
    assert.deepEqual(driver.calls, [`start ${id('1')} ${mac}`]);
  });

  it('ends and starts what is to be rebooted, once, also when it comes back itself', async () => {
    const reboots = () => controller.instances.get(id('1'))?.status.reboots;
    const ask = (count: number) => {
      const { status } = controller.instances.get(id('1')) ?? {};
      const spec = { hostId: 'h1', networkInterfaceIds: [eni], reboots: count };
      controller.setInstance(id('1'), { spec, status: status ?? {} });
    };
    manager.start();
    want('1');
    await eventually('running', () => state('1') === 'running');
    driver.calls.length = 0;
    ask(1);
    await eventually('rebooted', () => reboots() === 1);
    assert.deepEqual(driver.calls.splice(0), [`stop ${id('1')}`, `start ${id('1')} ${mac}`]);
    await manager.close();
    manager = new InstanceManager({ client, host: 'h1', driver, logger: pino({ enabled: false }) });
    manager.start();
    await eventually('seen', () => driver.calls.length > 0);
    assert.deepEqual(driver.calls.splice(0), [`start ${id('1')} ${mac}`], 'it goes on');
    await manager.close();
    ask(3);
    manager = new InstanceManager({ client, host: 'h1', driver, logger: pino({ enabled: false }) });
    manager.start();
    await eventually('rebooted', () => reboots() === 3);
    assert.deepEqual(driver.calls, [`stop ${id('1')}`, `start ${id('1')} ${mac}`], 'asked for meanwhile');
  });

  it('ends a start that is to be stopped', async () => {
    driver.startMs = 60_000;
    manager.start();
    want('1');
    await eventually('starting', () => driver.atOnce === 1);
    const spec = { hostId: 'h1', networkInterfaceIds: [eni], desiredState: 'stopped' };
    controller.setInstance(id('1'), { spec, status: { state: 'stopping' } });
    await eventually('stopped', () => state('1') === 'stopped');
  });

  it('gives the driver the interfaces that come and go while the instance runs', async () => {
    const other = 'eni-0000000000000000b';
    controller.interfaces.set(other, '02:57:00:00:00:0b');
    manager.start();
    want('1');
    await eventually('running', () => state('1') === 'running');
    const running = controller.instances.get(id('1'))?.status ?? {};
    for (const networkInterfaceIds of [[eni, other], [eni]]) {
      driver.calls.length = 0;
      controller.setInstance(id('1'), { spec: { hostId: 'h1', networkInterfaceIds }, status: running });
      await eventually('changed', () => driver.calls.length === 1);
      const more = networkInterfaceIds.length > 1 ? ',02:57:00:00:00:0b@1' : '';
      assert.deepEqual(driver.calls, [`start ${id('1')} ${mac}${more}`]);
    }
  });

  it('gives the driver the IPv6 addresses that come and go while the instance runs', async () => {
    manager.start();
    want('1');
    await eventually('running', () => state('1') === 'running');
    const set = async (...ipv6Addresses: string[]) => {
      driver.calls.length = 0;
      controller.setInterface(eni, { instanceId: id('1'), ipv6Addresses });
      await eventually('set', () => driver.calls.length === 1);
      return driver.calls[0];
    };
    assert.equal(await set('2001:db8::4', '2001:db8::5'), `start ${id('1')} ${mac} 2001:db8::4 2001:db8::5`);
    assert.equal(await set('2001:db8::5'), `start ${id('1')} ${mac} 2001:db8::5`);
    assert.equal(await set(), `start ${id('1')} ${mac}`);
    controller.setInterface(eni, { instanceId: id('1'), ipv6Addresses: [], description: 'other' });
    controller.setInterface('eni-0000000000000000b', { instanceId: id('1'), ipv6Addresses: ['2001:db8::9'] });
    controller.setInterface(eni, { ipv6Addresses: ['2001:db8::9'] });
    assert.equal(await set('2001:db8::6'), `start ${id('1')} ${mac} 2001:db8::6`, 'nothing for others');
    assert.equal(state('1'), 'running');
  });

  it('starts a few at a time', async () => {
    driver.startMs = 150;
    for (const digit of '0123456789') want(digit);
    manager.start();
    await eventually('all', () => driver.running.size === 10);
    assert.equal(driver.mostAtOnce, 4);
  });

  it('leaves instances running when it closes', async () => {
    manager.start();
    want('1');
    await eventually('running', () => state('1') === 'running');
    await manager.close();
    assert.ok(driver.running.has(id('1')));
  });
});
