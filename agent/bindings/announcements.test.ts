import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WeftClient } from '@weft/api/contract';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.ts';
import { FakeController } from '../testing/fake-controller.ts';
import { AnnouncementReporter } from './announcements.ts';

const a = 'eni-0000000000000000a';
const b = 'eni-0000000000000000b';
const shared = (networkInterfaceId: string, address = '10.0.1.100') => ({
  networkInterfaceId,
  address,
  macAddress: '02:57:00:00:00:0a',
});

describe('announcement reporter', () => {
  let controller: FakeController;
  let client: WeftClient;
  let reporter: AnnouncementReporter;
  let lost: number;

  beforeEach(async () => {
    controller = await new FakeController().start();
    controller.hosts.set('h1', {});
    controller.interfaces.set(a, '02:57:00:00:00:0a');
    client = new WeftClient({ url: controller.url, timeoutMs: 1000 });
    lost = 0;
    reporter = new AnnouncementReporter({
      client,
      host: 'h1',
      logger: pino({ enabled: false }),
      onLost: () => lost++,
      pauseMs: 100,
    });
  });
  afterEach(async () => {
    reporter.close();
    client.close();
    await controller.stop();
  });
  const told = () => controller.announced;

  it('tells nothing before the host is registered, and then what it has heard, with its age', async () => {
    reporter.heard(shared(a), Date.now() - 5000);
    assert.deepEqual(told(), []);
    reporter.tellAgain();
    await eventually('told', () => told().length === 1);
    const { ageMs, ...rest } = told()[0] as { ageMs: number };
    assert.deepEqual(rest, shared(a));
    assert.ok(ageMs >= 5000 && ageMs < 7000, `${ageMs}`);
  });

  it('tells of an address once in a pause, however often it is announced, and of the last time', async () => {
    reporter.tellAgain();
    for (let index = 0; index < 50; index++) reporter.heard(shared(a), Date.now());
    reporter.heard(shared(a, '10.0.1.101'), Date.now());
    await eventually('told', () => told().length === 3);
    assert.deepEqual(
      told()
        .map(({ address }) => address)
        .sort(),
      ['10.0.1.100', '10.0.1.100', '10.0.1.101'],
    );
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(told().length, 3, 'nothing more without news');
  });

  it('forgets what the controller refuses', async () => {
    reporter.tellAgain();
    reporter.heard(shared(b), Date.now());
    await eventually('refused', () => controller.calls.length === 1);
    reporter.heard(shared(a), Date.now());
    await eventually('told', () => told().length === 1);
    reporter.tellAgain();
    await eventually('told again', () => told().length === 2);
    assert.deepEqual(controller.calls.length, 3, 'b was not told again');
    assert.equal(lost, 0);
  });

  it('keeps what comes before the machine is known to be here, and tells it as soon as it is', async () => {
    controller.elsewhere.add(a);
    reporter.tellAgain();
    reporter.heard(shared(a), Date.now());
    await eventually('refused', () => controller.calls.length === 1);
    controller.elsewhere.delete(a);
    reporter.bound(b);
    reporter.bound(a);
    await eventually('told', () => told().length === 1);
    assert.equal(controller.calls.length, 2);
    assert.equal(lost, 0);
  });

  it('tells it again by itself, more and more seldom, when nobody says that the machine is here', async () => {
    controller.elsewhere.add(a);
    reporter.tellAgain();
    reporter.heard(shared(a), Date.now());
    await eventually('refused twice', () => controller.calls.length === 2);
    controller.elsewhere.delete(a);
    await eventually('told', () => told().length === 1);
    assert.equal(controller.calls.length, 3);
    reporter.tellAgain();
    await eventually('told again', () => told().length === 2, 1000);
  });

  it('forgets it after a while', async () => {
    controller.elsewhere.add(a);
    reporter.tellAgain();
    reporter.heard(shared(a), Date.now() - 60_000);
    await eventually('refused', () => controller.calls.length === 1);
    controller.elsewhere.delete(a);
    reporter.heard(shared(a, '10.0.1.101'), Date.now());
    await eventually('the other one is told', () => told().length === 1);
    reporter.bound(a);
    reporter.tellAgain();
    await eventually('told again', () => told().length === 2);
    assert.deepEqual(new Set(told().map(({ address }) => address)), new Set(['10.0.1.101']));
  });

  it('keeps what it could not tell until the host is registered again', async () => {
    controller.hosts.clear();
    reporter.tellAgain();
    reporter.heard(shared(a), Date.now());
    await eventually('lost', () => lost === 1);
    reporter.heard(shared(a, '10.0.1.101'), Date.now());
    assert.equal(told().length, 0);
    controller.hosts.set('h1', {});
    reporter.tellAgain();
    await eventually('both told', () => told().length === 2);
  });

  it('remembers a bounded number of addresses, the last ones', async () => {
    for (let index = 0; index < 1100; index++) {
      reporter.heard(shared(a, `10.0.${index >> 8}.${index & 255}`), Date.now());
    }
    reporter.tellAgain();
    await eventually('told', () => told().length === 1024, 20_000);
    assert.equal(
      told().some(({ address }) => address === '10.0.0.0'),
      false,
    );
  });
});
