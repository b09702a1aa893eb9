import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import { type AgentProgram, type ControllerProgram, createLab, type Host, type Lab } from './index.ts';
import { listNamespaces } from './namespaces.ts';
import { tracesOf } from './test-support.ts';

describe('the weft of this checkout on two hosts', () => {
  let lab: Lab;
  let controller: ControllerProgram;
  let agents: AgentProgram[];
  let client: WeftClient;
  before(async () => {
    lab = await createLab({ hosts: 2, externalNetwork: { cidr: '203.0.113.0/24' } });
    controller = await lab.startController();
    agents = await Promise.all(lab.hosts.map((host) => host.startAgent()));
    client = new WeftClient({ url: controller.apiUrl });
  });
  after(async () => {
    client.close();
    await lab.close();
  });

  /**
   * The switch's last word about its connection to the controller, which goes through the relay. From its log, because the
   * database learns of it only every 5 s.
   */
  async function connected(host: Host): Promise<boolean> {
    const log = await readFile(join(host.directory, 'ovs-vswitchd.log'), 'utf8');
    const target = `br-int<->tcp:127.0.0.1:${controller.openflowPort}: `;
    const changes = log
      .split('\n')
      .filter((line) => line.includes(target) && /: connect|: connection/.test(line));
    return changes.at(-1)?.endsWith(': connected') === true;
  }

  async function waitUntilAll(wanted: boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const states = await Promise.all(lab.hosts.map(connected));
      if (states.every((state) => state === wanted)) return;
      assert.ok(Date.now() < deadline, `connected: ${states.join(', ')}; expected ${wanted} everywhere`);
      await delay(20);
    }
  }

  test('has both hosts registered, and their switches connected', async () => {
    const { items } = await client.listAll('host');
    const addresses = Object.fromEntries(items.map((host) => [host.id, host.spec.tunnelAddress]));
    assert.deepEqual(addresses, { h1: '198.18.0.1', h2: '198.18.0.2' });
    await waitUntilAll(true, 10_000);
  });

  test('sees at once that the controller was killed, and finds it again', async () => {
    await controller.kill9();
    // Much faster than by an inactivity probe, which takes 5 s and more.
    await waitUntilAll(false, 2_000);
    await controller.restart();
    await waitUntilAll(true, 10_000);
    assert.equal((await client.listAll('host')).items.length, 2);
  });

  test('has agents that can be killed and started again', async () => {
    for (const agent of agents) {
      await agent.kill9();
      await agent.restart();
      assert.ok(agent.running);
    }
    await waitUntilAll(true, 10_000);
  });

  test('leaves no instance behind that an agent started', async () => {
    const vpc = await client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
    const subnet = await client.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' } });
    const instance = await client.create('instance', { spec: { subnetId: subnet.id, hostId: 'h1' } });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { status } = await client.get('instance', instance.id);
      if (status?.state === 'running') break;
      assert.ok(Date.now() < deadline, JSON.stringify(status));
      await delay(50);
    }
    const namespaces = (): string[] => listNamespaces().filter((name) => name.includes(instance.id));
    assert.equal(namespaces().length, 1);
    await lab.close();
    assert.deepEqual(namespaces(), []);
    assert.deepEqual(tracesOf(lab.name), []);
  });
});
