import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../testing/assertions.ts';
import { network } from '../testing/scene.ts';
import { testOwner, World } from '../testing/world.ts';
import { FlowQuota } from './flow-quota.ts';

/** A VPC whose account may let it cost so many flows more than it does now. */
async function limited(world: World, room: number) {
  const account = await world.create('account', { id: testOwner.account, name: 'limited' });
  const scene = await network(world);
  await world.create('network-interface', { subnetId: scene.subnet.id });
  const quota = new FlowQuota(world.compiler, world.topology);
  const { flows } = quota.use(scene.vpc.id);
  const allow = (limit: number) =>
    world.update('account', account.id, { quotas: { 'flows-per-vpc': limit } });
  await allow(flows + room);
  const groupId = scene.vpc.spec.defaultSecurityGroupId;
  const rule = (fromPort: number, toPort: number) =>
    world.create('security-group-rule', {
      groupId,
      direction: 'ingress',
      protocol: 'tcp',
      fromPort,
      toPort,
      cidrIpv4: '0.0.0.0/0',
    });
  return { ...scene, quota, flows, allow, rule };
}

describe('the quota of flows of a VPC', () => {
  it('is compiled before a rule is accepted: what it costs, and that nothing is written', async () => {
    await using world = await World.create();
    const { vpc, quota, flows, rule, allow } = await limited(world, 10);
    const cheap = await rule(0, 1023);
    const now = quota.use(vpc.id).flows;
    assert.ok(now > flows && now <= flows + 10, `${flows} → ${now}`);
    // 1 to 65534 are 30 ranges of powers of two.
    await assert.rejects(rule(1, 65534), (error: Error) => {
      const [, more = '', total = '', limit] =
        /cost each of its hosts (\d+) flows more, (\d+) of at most (\d+)/.exec(error.message) ?? [];
      assert.ok(Number(more) >= 30, error.message);
      assert.equal(Number(total), now + Number(more));
      assert.equal(Number(limit), flows + 10);
      return true;
    });
    await assertRefused(world, () => rule(1, 65534), {
      code: 'quota-exceeded',
      field: 'spec',
      value: now + 31,
      fix: /flows-per-vpc/,
    });
    await allow(now + 31);
    await rule(1, 65534);
    assert.equal(quota.use(vpc.id).flows, now + 31, 'what was foretold');
    await allow(1);
    await world.remove('security-group-rule', cheap.id);
    assert.equal(quota.use(vpc.id).flows < now + 31, true, 'less is always allowed');
  });

  it('counts network ACLs, routes and prefix lists, and what rules make of their entries', async () => {
    await using world = await World.create();
    const { vpc, rule, quota, allow } = await limited(world, 1000);
    await rule(80, 80);
    const list = await world.create('prefix-list', { name: 'x', maxEntries: 50 });
    await world.create('security-group-rule', {
      groupId: vpc.spec.defaultSecurityGroupId,
      direction: 'ingress',
      protocol: 'udp',
      prefixListId: list.id,
    });
    await allow(quota.use(vpc.id).flows + 3);
    const networks = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ cidr: `192.0.2.${index}/32` }));
    const refused = { code: 'quota-exceeded', field: 'spec', value: quota.use(vpc.id).flows + 4 } as const;
    const entries = (count: number) => world.update('prefix-list', list.id, { entries: networks(count) });
    await assertRefused(world, () => entries(4), refused);
    const routes = networks(4).map(({ cidr }) => ({ destination: cidr, target: 'blackhole' }));
    const table = vpc.spec.mainRouteTableId;
    await assertRefused(world, () => world.update('route-table', table, { routes }), refused);
    const acl = world.get('network-acl', vpc.spec.defaultNetworkAclId);
    const more = networks(4).map(({ cidr }, index) => ({
      number: index + 1,
      direction: 'ingress',
      action: 'deny',
      protocol: 'all',
      cidrIpv4: cidr,
    }));
    const withMore = { entries: [...acl.spec.entries, ...more] };
    await assertRefused(world, () => world.update('network-acl', acl.id, withMore), refused);
    await entries(3);
  });

  it('binds nobody where there are no accounts', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    assert.equal(new FlowQuota(world.compiler, world.topology).use(vpc.id).limit, undefined);
  });

  it('is 100,000 unless the account says otherwise', async () => {
    await using world = await World.create();
    await world.create('account', { id: testOwner.account, name: 'one' });
    const { vpc } = await network(world);
    assert.equal(new FlowQuota(world.compiler, world.topology).use(vpc.id).limit, 100_000);
  });

  it('counts flows as they come and go, as a full count would', async () => {
    await using world = await World.create();
    const { vpc, rule, quota } = await limited(world, 1000);
    const made = [await rule(1, 99), await rule(5, 77)];
    const counted = () => {
      const content = world.compiler.scope(`vpc:${vpc.id}`);
      return [...(content?.fragments.values() ?? [])].reduce((sum, { flowCount }) => sum + flowCount, 0);
    };
    assert.equal(quota.use(vpc.id).flows, counted());
    await world.remove('security-group-rule', made[0]?.id as string);
    assert.equal(quota.use(vpc.id).flows, counted());
  });
});
