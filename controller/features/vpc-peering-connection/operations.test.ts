import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisible } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { testOwner, World } from '../../testing/world.ts';
import { expire } from './operations.ts';

const kind = 'vpc-peering-connection';
const stranger = { ...testOwner, account: '210987654321' };

async function twoVpcs(world: World) {
  const requester = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
  const accepter = await world.create('vpc', { cidrBlock: '10.1.0.0/16' }, stranger);
  const wanted = { requesterVpcId: requester.id, accepterVpcId: accepter.id };
  const ask = () => world.create(kind, { ...wanted, accepterAccount: stranger.account });
  return { requester, accepter, wanted, ask };
}

describe('a peering connection', () => {
  it('is asked for by one account, and active when the other accepts', async () => {
    await using world = await World.create();
    const { wanted, ask } = await twoVpcs(world);
    const connection = await ask();
    assert.equal(connection.account, testOwner.account);
    assert.deepEqual(connection.spec, {
      ...wanted,
      accepterAccount: stranger.account,
      state: 'pending-acceptance',
    });
    await assertRefused(world, () => world.update(kind, connection.id, { state: 'active' }), {
      code: 'wrong-state',
      field: 'spec.state',
      value: 'active',
    });
    const active = await world.update(kind, connection.id, { state: 'active' }, stranger);
    assert.equal(active.spec.state, 'active');
    await assertRefused(world, () => world.update(kind, connection.id, { state: 'rejected' }, stranger), {
      code: 'wrong-state',
      field: 'spec.state',
      value: 'rejected',
    });
    await world.remove(kind, connection.id);
  });

  it('tells public names when it is active, each side by the word of its owner', async () => {
    await using world = await World.create();
    const { ask } = await twoVpcs(world);
    const { id } = await ask();
    const refused = (spec: Record<string, boolean>, owner: typeof stranger, fix: RegExp) => {
      const [[option, value] = []] = Object.entries(spec);
      return assertRefused(world, () => world.update(kind, id, spec, owner), {
        code: 'wrong-state',
        field: `spec.${option}`,
        value,
        fix,
      });
    };
    await refused({ requesterAllowsDns: true }, testOwner, /when the connection is active/);
    await world.update(kind, id, { state: 'active' }, stranger);
    await refused({ requesterAllowsDns: true }, stranger, /owner of the other VPC/);
    await refused({ accepterAllowsDns: true }, testOwner, /owner of the other VPC/);
    await world.update(kind, id, { requesterAllowsDns: true });
    const both = await world.update(kind, id, { accepterAllowsDns: true }, stranger);
    assert.deepEqual([both.spec.requesterAllowsDns, both.spec.accepterAllowsDns], [true, true]);
    const less = await world.update(kind, id, { requesterAllowsDns: false });
    assert.deepEqual([less.spec.requesterAllowsDns, less.spec.accepterAllowsDns], [false, true]);
  });

  it('can be rejected, and asked for again', async () => {
    await using world = await World.create();
    const { ask } = await twoVpcs(world);
    const { id } = await ask();
    await assertRefused(world, ask, {
      code: 'already-exists',
      field: 'spec.accepterVpcId',
      value: world.get(kind, id).spec.accepterVpcId,
    });
    assert.equal((await world.update(kind, id, { state: 'rejected' }, stranger)).spec.state, 'rejected');
    await ask();
  });

  it('needs two VPCs with different addresses, of which one is the own', async () => {
    await using world = await World.create();
    const { requester, accepter, wanted } = await twoVpcs(world);
    const overlapping = await world.create('vpc', { cidrBlock: '10.0.16.0/20' });
    const field = 'spec.accepterVpcId';
    const cases = [
      [{ ...wanted, accepterVpcId: overlapping.id }, 'overlap', overlapping.id],
      [{ ...wanted, accepterVpcId: requester.id }, 'invalid-value', requester.id],
      [wanted, 'unknown-reference', accepter.id],
    ] as const;
    for (const [spec, code, value] of cases) {
      await assertRefused(world, () => world.create(kind, spec), { code, field, value });
    }
    await assertRefused(world, () => world.create(kind, { ...wanted, requesterVpcId: accepter.id }), {
      code: 'unknown-reference',
      field: 'spec.requesterVpcId',
      value: accepter.id,
    });
  });

  it('fails the same way for whatever is wrong on the side of another account, and counts for nothing', async () => {
    await using world = await World.create();
    const { requester, accepter } = await twoVpcs(world);
    const overlapping = await world.create('vpc', { cidrBlock: '10.0.16.0/20' }, stranger);
    const absent = `vpc-${'0'.repeat(17)}`;
    const ask = (accepterVpcId: string, accepterAccount = stranger.account) =>
      world.create(kind, { requesterVpcId: requester.id, accepterVpcId, accepterAccount });
    const seen = [];
    for (const [id, account] of [
      [overlapping.id, stranger.account],
      [absent, stranger.account],
      [accepter.id, '333333333333'],
      [requester.id, stranger.account],
    ] as const) {
      const { status, tags, spec } = await ask(id, account);
      seen.push({ status, tags, spec: { ...spec, accepterVpcId: '', accepterAccount: '' } });
    }
    assert.equal(seen[0]?.spec.state, 'failed');
    for (const other of seen) assert.deepEqual(other, seen[0]);
    const { spec, ...rest } = await ask(absent);
    const failed = { ...rest, spec };
    const shows = (account: string) => isVisible(failed, { account, region: testOwner.region });
    assert.deepEqual([shows(testOwner.account), shows(stranger.account)], [true, false]);
    await assertRefused(world, () => world.update(kind, failed.id, { state: 'active' }, stranger), {
      code: 'wrong-state',
      field: 'spec.state',
      value: 'active',
    });
    for (let count = 0; count < 25; count++) await ask(absent);
    assert.equal((await ask(accepter.id)).spec.state, 'pending-acceptance', 'they take no room');
    await world.remove('vpc', overlapping.id);
    await world.remove('vpc', requester.id);
    assert.equal(world.topology.count(kind), 0);
  });

  it('is no way to try out the addresses of another account before it has accepted', async () => {
    await using world = await World.create();
    const { requester, accepter, ask } = await twoVpcs(world);
    const { id } = await ask();
    const block = '10.1.128.0/17';
    const grow = () => world.update('vpc', requester.id, { secondaryCidrBlocks: [block] });
    await grow();
    const accept = () => world.update(kind, id, { state: 'active' }, stranger);
    await assertRefused(world, accept, { code: 'overlap', field: 'spec.accepterVpcId', value: accepter.id });
    await assert.rejects(accept(), { message: /have addresses in common$/ });
    await world.update('vpc', requester.id, { secondaryCidrBlocks: [] });
    await accept();
    await assertRefused(world, grow, { code: 'overlap', field: 'spec.secondaryCidrBlocks[0]', value: block });
  });

  it('can go while routes and rules use it, which are stale then', async () => {
    await using world = await World.create();
    const { requester, accepter, ask } = await twoVpcs(world);
    const { id } = await ask();
    const group = accepter.spec.defaultSecurityGroupId;
    const rule = { groupId: requester.spec.defaultSecurityGroupId, direction: 'ingress', protocol: 'all' };
    const create = () => world.create('security-group-rule', { ...rule, referencedGroupId: group });
    await assertRefused(world, create, {
      code: 'unknown-reference',
      field: 'spec.referencedGroupId',
      value: group,
    });
    const table = requester.spec.mainRouteTableId;
    const routes = [{ destination: '10.1.0.0/16', target: id }];
    await world.update('route-table', table, { routes });
    await world.update(kind, id, { state: 'active' }, stranger);
    const { status } = await create();
    assert.deepEqual([status.vpcPeeringConnectionId, status.peerVpcId], [id, accepter.id]);
    await world.remove(kind, id);
    const more = [...routes, { destination: '192.0.2.0/24', target: 'blackhole' }];
    await world.update('route-table', table, { routes: more });
    await assertRefused(
      world,
      () => world.update('route-table', table, { routes: [{ destination: '10.2.0.0/16', target: id }] }),
      { code: 'unknown-reference', field: 'spec.routes[0].target', value: id },
    );
    await world.remove('vpc', accepter.id);
  });

  it('goes with either VPC, but a request of another account has to be rejected first', async () => {
    await using world = await World.create();
    const { requester, accepter, ask } = await twoVpcs(world);
    const connection = await ask();
    const remove = () => world.remove('vpc', accepter.id);
    const refusal = { code: 'in-use', field: 'id', value: accepter.id, fix: /^Reject pcx-/ } as const;
    await assertRefused(world, remove, refusal);
    await world.update(kind, connection.id, { state: 'active' }, stranger);
    await remove();
    assert.equal(world.topology.get(kind, connection.id), undefined);

    const third = await world.create('vpc', { cidrBlock: '10.2.0.0/16' });
    const create = (accepterVpcId: string) =>
      world.create(kind, { requesterVpcId: requester.id, accepterVpcId });
    const own = await create(third.id);
    await world.remove('vpc', third.id);
    assert.equal(world.topology.get(kind, own.id), undefined);
    const fourth = await world.create('vpc', { cidrBlock: '10.3.0.0/16' }, stranger);
    const wanted = { requesterVpcId: requester.id, accepterVpcId: fourth.id };
    const asked = await world.create(kind, { ...wanted, accepterAccount: stranger.account });
    await world.remove('vpc', requester.id);
    assert.equal(world.topology.get(kind, asked.id), undefined);
    assert.equal(world.topology.count(kind), 0);
  });

  it('is asked for by a VPC 25 times at once, which takes nothing from those that are asked', async () => {
    await using world = await World.create();
    const { requester, accepter, ask } = await twoVpcs(world);
    const others = [];
    for (let i = 0; i < 25; i++) others.push(await world.create('vpc', { cidrBlock: `10.${50 + i}.0.0/16` }));
    const asked = [];
    for (const { id } of others) {
      asked.push(await world.create(kind, { requesterVpcId: requester.id, accepterVpcId: id }));
    }
    await assertRefused(world, ask, {
      code: 'wrong-state',
      field: 'spec.requesterVpcId',
      value: requester.id,
    });
    await world.update(kind, asked[0]?.id ?? '', { state: 'active' });
    const last = await ask();
    assert.equal(last.spec.accepterVpcId, accepter.id);
  });

  it('is no route of a VPC that it does not join', async () => {
    await using world = await World.create();
    const { ask } = await twoVpcs(world);
    const { id } = await ask();
    const third = await world.create('vpc', { cidrBlock: '10.2.0.0/16' });
    const routes = [{ destination: '10.1.0.0/16', target: id }];
    await assertRefused(world, () => world.update('route-table', third.spec.mainRouteTableId, { routes }), {
      code: 'invalid-value',
      field: 'spec.routes[0].target',
      value: id,
    });
  });

  it('joins no VPCs with IPv6 addresses in common, nor gives a VPC such a block later', async () => {
    await using world = await World.create();
    const create = (cidrBlock: string, ipv6CidrBlock?: string) =>
      world.create('vpc', { cidrBlock, ...(ipv6CidrBlock ? { ipv6CidrBlock } : {}) });
    const one = await create('10.0.0.0/16', 'fd00:0:0:100::/56');
    const same = await create('10.1.0.0/16', 'fd00:0:0:100::/56');
    const later = await create('10.2.0.0/16');
    const ask = (accepter: { id: string }) =>
      world.create(kind, { requesterVpcId: one.id, accepterVpcId: accepter.id });
    await assertRefused(world, () => ask(same), {
      code: 'overlap',
      field: 'spec.accepterVpcId',
      value: same.id,
    });
    await ask(later);
    const block = (ipv6CidrBlock: string) => world.update('vpc', later.id, { ipv6CidrBlock });
    await assertRefused(world, () => block('fd00:0:0:100::/56'), {
      code: 'overlap',
      field: 'spec.ipv6CidrBlock',
      value: 'fd00:0:0:100::/56',
    });
    await block('fd00:0:0:200::/56');
  });

  it('is expired when nobody answers: it joins nothing, and another may be asked for', async () => {
    await using world = await World.create();
    const { ask } = await twoVpcs(world);
    const connection = await ask();
    await world.run((draft) => expire(draft, world.get(kind, connection.id)));
    assert.equal(world.get(kind, connection.id).spec.state, 'expired');
    await assertRefused(world, () => world.update(kind, connection.id, { state: 'active' }, stranger), {
      code: 'wrong-state',
      field: 'spec.state',
      value: 'active',
    });
    const again = await ask();
    await world.update(kind, again.id, { state: 'active' }, stranger);
    await world.run((draft) => expire(draft, world.get(kind, again.id)));
    assert.equal(world.get(kind, again.id).spec.state, 'active', 'what is answered does not expire');
  });
});
