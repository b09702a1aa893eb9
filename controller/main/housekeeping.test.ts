import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { Logger } from '../southbound/index.ts';
import { assertRefused } from '../testing/assertions.ts';
import { network } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { Housekeeping, type HousekeepingOptions } from './housekeeping.ts';

const minute = 60_000;
const ignore = () => undefined;
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Housekeeping that follows a world from now on, at time 0. Hosts have confirmed everything unless told otherwise. */
async function keep(world: World, options: Partial<HousekeepingOptions> = {}): Promise<Housekeeping> {
  const housekeeping = new Housekeeping({
    view: world.topology,
    executor: world.executor,
    confirmedEverywhere: () => 0,
    confirmedBy: () => 0,
    logger: silent,
    ...options,
  });
  await world.store.watch(world.store.revision, (commit) => housekeeping.follow(commit));
  return housekeeping;
}

const resting = (world: World) => [...world.topology.all('retired-number')].map(({ id }) => id).sort();

describe('a set of groups without members', () => {
  async function withMember(world: World) {
    const { subnet } = await network(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    const port = await create();
    return { create, port, has: () => world.topology.count('identity') === 1 };
  }

  it('stays a minute, and goes then', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const { port, has } = await withMember(world);
    const housekeeping = await keep(world);
    test.mock.timers.setTime(1000);
    await world.remove('network-interface', port.id);
    await housekeeping.round(1000 + minute - 1);
    assert.ok(has());
    await housekeeping.round(1000 + minute);
    assert.ok(!has());
    assert.ok(resting(world).includes('identity/1'));
    const { revision } = world.store;
    await housekeeping.round(1000 + 9 * minute);
    assert.equal(world.store.revision, revision, 'and that was that');
  });

  it('stays when a member came back, and the minute starts anew when that goes', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const { create, port, has } = await withMember(world);
    const housekeeping = await keep(world);
    await world.remove('network-interface', port.id);
    test.mock.timers.setTime(minute / 2);
    const again = await create();
    await housekeeping.round(2 * minute);
    assert.ok(has());
    test.mock.timers.setTime(3 * minute);
    await world.remove('network-interface', again.id);
    await housekeeping.round(3.5 * minute);
    assert.ok(has());
    await housekeeping.round(4 * minute);
    assert.ok(!has());
  });

  it('is noticed, too, when its members take other groups', async () => {
    await using world = await World.create();
    const { port } = await withMember(world);
    const { vpcId } = port.spec;
    const web = await world.create('security-group', { vpcId, name: 'web' });
    const housekeeping = await keep(world, { unusedIdentityMs: 0 });
    await world.update('network-interface', port.id, { securityGroupIds: [web.id] });
    assert.equal(world.topology.count('identity'), 2);
    await housekeeping.round(Date.now());
    assert.deepEqual(
      [...world.topology.all('identity')].map(({ id }) => id),
      [web.id],
    );
  });

  it('is noticed at the start, when it was empty before', async () => {
    await using world = await World.create();
    const { port, has } = await withMember(world);
    await world.remove('network-interface', port.id);
    const housekeeping = await keep(world, { unusedIdentityMs: 0 });
    await housekeeping.round(Date.now());
    assert.ok(has(), 'nobody has looked yet');
    housekeeping.start();
    housekeeping.stop();
    await housekeeping.round(Date.now());
    assert.ok(!has());
  });

  it('that went with its group is no error', async () => {
    await using world = await World.create();
    const { subnet, vpc } = await network(world);
    const web = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    const spec = { subnetId: subnet.id, securityGroupIds: [web.id] };
    const port = await world.create('network-interface', spec);
    const housekeeping = await keep(world, { unusedIdentityMs: 0 });
    await world.remove('network-interface', port.id);
    await world.remove('security-group', web.id);
    const { revision } = world.store;
    await housekeeping.round(Date.now());
    assert.equal(world.store.revision, revision);
  });
});

