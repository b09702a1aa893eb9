import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceOf } from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import { assertRefused } from '../testing/assertions.ts';
import { cloud } from '../testing/scene.ts';
import { testOwner as caller, World } from '../testing/world.ts';
import { EmbeddedController } from './controller.ts';
import { FlowQuota } from './flow-quota.ts';
import { Hosts } from './hosts.ts';

const stranger = { ...caller, account: '210987654321' };
const block = { spec: { cidrBlock: '10.0.0.0/16' } };

function controllerOf(world: World): EmbeddedController {
  const { store, topology: view, executor, compiler } = world;
  const southbound = {
    applied: (revision: number) => Promise.resolve({ revision, applied: true, hosts: [] }),
  } as unknown as Southbound;
  const hosts = new Hosts(view, executor, southbound);
  return new EmbeddedController({
    store,
    view,
    executor,
    flowQuota: new FlowQuota(compiler, view),
    placements: { applied: (revision, timeoutMs, confirm) => confirm(revision, timeoutMs) },
    hosts,
    southbound,
  });
}

const groupOf = (vpc: ResourceOf<'vpc'>) =>
  ({ kind: 'security-group', id: vpc.spec.defaultSecurityGroupId }) as const;

describe('the controller', () => {
  it('makes, reads, changes and deletes resources, and says at which revision', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const created = await controller.create('vpc', { ...block, tags: { Name: 'a' } }, caller);
    assert.deepEqual([created.revision, created.resource.revision, controller.revision], [1, 1, 1]);
    assert.deepEqual(created.resource.tags, { Name: 'a' });
    const { id } = created.resource;
    assert.deepEqual(controller.read('vpc', id, caller), created.resource);
    assert.deepEqual([...controller.list('vpc', caller)], [created.resource]);
    const changed = await controller.update('vpc', id, { tags: { Name: 'b' } }, caller);
    assert.deepEqual([changed.revision, changed.resource.tags], [2, { Name: 'b' }]);
    assert.deepEqual(changed.resource.spec, created.resource.spec);
    assert.deepEqual(await controller.remove('vpc', id, caller), { revision: 3 });
    assert.deepEqual([...controller.list('vpc', caller)], []);
  });

  it('changes spec and tags in one commit', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { vpc } = await cloud(world);
    const group = await controller.create('security-group', { spec: { vpcId: vpc.id, name: 'web' } }, caller);
    const { resource, revision } = await controller.update(
      'security-group',
      group.resource.id,
      { spec: { description: 'front' }, tags: { tier: '1' } },
      caller,
    );
    assert.equal(revision, group.revision + 1);
    assert.deepEqual([resource.spec.description, resource.tags], ['front', { tier: '1' }]);
    const unchanged = await controller.update('security-group', resource.id, {}, caller);
    assert.equal(unchanged.revision, revision, 'nothing asked, nothing written');
  });

  it('shows and gives nothing to other accounts', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { resource } = await controller.create('vpc', block, caller);
    assert.deepEqual([...controller.list('vpc', stranger)], []);
    const refusal = { code: 'not-found', field: 'id', value: resource.id, fix: /GET \/v1\/vpcs/ } as const;
    await assertRefused(world, async () => controller.read('vpc', resource.id, stranger), refusal);
    const tags = { mine: 'now' };
    await assertRefused(world, () => controller.update('vpc', resource.id, { tags }, stranger), refusal);
    await assertRefused(world, () => controller.remove('vpc', resource.id, stranger), refusal);
  });

  it('writes only the version that the caller has seen', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { resource, revision } = await controller.create('vpc', block, caller);
    const tags = { Name: 'x' };
    await controller.update('vpc', resource.id, { tags }, caller, { ifRevision: revision });
    const stale = { ifRevision: revision };
    const refusal = { code: 'precondition-failed', field: 'If-Match', value: revision } as const;
    await assertRefused(world, () => controller.update('vpc', resource.id, { tags }, caller, stale), refusal);
    await assertRefused(world, () => controller.remove('vpc', resource.id, caller, stale), refusal);
    await controller.remove('vpc', resource.id, caller, { ifRevision: revision + 1 });
  });

  it('refuses what a kind does not support', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const refusal = (value: string) => ({ code: 'method-not-allowed', field: 'kind', value }) as const;
    await assertRefused(world, () => controller.create('host', { spec: {} }, caller), refusal('host'));
    await assertRefused(
      world,
      () => controller.create('identity', { spec: {} }, caller),
      refusal('identity'),
    );
    await assertRefused(world, () => controller.remove('counter', 'vpc', caller), refusal('counter'));
    const change = () => controller.update('identity', 'x', { spec: { groupIds: [] } }, caller);
    await assertRefused(world, change, refusal('identity'));
  });

  it('follows references, to what the caller may see', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { vpc } = await cloud(world);
    const target = groupOf(vpc);
    assert.equal([...controller.referrers('security-group-rule', 'of-group', target, caller)].length, 2);
    assert.deepEqual([...controller.referrers('security-group-rule', 'of-group', target, stranger)], []);
    assert.equal(controller.countReferrers('security-group-rule', 'of-group', target), 2);
  });

  it('keeps what hosts say of their instances', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { subnet } = await cloud(world);
    const { resource } = await controller.create('instance', { spec: { subnetId: subnet.id } }, caller);
    const status = { state: 'running', driver: 'netns' } as const;
    const changed = await controller.setInstanceStatus(resource.id, status);
    assert.deepEqual(changed.resource.status, status);
    assert.deepEqual(changed.resource.spec, resource.spec);
    assert.equal(changed.resource.account, caller.account);
    await controller.remove('instance', resource.id, caller);
    await assertRefused(world, () => controller.setInstanceStatus(resource.id, status), {
      code: 'not-found',
      field: 'id',
      value: resource.id,
    });
  });

  it('passes receipts and commits on', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    assert.deepEqual(await controller.applied(7, 100), { revision: 7, applied: true, hosts: [] });
    const seen: number[] = [];
    await controller.create('vpc', block, caller);
    const watch = await controller.watch(0, ({ revision }) => seen.push(revision));
    await controller.create('vpc', block, caller);
    watch.close();
    await controller.create('vpc', block, caller);
    assert.deepEqual(seen, [1, 2]);
  });
});
