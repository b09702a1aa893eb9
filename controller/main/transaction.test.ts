import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceOf } from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import { assertRefused, census } from '../testing/assertions.ts';
import { testOwner as caller, World } from '../testing/world.ts';
import { EmbeddedController } from './controller.ts';
import { FlowQuota } from './flow-quota.ts';
import { Hosts } from './hosts.ts';

const cidrBlock = '10.0.0.0/16';
const key = { key: 'k1', fingerprint: 'create a vpc' };

function controllerOf({ store, topology: view, executor, compiler }: World): EmbeddedController {
  const southbound = {} as Southbound;
  return new EmbeddedController({
    store,
    view,
    executor,
    flowQuota: new FlowQuota(compiler, view),
    placements: { applied: (revision, timeoutMs, confirm) => confirm(revision, timeoutMs) },
    hosts: new Hosts(view, executor, southbound),
    southbound,
  });
}

describe('a plan of several writes', () => {
  it('is one commit, and each write sees those before it', async () => {
    await using world = await World.create();
    const { result, revision } = await controllerOf(world).transaction(caller, (batch) => {
      const vpc = batch.create('vpc', { spec: { cidrBlock } });
      const subnet = batch.create('subnet', {
        spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24', zone: 'a' },
      });
      const port = batch.create('network-interface', { spec: { subnetId: subnet.id } });
      batch.update('network-interface', port.id, { tags: { Name: 'first' } });
      return port.id;
    });
    assert.equal(revision, 1);
    assert.equal(world.commits.length, 1);
    const port = world.get('network-interface', result);
    assert.equal(port.spec.privateAddress, '10.0.1.4');
    assert.deepEqual(port.tags, { Name: 'first' });
  });

  it('is refused for what its own writes are in the way of, and then nothing is written', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const before = census(world);
    await assertRefused(
      world,
      () =>
        controller.transaction(caller, (batch) => {
          const vpc = batch.create('vpc', { spec: { cidrBlock } });
          for (const block of ['10.0.1.0/24', '10.0.1.128/25']) {
            batch.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: block, zone: 'a' } });
          }
        }),
      { code: 'overlap', field: 'spec.cidrBlock', value: '10.0.1.128/25' },
    );
    assert.deepEqual(census(world), before);
  });

  it('may take away what it has made', async () => {
    await using world = await World.create();
    const { revision } = await controllerOf(world).transaction(caller, (batch) => {
      const vpc = batch.create('vpc', { spec: { cidrBlock } });
      const subnet = batch.create('subnet', {
        spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24', zone: 'a' },
      });
      batch.remove('subnet', subnet.id);
      batch.remove('vpc', vpc.id);
    });
    assert.equal(world.topology.count('vpc') + world.topology.count('subnet'), 0);
    assert.equal(world.topology.count('security-group') + world.topology.count('route-table'), 0);
    assert.ok(revision <= 1);
  });
});

describe('an idempotency key', () => {
  const plan = (controller: EmbeddedController, block = cidrBlock, idempotencyKey = key, who = caller) =>
    controller.transaction(who, (batch) => batch.create('vpc', { spec: { cidrBlock: block } }).id, {
      idempotencyKey,
    });

  it('lets a request be carried out once, whatever came in between', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const first = await plan(controller);
    await controller.create('vpc', { spec: { cidrBlock } }, caller);
    const second = await plan(controller);
    assert.deepEqual(second, { ...first, replayed: true });
    assert.equal(first.replayed, false);
    assert.equal(world.topology.count('vpc'), 2);
  });

  it('holds for two requests at the same time', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const [one, two] = await Promise.all([plan(controller), plan(controller)]);
    assert.equal(one.result, two.result);
    assert.equal(world.topology.count('vpc'), 1);
  });

  it('is refused for another request, and is free for other accounts', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const { result } = await plan(controller);
    const other = { ...key, fingerprint: 'create another' };
    await assertRefused(world, () => plan(controller, '10.1.0.0/16', other), {
      code: 'idempotency-mismatch',
      field: 'Idempotency-Key',
      value: 'k1',
    });
    const stranger = await plan(controller, cidrBlock, key, { ...caller, account: '210987654321' });
    assert.notEqual(stranger.result, result);
  });

  it('is not spent by a request that was refused', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    await assert.rejects(plan(controller, '10.0.0.0/8'));
    assert.equal((await plan(controller)).replayed, false);
  });
});

describe('a preview', () => {
  it('tells changes and flows of each host, and writes nothing', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const host = await world.host(1);
    await world.host(2);
    const vpc = await world.create('vpc', { cidrBlock });
    const subnet = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.1.0/24', zone: 'zone-a' });
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind(host.id, port.id, 7);
    const revision = world.store.revision;
    const count = () => [...world.flows().values()].reduce((sum, flows) => sum + flows.length, 0);
    const before = count();
    const spec = {
      groupId: vpc.spec.defaultSecurityGroupId,
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 80,
      toPort: 80,
      cidrIpv4: '192.0.2.0/24',
    };
    const { result, changes, flows } = controller.preview(caller, (batch) =>
      batch.create('security-group-rule', { spec }),
    );
    assert.equal(world.store.revision, revision);
    assert.equal(world.topology.get('security-group-rule', result.id), undefined);
    const made = changes.find(({ kind }) => kind === 'security-group-rule');
    assert.equal(made?.before, undefined);
    const rule = made?.after as ResourceOf<'security-group-rule'> | undefined;
    assert.equal(rule?.spec.cidrIpv4, '192.0.2.0/24');
    await world.create('security-group-rule', spec);
    const added = count() - before;
    assert.ok(added > 0);
    assert.deepEqual(
      [...flows],
      [[host.id, { added, removed: 0 }]],
      'the other host has no interface of the VPC',
    );
  });

  it('of a removal counts what goes', async () => {
    await using world = await World.create();
    const controller = controllerOf(world);
    const host = await world.host(1);
    const vpc = await world.create('vpc', { cidrBlock });
    const subnet = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.1.0/24', zone: 'zone-a' });
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind(host.id, port.id, 7);
    const { flows } = controller.preview(caller, (batch) => batch.remove('network-interface', port.id));
    const cost = flows.get(host.id);
    assert.ok(cost && cost.added === 0 && cost.removed >= 5, JSON.stringify(cost));
  });
});
