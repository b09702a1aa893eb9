import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { largestNumber } from '../../pipeline/index.ts';
import { WeftError } from '../../resources/index.ts';
import { assertRefused, assertWeftError, census } from '../../testing/assertions.ts';
import { testOwner, World } from '../../testing/world.ts';
import { testResource } from '../../topology/testing.ts';
import { Draft } from './draft.ts';

const cidrBlock = '10.0.0.0/16';

/** Sets the next number of a kind, as if so many had been given. */
function setCounter(world: World, kind: string, next: number): Promise<void> {
  return world.run((draft) => {
    const counter = draft.get('counter', kind);
    if (counter) draft.update(counter, { spec: { next } });
    else draft.create('counter', { id: kind, spec: { next } });
  });
}
const counterOf = (world: World, kind: string) => world.get('counter', kind).spec.next;

describe('numbers', () => {
  it('are given in turn, each space for itself', async () => {
    await using world = await World.create();
    const vpcs = [await world.create('vpc', { cidrBlock }), await world.create('vpc', { cidrBlock })];
    assert.deepEqual(
      vpcs.map(({ number }) => number),
      [1, 2],
    );
    assert.equal(counterOf(world, 'vpc'), 3);
    assert.equal(counterOf(world, 'security-group-rule'), 5, 'two rules come with each VPC');
    assert.equal((await world.host(1)).number, 1);
  });

  it('rest when they are freed, until somebody gives them back', async () => {
    await using world = await World.create();
    const first = await world.create('vpc', { cidrBlock });
    await world.remove('vpc', first.id);
    const retired = world.get('retired-number', 'vpc/1');
    assert.deepEqual(retired.spec, { kind: 'vpc', number: 1 });
    await setCounter(world, 'vpc', 1);
    assert.equal((await world.create('vpc', { cidrBlock })).number, 2, '1 rests');
    await world.run((draft) => draft.remove(retired));
    await setCounter(world, 'vpc', 1);
    assert.equal((await world.create('vpc', { cidrBlock })).number, 1);
  });

  it('come round behind the largest one, past those in use', async () => {
    await using world = await World.create();
    await world.create('vpc', { cidrBlock });
    await setCounter(world, 'vpc', largestNumber);
    assert.equal((await world.create('vpc', { cidrBlock })).number, largestNumber);
    assert.equal(counterOf(world, 'vpc'), 1);
    assert.equal((await world.create('vpc', { cidrBlock })).number, 2, '1 is in use');
  });

  it('are not given twice within one draft, even when few are left', async () => {
    await using world = await World.create();
    const free = new Set([7, 9]);
    const original = world.topology.byNumber.bind(world.topology);
    world.topology.byNumber = (kind, number) =>
      kind === 'subnet' && !free.has(number)
        ? (testResource('subnet', 'x', {} as never) as never)
        : original(kind, number);
    const draft = new Draft(world.topology, testOwner, '2025-01-01T00:00:00.000Z');
    const create = () =>
      draft.create('subnet', { spec: { vpcId: 'vpc-1', cidrBlock, zone: 'zone-a' } }).number;
    assert.deepEqual([create(), create()], [7, 9]);
    assert.throws(create, (error) => {
      assertWeftError(error, {
        code: 'number-space-full',
        field: undefined,
        value: undefined,
        fix: /subnet/,
      });
      return true;
    });
  });

  it('that are all in use refuse the next one, with nothing written', async () => {
    await using world = await World.create();
    world.topology.byNumber = () => testResource('vpc', 'x', {} as never) as never;
    await assertRefused(world, () => world.create('vpc', { cidrBlock }), { code: 'number-space-full' });
    assert.deepEqual(census(world), {});
  });
});

describe('a draft', () => {
  it('stands before the view: what it wrote is read, what it removed is gone', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock });
    const draft = new Draft(world.topology, testOwner, '2025-01-01T00:00:00.000Z');
    draft.update(vpc, { tags: { Name: 'x' } });
    assert.deepEqual(draft.get('vpc', vpc.id)?.tags, { Name: 'x' });
    draft.claim('scope', '10.0.0.4', 'eni-1');
    assert.ok(draft.isClaimed('scope', '10.0.0.4'));
    draft.remove(vpc);
    assert.equal(draft.get('vpc', vpc.id), undefined);
    assert.deepEqual(world.get('vpc', vpc.id).tags, {}, 'the view knows nothing of it');
  });

  it('makes each resource that it touches a condition, at the revision that it saw first', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock });
    const table = world.get('route-table', vpc.spec.mainRouteTableId);
    const draft = new Draft(world.topology, testOwner, '2025-01-01T00:00:00.000Z');
    draft.depend(table);
    const changed = draft.update(vpc, { tags: { Name: 'x' } });
    draft.update(changed, { tags: { Name: 'y' } });
    draft.claim('scope', '10.0.0.4', 'eni-1');
    const { conditions, puts, deletes } = draft.transaction();
    assert.deepEqual(conditions, [
      { kind: 'route-table', id: table.id, revision: 1 },
      { kind: 'vpc', id: vpc.id, revision: 1 },
      { kind: 'address-claim', id: 'scope/10.0.0.4', revision: 0 },
    ]);
    assert.deepEqual(
      puts.map(({ kind, tags }) => [kind, tags]),
      [
        ['vpc', { Name: 'y' }],
        ['address-claim', {}],
      ],
    );
    assert.deepEqual(deletes, []);
  });

  it('gives resources to their owner, and those of the operator to nobody', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock });
    assert.deepEqual({ account: vpc.account, region: vpc.region }, testOwner);
    const host = await world.host(1);
    assert.deepEqual([host.account, host.region], ['', '']);
  });

  it('that changes nothing is no commit', async () => {
    await using world = await World.create();
    const { revision } = world.store;
    await world.run((draft) => draft.depend({ ...testResource('vpc', 'vpc-x', {} as never), revision: 9 }));
    await world.run((draft) => draft.release('scope', '10.0.0.4'));
    assert.equal(world.store.revision, revision);
  });

  it('that throws writes nothing', async () => {
    await using world = await World.create();
    const failing = world.run((draft) => {
      draft.claim('scope', '10.0.0.4', 'eni-1');
      throw new WeftError('wrong-state', 'no');
    });
    await assert.rejects(failing, { code: 'wrong-state' });
    assert.deepEqual(census(world), {});
  });
});
