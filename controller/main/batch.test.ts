import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, census } from '../testing/assertions.ts';
import { network } from '../testing/scene.ts';
import { testOwner as caller, World } from '../testing/world.ts';
import { DraftBatch } from './batch.ts';

const stranger = { ...caller, account: '210987654321' };

describe('a batch of writes', () => {
  it('is one commit, and each write finds what the ones before it wrote', async () => {
    await using world = await World.create();
    const { revision } = world.store;
    const id = await world.run((draft) => {
      const batch = new DraftBatch(draft);
      const vpc = batch.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
      batch.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' } });
      batch.update('vpc', vpc.id, { spec: { enableDnsHostnames: true }, tags: { Name: 'a' } });
      return vpc.id;
    });
    assert.equal(world.store.revision, revision + 1);
    const vpc = world.get('vpc', id);
    assert.deepEqual([vpc.spec.enableDnsHostnames, vpc.tags], [true, { Name: 'a' }]);
    assert.equal(world.topology.count('subnet'), 1);
  });

  it('writes nothing when one of them is refused', async () => {
    await using world = await World.create();
    const before = census(world);
    await assertRefused(
      world,
      () =>
        world.run((draft) => {
          const batch = new DraftBatch(draft);
          batch.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
          batch.create('vpc', { spec: { cidrBlock: '10.0.0.0/8' } });
        }),
      { code: 'invalid-value', field: 'spec.cidrBlock', value: '10.0.0.0/8' },
    );
    assert.deepEqual(census(world), before);
  });

  it('finds nothing of other accounts, and does nothing that a kind does not do', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    for (const write of [
      (batch: DraftBatch) => batch.update('vpc', vpc.id, { tags: {} }),
      (batch: DraftBatch) => batch.remove('vpc', vpc.id),
    ]) {
      await assertRefused(world, () => world.run((draft) => write(new DraftBatch(draft)), stranger), {
        code: 'not-found',
        field: 'id',
        value: vpc.id,
      });
    }
    await assertRefused(
      world,
      () => world.run((draft) => new DraftBatch(draft).create('identity', { spec: {} })),
      {
        code: 'method-not-allowed',
        field: 'kind',
        value: 'identity',
      },
    );
  });
});