describe('freed numbers', () => {
  /** Numbers are given back in the order in which they were freed, which the clock tells: at 1 and at 2. */
  async function retireTwo(world: World, setTime: (milliseconds: number) => void): Promise<[number, number]> {
    const block = { cidrBlock: '10.0.0.0/16' };
    const [first, second] = [await world.create('vpc', block), await world.create('vpc', block)];
    setTime(1);
    await world.remove('vpc', first.id);
    const { revision } = world.store;
    setTime(2);
    await world.remove('vpc', second.id);
    return [revision, world.store.revision];
  }
  const vpcs = (world: World) => resting(world).filter((id) => id.startsWith('vpc/'));

  it('rest until every host has confirmed that they are gone', async ({ mock: { timers } }) => {
    timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const [first, second] = await retireTwo(world, (time) => timers.setTime(time));
    let confirmed = 0;
    const housekeeping = await keep(world, { confirmedEverywhere: () => confirmed });
    await housekeeping.round(0);
    assert.deepEqual(vpcs(world), ['vpc/1', 'vpc/2']);
    confirmed = first - 1;
    await housekeeping.round(0);
    assert.deepEqual(vpcs(world), ['vpc/1', 'vpc/2']);
    confirmed = first;
    await housekeeping.round(0);
    assert.deepEqual(vpcs(world), ['vpc/2']);
    confirmed = second;
    await housekeeping.round(0);
    assert.deepEqual(resting(world), []);
  });

  it('come back in batches', async ({ mock: { timers } }) => {
    timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const [, second] = await retireTwo(world, (time) => timers.setTime(time));
    const total = resting(world).length;
    const housekeeping = await keep(world, { confirmedEverywhere: () => second, batch: 4 });
    await housekeeping.round(0);
    assert.equal(resting(world).length, total - 4);
  });
});

describe('rounds', () => {
  it('come at each interval until they are stopped, and go on after a failure', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval', 'Date'], now: 0 });
    await using world = await World.create();
    const errors = mock.fn();
    let rounds = 0;
    const housekeeping = await keep(world, {
      logger: { ...silent, error: errors },
      confirmedEverywhere: () => {
        rounds++;
        if (rounds === 1) throw new Error('no answer');
        return 0;
      },
      intervalMs: 100,
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    housekeeping.start();
    test.mock.timers.tick(99);
    await turn();
    assert.equal(rounds, 0);
    test.mock.timers.tick(1);
    await turn();
    assert.equal(rounds, 1);
    assert.equal(errors.mock.callCount(), 1);
    test.mock.timers.tick(100);
    await turn();
    assert.equal(rounds, 2);
    assert.equal(errors.mock.callCount(), 1);
    housekeeping.stop();
    test.mock.timers.tick(1000);
    await turn();
    assert.equal(rounds, 2);
  });
});

describe('a request that is not to be carried out twice', () => {
  it('is remembered for a day, and forgotten then', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const housekeeping = await keep(world);
    const spec = { fingerprint: 'f', result: null };
    await world.run((draft) => draft.create('request-record', { id: 'a/r/first', spec }));
    test.mock.timers.setTime(60 * minute);
    await world.run((draft) => draft.create('request-record', { id: 'a/r/second', spec }));
    const left = () => [...world.topology.all('request-record')].map(({ id }) => id);
    await housekeeping.round(24 * 60 * minute - 1);
    assert.deepEqual(left(), ['a/r/first', 'a/r/second']);
    await housekeeping.round(24 * 60 * minute);
    assert.deepEqual(left(), ['a/r/second']);
  });
});

