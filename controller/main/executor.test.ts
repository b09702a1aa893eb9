import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Draft } from '../features/operations/draft.ts';
import { operationsByKind } from '../features/operations/registry.ts';
import { type KindName, WeftError } from '../resources/index.ts';
import { type Commit, StoreConflict } from '../store/index.ts';
import { assertWeftError, census } from '../testing/assertions.ts';
import { InterleavedStore } from '../testing/interleaved-store.ts';
import { network } from '../testing/scene.ts';
import { testOwner, World } from '../testing/world.ts';
import { Topology } from '../topology/index.ts';
import { Executor } from './executor.ts';

const create = (kind: KindName, spec: Record<string, unknown>) => (draft: Draft) =>
  operationsByKind.get(kind)?.create?.(draft, { spec, tags: {} }).id ?? '';

/** A second executor on the world's store, whose commits come late. */
function slowExecutor(world: World) {
  const store = new InterleavedStore(world.store);
  return { store, executor: new Executor(store, world.topology, () => Promise.resolve()) };
}

describe('a plan that was overtaken', () => {
  it('is made anew, and both get what they asked for', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const { store, executor } = slowExecutor(world);
    const plan = create('network-interface', { subnetId: subnet.id });
    let fast = '';
    store.before = async (attempt) => {
      if (attempt === 1) fast = await world.run(plan);
    };
    const { result: slow, revision } = await executor.run(testOwner, plan);
    assert.equal(store.attempts, 2);
    assert.equal(revision, world.store.revision);
    const [first, second] = [world.get('network-interface', fast), world.get('network-interface', slow)];
    assert.deepEqual([first.number, second.number], [1, 2]);
    assert.deepEqual([first.spec.privateAddress, second.spec.privateAddress], ['10.0.1.4', '10.0.1.5']);
    assert.notEqual(first.spec.macAddress, second.spec.macAddress);
    assert.equal(first.status.identityId, second.status.identityId, 'both wanted to make the same identity');
    assert.equal(world.topology.count('identity'), 1);
    assert.equal(world.topology.count('address-claim'), 4);
  });

  it('is refused for what is true now', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const { store, executor } = slowExecutor(world);
    store.before = (attempt) => (attempt === 1 ? world.remove('vpc', vpc.id) : Promise.resolve());
    const running = executor.run(testOwner, create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' }));
    await assert.rejects(running, (error) => {
      assertWeftError(error, { code: 'unknown-reference', field: 'spec.vpcId', value: vpc.id, fix: /./ });
      return true;
    });
    assert.deepEqual(Object.keys(census(world)), ['counter', 'retired-number']);
  });

  it('gives up after eight attempts, with nothing half-written', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const { store, executor } = slowExecutor(world);
    const plan = create('network-interface', { subnetId: subnet.id });
    store.before = () => world.run(plan);
    await assert.rejects(executor.run(testOwner, plan), (error) => {
      assertWeftError(error, { code: 'conflict', field: undefined, value: undefined, fix: /again/ });
      return true;
    });
    assert.equal(store.attempts, 8);
    assert.equal(world.topology.count('network-interface'), 8, 'those of the others');
    assert.equal(world.topology.count('address-claim'), 16);
    assert.equal(world.get('counter', 'network-interface').spec.next, 9);
  });

  it('waits until its view has seen what overtook it', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const late = new Topology();
    late.load(await world.store.snapshot());
    const queue: Commit[] = [];
    await world.store.watch(world.store.revision, (commit) => queue.push(commit));
    const waits: number[] = [];
    const executor = new Executor(world.store, late, async (revision) => {
      waits.push(revision);
      for (const commit of queue.splice(0)) late.apply(commit);
    });
    await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' });
    const { result, revision } = await executor.run(
      testOwner,
      create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.2.0/24' }),
    );
    assert.deepEqual(waits, [2, 3], 'once for the other commit, once for its own');
    assert.equal(revision, 3);
    assert.equal(late.get('subnet', result)?.number, 2);
  });
});

describe('the executor', () => {
  it('commits nothing for a plan that changes nothing', async () => {
    await using world = await World.create();
    const { store, executor } = slowExecutor(world);
    assert.deepEqual(await executor.run(testOwner, () => 7), { result: 7, revision: 0 });
    assert.equal(store.attempts, 0);
  });

  it('makes a plan once when it is refused, or when the store fails', async () => {
    await using world = await World.create();
    const { store, executor } = slowExecutor(world);
    let plans = 0;
    const refused = executor.run(testOwner, () => {
      plans++;
      throw new WeftError('wrong-state', 'no');
    });
    await assert.rejects(refused, { code: 'wrong-state' });
    assert.equal(plans, 1);
    store.before = () => Promise.reject(new WeftError('unavailable', 'the disk is full'));
    const failed = executor.run(testOwner, (draft) => {
      plans++;
      draft.claim('scope', '10.0.0.4', 'eni-1');
    });
    await assert.rejects(failed, { code: 'unavailable' });
    assert.equal(plans, 2);
    assert.deepEqual(census(world), {});
  });

  it('gives new resources the time of the plan that was committed', async () => {
    await using world = await World.create();
    const before = new Date().toISOString();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    assert.ok(vpc.createdAt >= before && vpc.createdAt <= new Date().toISOString());
  });

  it('tells a conflict in the words of the store', async () => {
    await using world = await World.create();
    const { store, executor } = slowExecutor(world);
    const condition = { kind: 'vpc', id: 'vpc-1', revision: 3 } as const;
    store.before = () => Promise.reject(new StoreConflict(condition, 5));
    const running = executor.run(testOwner, (draft) => draft.claim('scope', '10.0.0.4', 'eni-1'));
    await assert.rejects(running, { code: 'conflict', message: /vpc vpc-1: expected revision 3, found 5/ });
  });
});
