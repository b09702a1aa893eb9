import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WeftClient } from '@weft/api/contract';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.ts';
import { FakeController } from '../testing/fake-controller.ts';
import { ControllerLink, type HostSpec } from './link.ts';

const spec: HostSpec = {
  tunnelAddress: '198.18.0.1',
  zone: 'zone-a',
  datapathId: '00000000000000aa',
  tunnelPort: 1,
  externalPorts: {},
  computeDrivers: [],
};

describe('controller link', () => {
  let controller: FakeController;
  let client: WeftClient;
  let link: ControllerLink;
  let told: HostSpec;
  let events: string[];

  beforeEach(async () => {
    controller = await new FakeController().start();
    client = new WeftClient({ url: controller.url, timeoutMs: 500 });
    told = spec;
    events = [];
    link = new ControllerLink({
      client,
      host: 'h1',
      logger: pino({ enabled: false }),
      spec: () => told,
      onTargets: async (targets) => void events.push(targets.join()),
      onRegistered: async () => void events.push('report'),
      heartbeatMs: 30,
    });
  });
  afterEach(async () => {
    await link.close();
    client.close();
    await controller.stop();
  });
  const count = (call: string) => controller.calls.filter((other) => other === call).length;
  const heartbeats = () => count('POST /v1/hosts/h1/heartbeat');
  const registrations = () => count('PUT /v1/hosts/h1');

  it('registers, sets the targets, reports, and then beats', async () => {
    await link.start();
    assert.deepEqual(events, ['tcp:127.0.0.1:6653', 'report']);
    assert.deepEqual(controller.hosts.get('h1'), spec);
    await eventually('heartbeats', () => heartbeats() >= 2);
    assert.equal(registrations(), 1);
  });

  it('says on one line that nobody answers at the start', async () => {
    await controller.stop();
    await assert.rejects(link.start(), (error: Error & { code: string }) => {
      assert.equal(error.code, 'controller-unreachable');
      assert.ok(error.message.includes(controller.url));
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  });

  it('says what the controller refuses at the start', async () => {
    controller.failing = 409;
    await assert.rejects(link.start(), { code: 'registration-refused', message: /made to fail/ });
  });

  it('registers and reports again when the controller has forgotten the host', async () => {
    await link.start();
    controller.hosts.clear();
    await eventually('registered', () => controller.hosts.has('h1'));
    await eventually('reported', () => events.filter((event) => event === 'report').length === 2);
  });

  it('comes back after the controller was away', async () => {
    await link.start();
    await controller.stop();
    controller.hosts.clear();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await controller.start();
    await eventually('registered', () => controller.hosts.has('h1'));
    const seen = heartbeats();
    await eventually('beats', () => heartbeats() > seen);
    assert.equal(registrations(), 2);
  });

  it('registers at once what has changed', async () => {
    await link.start();
    told = { ...spec, tunnelPort: 7 };
    link.refresh();
    await eventually('registered', () => controller.hosts.get('h1')?.tunnelPort === 7);
    assert.equal(registrations(), 2);
  });
});
