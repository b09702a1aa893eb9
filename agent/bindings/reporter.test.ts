import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ApiError, WeftClient } from '@weft/api/contract';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.ts';
import { FakeController } from '../testing/fake-controller.ts';
import { BindingReporter } from './reporter.ts';

const a = 'eni-0000000000000000a';
const b = 'eni-0000000000000000b';

describe('binding reporter', () => {
  let controller: FakeController;
  let client: WeftClient;
  let reporter: BindingReporter;
  let lost: ApiError[];
  let here: string[];

  beforeEach(async () => {
    controller = await new FakeController().start();
    controller.hosts.set('h1', {});
    controller.interfaces.set(a, '02:57:00:00:00:0a');
    client = new WeftClient({ url: controller.url, timeoutMs: 1000 });
    lost = [];
    here = [];
    reporter = new BindingReporter({
      client,
      host: 'h1',
      logger: pino({ enabled: false }),
      onLost: (error) => lost.push(error),
      onBound: (id) => here.push(id),
      unknownRetryMs: 20,
    });
  });
  afterEach(async () => {
    reporter.close();
    client.close();
    await controller.stop();
  });
  const bound = () => [...controller.bindings];
  const callsSince = (start: number) => controller.calls.slice(start);

  it('reports nothing before the full report, and everything with it', async () => {
    reporter.update(new Map([[a, 1]]));
    assert.deepEqual(controller.calls, []);
    controller.bindings.set(b, 9);
    await reporter.reportAll();
    assert.deepEqual(controller.calls, ['PUT /v1/hosts/h1/bindings']);
    assert.deepEqual(bound(), [[a, 1]]);
  });

  it('tells once at a time that the machine of a port is here, and of ports that were reported alone', async () => {
    await reporter.awake(a);
    await reporter.reportAll();
    await reporter.awake(a);
    assert.deepEqual(controller.calls, ['PUT /v1/hosts/h1/bindings']);
    reporter.update(new Map([[a, 1]]));
    await eventually('bound', () => controller.bindings.get(a) === 1);
    const before = controller.calls.length;
    await Promise.all([reporter.awake(a), reporter.awake(a)]);
    await reporter.awake(a);
    assert.deepEqual(callsSince(before), [`PUT /v1/hosts/h1/bindings/${a}`]);
    assert.deepEqual(controller.active, [a]);
  });

  it('goes on when the controller does not hear that a machine is here', async () => {
    await reporter.reportAll();
    reporter.update(new Map([[a, 1]]));
    await eventually('bound', () => controller.bindings.get(a) === 1);
    controller.failing = 503;
    await reporter.awake(a);
    assert.deepEqual([controller.active, lost], [[], []]);
    assert.deepEqual(here, [a], 'when the port was reported');
    controller.failing = undefined;
    await eventually('told', async () => {
      await reporter.awake(a);
      return controller.active.length === 1;
    });
    assert.deepEqual(here, [a, a]);
  });

  it('then reports single changes, and none when nothing changed', async () => {
    await reporter.reportAll();
    reporter.update(new Map([[a, 1]]));
    await eventually('bound', () => controller.bindings.get(a) === 1);
    const before = controller.calls.length;
    reporter.update(new Map([[a, 1]]));
    reporter.update(new Map([[a, 2]]));
    await eventually('port changed', () => controller.bindings.get(a) === 2);
    reporter.update(new Map());
    await eventually('unbound', () => !controller.bindings.has(a));
    assert.deepEqual(callsSince(before), [
      `PUT /v1/hosts/h1/bindings/${a}`,
      `DELETE /v1/hosts/h1/bindings/${a}`,
    ]);
  });

  it('ends with what is true however fast ports change', async () => {
    await reporter.reportAll();
    for (let round = 1; round <= 50; round++) reporter.update(round % 2 ? new Map([[a, round]]) : new Map());
    reporter.update(new Map([[a, 99]]));
    await eventually('settled', () => controller.bindings.get(a) === 99);
    assert.ok(controller.calls.length <= 5, controller.calls.join('\n'));
  });

  it('reports interfaces again until the controller knows them', async () => {
    reporter.update(new Map([[b, 2]]));
    await reporter.reportAll();
    await eventually('refused', () => controller.calls.includes(`PUT /v1/hosts/h1/bindings/${b}`));
    controller.interfaces.set(b, '02:57:00:00:00:0b');
    await eventually('bound', () => controller.bindings.get(b) === 2);
    assert.deepEqual(lost, []);
  });

  it('waits for hosts to confirm only when somebody wants to know', async () => {
    await reporter.reportAll();
    const waiting = reporter.bound(a, AbortSignal.timeout(2000));
    reporter.update(new Map([[a, 1]]));
    await waiting;
    assert.deepEqual(bound(), [[a, 1]]);
    await reporter.bound(a, AbortSignal.timeout(2000));
  });

  it('stops waiting when the port is not wanted any more', async () => {
    const abort = new AbortController();
    const waiting = reporter.bound(b, abort.signal);
    abort.abort();
    await waiting;
    await reporter.bound(b, abort.signal);
  });

  it('tells once that the controller is lost, and reports all when it is back', async () => {
    await reporter.reportAll();
    await controller.stop();
    reporter.update(new Map([[a, 1]]));
    await eventually('lost', () => lost.length === 1);
    reporter.update(new Map([[a, 3]]));
    await assert.rejects(reporter.reportAll(), { code: 'unreachable' });
    await controller.start();
    const before = controller.calls.length;
    await reporter.reportAll();
    assert.deepEqual(callsSince(before), ['PUT /v1/hosts/h1/bindings']);
    assert.deepEqual(bound(), [[a, 3]]);
    assert.equal(lost.length, 1);
  });

  it('takes a forgotten host and a failing controller for a loss', async () => {
    await reporter.reportAll();
    controller.hosts.clear();
    reporter.update(new Map([[a, 1]]));
    await eventually('lost', () => lost.length === 1);
    assert.equal(lost[0]?.field, 'name');
    controller.hosts.set('h1', {});
    await reporter.reportAll();
    controller.failing = 503;
    reporter.update(new Map());
    await eventually('lost again', () => lost.length === 2);
  });
});