describe('the address of a deleted interface', () => {
  it('is free when every host that had it has confirmed, and not before', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    await world.host(1);
    await world.host(2);
    const confirmed = new Map<string, number>();
    const housekeeping = await keep(world, { confirmedBy: (hostId) => confirmed.get(hostId) ?? 0 });
    const spec = { subnetId: subnet.id, privateAddress: '10.0.1.9' };
    const port = await world.create('network-interface', spec);
    await world.bind('host-1', port.id, 7);
    await world.bind('host-2', port.id, 7);
    await world.remove('network-interface', port.id);
    const isRefused = () =>
      assertRefused(world, () => world.create('network-interface', spec), {
        code: 'address-in-use',
        field: 'spec.privateAddress',
        value: '10.0.1.9',
        fix: /host/,
      });
    await housekeeping.round(0);
    await isRefused();
    confirmed.set('host-1', world.store.revision);
    await housekeeping.round(0);
    await isRefused();
    confirmed.set('host-2', world.store.revision);
    await housekeeping.round(0);
    await world.create('network-interface', spec);
    assert.deepEqual(
      [...world.topology.all('address-claim')].filter(({ spec }) => spec.hostIds),
      [],
    );
  });

  it('is free at once when it was on no host, and when its host is deleted', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const spec = { subnetId: subnet.id, privateAddress: '10.0.1.9' };
    await world.remove('network-interface', (await world.create('network-interface', spec)).id);
    const port = await world.create('network-interface', spec);
    const host = await world.host(1);
    const housekeeping = await keep(world);
    await world.bind(host.id, port.id, 7);
    await world.remove('network-interface', port.id);
    await world.remove('host', host.id);
    await housekeeping.round(0);
    await world.create('network-interface', spec);
  });

  it('is still held after a restart of the controller', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const host = await world.host(1);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind(host.id, port.id, 7);
    await world.remove('network-interface', port.id);
    let confirmed = 0;
    const housekeeping = await keep(world, { confirmedBy: () => confirmed });
    housekeeping.start();
    housekeeping.stop();
    await housekeeping.round(0);
    assert.equal(world.topology.count('address-claim'), 2, 'address and MAC');
    confirmed = world.store.revision;
    await housekeeping.round(0);
    assert.equal(world.topology.count('address-claim'), 0);
  });
});

describe('a request for peering', () => {
  it('that has failed is gone after 2 hours', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const housekeeping = await keep(world);
    housekeeping.start();
    housekeeping.stop();
    const { id: requesterVpcId } = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const accepterVpcId = `vpc-${'0'.repeat(17)}`;
    const wanted = { requesterVpcId, accepterVpcId, accepterAccount: '210987654321' };
    const { id, spec } = await world.create('vpc-peering-connection', wanted);
    assert.equal(spec.state, 'failed');
    await housekeeping.round(120 * minute - 1);
    assert.ok(world.topology.get('vpc-peering-connection', id));
    await housekeeping.round(120 * minute);
    assert.equal(world.topology.get('vpc-peering-connection', id), undefined);
  });

  it('is expired after 7 days without an answer, and gone 2 days later, also when it was there at the start', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const ask = async (index: number) => {
      const [one, two] = [2 * index, 2 * index + 1].map((block) => `10.${block}.0.0/16`);
      const requester = await world.create('vpc', { cidrBlock: one });
      const accepter = await world.create('vpc', { cidrBlock: two });
      return world.create('vpc-peering-connection', {
        requesterVpcId: requester.id,
        accepterVpcId: accepter.id,
      });
    };
    const early = await ask(0);
    const housekeeping = await keep(world);
    housekeeping.start();
    housekeeping.stop();
    const accepted = await ask(1);
    const late = await ask(2);
    await world.update('vpc-peering-connection', accepted.id, { state: 'active' });
    const states = () =>
      [early, accepted, late].map(({ id }) => world.get('vpc-peering-connection', id).spec.state);
    const week = 7 * 24 * 60 * minute;
    await housekeeping.round(week - 1);
    assert.deepEqual(states(), ['pending-acceptance', 'active', 'pending-acceptance']);
    await housekeeping.round(week);
    assert.deepEqual(states(), ['expired', 'active', 'expired']);
    const left = () => [...world.topology.all('vpc-peering-connection')].map(({ id }) => id);
    const twoDays = 2 * 24 * 60 * minute;
    await housekeeping.round(week + twoDays - 1);
    assert.deepEqual(new Set(left()), new Set([early.id, accepted.id, late.id]));
    await housekeeping.round(week + twoDays);
    assert.deepEqual(left(), [accepted.id]);
  });
});
