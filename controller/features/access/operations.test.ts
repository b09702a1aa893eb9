import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Role } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { World } from '../../testing/world.ts';

const account = (world: World, id = '111111111111') => world.create('account', { id, name: 'one' });

let made = 0;
const key = (world: World, accountId: string, role: Role, more: object = {}) =>
  world.create('access-key', {
    accountId,
    role,
    accessKeyId: `AKIA${String(made++).padStart(16, 'A')}`,
    sealedSecret: 'sealed',
    ...more,
  });

describe('accounts', () => {
  it('have the id that was asked for, or a random one of 12 digits', async () => {
    await using world = await World.create();
    const { id, spec, account: owner } = await account(world);
    assert.deepEqual([id, owner, spec], ['111111111111', '', { name: 'one', enabled: true, quotas: {} }]);
    const other = await world.create('account', { name: 'two' });
    assert.match(other.id, /^\d{12}$/);
    await assertRefused(world, () => account(world), { code: 'already-exists', field: 'spec.id', value: id });
  });

  it('have quotas of kinds that accounts can have', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const changed = await world.update('account', id, { quotas: { vpc: 9 } });
    assert.deepEqual(changed.spec, { name: 'one', enabled: true, quotas: { vpc: 9 } });
    for (const kind of ['vcp', 'host', 'identity', 'account']) {
      await assertRefused(world, () => world.update('account', id, { quotas: { [kind]: 1 } }), {
        code: 'unknown-field',
        field: `spec.quotas.${kind}`,
        value: 1,
      });
    }
  });

  it('go when nothing is in them', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const owner = { account: id, region: 'us-east-1' };
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' }, owner);
    const refusal = { code: 'in-use', field: 'id', value: id } as const;
    await assertRefused(world, () => world.remove('account', id), refusal);
    await world.remove('vpc', vpc.id);
    const { id: keyId } = await key(world, id, 'member');
    await assertRefused(world, () => world.remove('account', id), refusal);
    await world.remove('access-key', keyId);
    await world.remove('account', id);
    assert.equal(world.topology.count('account'), 0);
  });
});

describe('access keys', () => {
  it('keep their secret in a resource of its own, which goes with them', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const { id: keyId, spec } = await key(world, id, 'member', { description: 'ci' });
    assert.deepEqual(spec, { accountId: id, role: 'member', description: 'ci', enabled: true });
    assert.equal(world.get('access-key-secret', keyId).spec.sealed, 'sealed');
    await world.remove('access-key', keyId);
    assert.deepEqual([world.topology.count('access-key'), world.topology.count('access-key-secret')], [0, 0]);
  });

  it('belong to an account that is there', async () => {
    await using world = await World.create();
    const refusal = { code: 'not-found', field: 'id', value: '999999999999' } as const;
    await assertRefused(world, () => key(world, '999999999999', 'member'), refusal);
  });

  it('name a host exactly when they are an agent’s', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    assert.equal((await key(world, id, 'agent', { hostId: 'h1' })).spec.hostId, 'h1');
    await assertRefused(world, () => key(world, id, 'agent'), {
      code: 'missing-field',
      field: 'hostId',
      value: undefined,
    });
    await assertRefused(world, () => key(world, id, 'member', { hostId: 'h1' }), {
      code: 'invalid-value',
      field: 'hostId',
      value: 'h1',
    });
  });

  it('are disabled and enabled, and change their description', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const { id: keyId } = await key(world, id, 'member');
    assert.equal((await world.update('access-key', keyId, { enabled: false })).spec.enabled, false);
    const described = await world.update('access-key', keyId, { description: 'old' });
    assert.deepEqual([described.spec.enabled, described.spec.description], [false, 'old']);
    const plain = await world.update('access-key', keyId, { enabled: true, description: null });
    assert.deepEqual(plain.spec, { accountId: id, role: 'member', enabled: true });
  });

  it('always leave an admin', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const first = await key(world, id, 'admin');
    const refusal = { code: 'wrong-state', field: 'id', value: undefined } as const;
    await assertRefused(world, () => world.remove('access-key', first.id), refusal);
    await assertRefused(world, () => world.update('access-key', first.id, { enabled: false }), refusal);
    await assertRefused(world, () => world.update('account', id, { enabled: false }), refusal);
    const other = await account(world, '222222222222');
    const second = await key(world, other.id, 'admin');
    await world.update('account', id, { enabled: false });
    await assertRefused(world, () => world.remove('access-key', second.id), refusal);
    await world.update('account', id, { enabled: true });
    await world.remove('access-key', second.id);
  });

  it('of members come and go where there is no admin, as in development', async () => {
    await using world = await World.create();
    const { id } = await account(world);
    const { id: keyId } = await key(world, id, 'member');
    await world.update('access-key', keyId, { enabled: false });
    await world.update('account', id, { enabled: false });
    await world.remove('access-key', keyId);
  });
});
