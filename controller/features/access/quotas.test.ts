import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kindNames, kinds } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { testOwner, World } from '../../testing/world.ts';
import { defaultQuota, quotaOf } from './quotas.ts';

const limited = (world: World, quotas: Record<string, number> = {}) =>
  world.create('account', { id: testOwner.account, name: 'limited', quotas });
const vpc = (world: World, owner = testOwner) => world.create('vpc', { cidrBlock: '10.0.0.0/16' }, owner);
const exceeded = (kind: string) => ({ code: 'quota-exceeded', field: 'kind', value: kind }) as const;

describe('quotas', () => {
  it('are those of AWS where it has one, and bounded for every kind that accounts own', async () => {
    await using world = await World.create();
    await limited(world, { subnet: 7 });
    const quota = (kind: (typeof kindNames)[number]) => quotaOf(world.topology, kind, testOwner.account);
    assert.deepEqual([quota('vpc'), quota('elastic-ip'), quota('subnet')], [5, 5, 7]);
    assert.equal(quota('network-interface'), defaultQuota);
    for (const kind of kindNames) {
      const { path, operatorOwned } = kinds[kind];
      assert.equal(quota(kind) !== undefined, path !== undefined && !operatorOwned, kind);
    }
  });

  it('refuse one more than the account may have, and say what it has', async () => {
    await using world = await World.create();
    await limited(world);
    for (let count = 0; count < 5; count++) await vpc(world);
    await assertRefused(world, () => vpc(world), exceeded('vpc'));
    await assert.rejects(vpc(world), /has 5 of at most 5 resources of kind vpc in us-east-1/);
    await world.update('account', testOwner.account, { quotas: { vpc: 6 } });
    await vpc(world);
    await assertRefused(world, () => vpc(world), exceeded('vpc'));
  });

  it('count each account and each region for itself', async () => {
    await using world = await World.create();
    await limited(world, { vpc: 1 });
    await vpc(world);
    await vpc(world, { ...testOwner, region: 'eu-west-1' });
    await vpc(world, { ...testOwner, account: '210987654321' });
    await assertRefused(world, () => vpc(world), exceeded('vpc'));
  });

  it('count what is made alongside, and what goes in the same commit', async () => {
    await using world = await World.create();
    await limited(world, { 'security-group': 0 });
    await assertRefused(world, () => vpc(world), exceeded('security-group'));
    await world.update('account', testOwner.account, { quotas: { vpc: 1 } });
    const { id } = await vpc(world);
    const other = { cidrBlock: '10.1.0.0/16' };
    await world.run((draft) => {
      const current = world.get('vpc', id);
      draft.remove(current);
      draft.create('vpc', { spec: { ...current.spec, ...other } });
    });
    assert.equal(world.topology.count('vpc'), 1);
  });

  it('that were lowered keep nobody from changing and removing', async () => {
    await using world = await World.create();
    await limited(world);
    const { id } = await vpc(world);
    await world.update('account', testOwner.account, { quotas: { vpc: 0 } });
    await world.run((draft) => draft.update(world.get('vpc', id), { tags: { Name: 'x' } }));
    await assertRefused(world, () => vpc(world), exceeded('vpc'));
    await world.remove('vpc', id);
  });

  it('hold for nobody where there are no accounts', async () => {
    await using world = await World.create();
    for (let count = 0; count < 6; count++) await vpc(world);
    assert.equal(quotaOf(world.topology, 'vpc', testOwner.account), undefined);
  });
});
