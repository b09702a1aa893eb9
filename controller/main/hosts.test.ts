import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReportedPort } from '../controller.ts';
import type { HostSpec } from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import { assertRefused, deeds } from '../testing/assertions.ts';
import { network } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { Hosts, leaseMs } from './hosts.ts';

const spec: HostSpec = {
  tunnelAddress: '198.18.0.1',
  zone: 'zone-a',
  datapathId: '0000000000000001',
  tunnelPort: 1,
  externalPorts: {},
  computeDrivers: [],
};

/** Hosts of a world, with a southbound that only notes who registered. */
async function hostsOf(world: World) {
  const registered: string[] = [];
  const southbound = {
    hostRegistered: (name: string) => registered.push(name),
    liveness: () => ({ openflow: 'down', appliedRevision: 3 }),
  } as unknown as Southbound;
  const hosts = new Hosts(world.topology, world.executor, southbound);
  hosts.load();
  await world.store.watch(world.store.revision, (commit) => hosts.follow(commit));
  return { hosts, registered };
}

describe('a host', () => {
  it('is registered once, and keeps its number when it changes', async () => {
    await using world = await World.create();
    const { hosts, registered } = await hostsOf(world);
    const first = await hosts.register('a', spec);
    assert.deepEqual([first.resource.id, first.resource.number, first.revision], ['a', 1, 1]);
    assert.deepEqual(first.resource.spec, spec);
    const again = await hosts.register('a', { ...spec });
    assert.equal(again.revision, 1, 'the same again is no commit');
    const changed = await hosts.register('a', { ...spec, tunnelAddress: '198.18.0.9' });
    assert.deepEqual([changed.resource.number, changed.revision], [1, 2]);
    assert.equal(changed.resource.spec.tunnelAddress, '198.18.0.9');
    assert.deepEqual(registered, ['a', 'a', 'a'], 'the southbound looks each time');
  });

  it('has a datapath of its own', async () => {
    await using world = await World.create();
    const { hosts, registered } = await hostsOf(world);
    await hosts.register('a', spec);
    await assertRefused(world, () => hosts.register('b', spec), {
      code: 'already-exists',
      field: 'spec.datapathId',
      value: spec.datapathId,
      fix: /delete host a/,
    });
    assert.deepEqual(registered, ['a']);
    await hosts.register('a', { ...spec, datapathId: '0000000000000002' });
    assert.deepEqual(hosts.byDatapath('0000000000000002'), { hostId: 'a' });
    assert.equal(hosts.byDatapath(spec.datapathId), undefined);
    await hosts.register('b', { ...spec, tunnelAddress: '198.18.0.2' });
    assert.deepEqual(hosts.byDatapath(spec.datapathId), { hostId: 'b' });
    await world.remove('host', 'b');
    assert.equal(hosts.byDatapath(spec.datapathId), undefined);
  });

  it('stands in the audit log with who said what it is, and not with what it observes', async () => {
    await using world = await World.create();
    const { hosts } = await hostsOf(world);
    const origin = { principal: 'host a', address: '192.0.2.1', requestId: 'r', action: 'PUT /v1/hosts/a' };
    await hosts.register('a', spec, origin);
    await hosts.register('a', { ...spec }, origin);
    await hosts.register('a', { ...spec, tunnelAddress: '198.18.0.9' }, origin);
    await hosts.report('a', []);
    await assert.rejects(hosts.register('b', spec, { ...origin, principal: 'host b' }));
    const entries = await world.store.audit.query({ limit: 10 });
    assert.deepEqual(
      entries.map(({ principal, outcome, kind, id, before, after }) => [
        principal,
        outcome,
        kind,
        id,
        before,
        after,
      ]),
      [
        ['host b', 'already-exists', undefined, undefined, undefined, undefined],
        ['host a', 'done', 'host', 'a', 1, 2],
        ['host a', 'done', 'host', 'a', undefined, 1],
      ],
    );
  });

  it('is found by its datapath after a restart, too', async () => {
    await using world = await World.create();
    await (await hostsOf(world)).hosts.register('a', spec);
    const { hosts } = await hostsOf(world);
    assert.deepEqual(hosts.byDatapath(spec.datapathId), { hostId: 'a' });
    assert.equal(hosts.liveness('a').agent, 'down', 'nobody has heard of it since');
  });

  it('is up for fifteen seconds after each sign of life', async ({ mock: { timers } }) => {
    timers.enable({ apis: ['Date'], now: 0 });
    await using world = await World.create();
    const { hosts } = await hostsOf(world);
    assert.equal(hosts.liveness('a').agent, 'down', 'never heard of');
    await hosts.register('a', spec);
    assert.deepEqual(hosts.liveness('a'), { agent: 'up', openflow: 'down', appliedRevision: 3 });
    timers.setTime(leaseMs - 1);
    assert.equal(hosts.liveness('a').agent, 'up');
    timers.setTime(leaseMs);
    assert.equal(hosts.liveness('a').agent, 'down');
    hosts.heartbeat('a');
    assert.equal(hosts.liveness('a').agent, 'up');
    timers.setTime(2 * leaseMs);
    assert.equal(hosts.liveness('a').agent, 'down');
  });

  it('that is gone has no lease, and says nothing any more', async () => {
    await using world = await World.create();
    const { hosts } = await hostsOf(world);
    await hosts.register('a', spec);
    await world.remove('host', 'a');
    assert.equal(hosts.liveness('a').agent, 'down');
    const refusal = { code: 'not-found', field: 'name', value: 'a', fix: /PUT \/v1\/hosts\/NAME/ } as const;
    await assertRefused(world, async () => hosts.heartbeat('a'), refusal);
    await assertRefused(world, () => hosts.report('a', []), refusal);
    await assertRefused(world, () => hosts.bind('a', { networkInterfaceId: 'eni-1', ofport: 1 }), refusal);
  });
});

describe('the ports of a host', () => {
  async function withPorts(world: World) {
    const { hosts } = await hostsOf(world);
    await hosts.register('a', spec);
    await hosts.register('b', { ...spec, datapathId: '0000000000000002', tunnelAddress: '198.18.0.2' });
    const { subnet } = await network(world);
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      ids.push((await world.create('network-interface', { subnetId: subnet.id })).id);
    }
    const bound = () =>
      [...world.topology.all('binding')].map(({ spec }) => [
        spec.hostId,
        ids.indexOf(spec.networkInterfaceId),
        spec.ofport,
      ]);
    const port = (index: number, ofport: number): ReportedPort => ({
      networkInterfaceId: ids[index] ?? `eni-${index}`,
      ofport,
    });
    return { hosts, ids, bound: () => bound().sort(), port };
  }

  it('bind and unbind one by one', async () => {
    await using world = await World.create();
    const { hosts, bound, port, ids } = await withPorts(world);
    const { resource, revision } = await hosts.bind('a', port(0, 10));
    assert.equal(resource.id, `a/${ids[0]}`);
    assert.equal(revision, world.store.revision);
    assert.equal((await hosts.bind('a', port(0, 10))).revision, revision, 'again is no commit');
    await hosts.bind('b', port(0, 20));
    assert.deepEqual(bound(), [
      ['a', 0, 10],
      ['b', 0, 20],
    ]);
    await hosts.unbind('a', ids[0] ?? '');
    assert.deepEqual(bound(), [['b', 0, 20]]);
    assert.equal((await hosts.unbind('a', ids[0] ?? '')).revision, world.store.revision);
  });

  it('of unknown interfaces are refused one by one', async () => {
    await using world = await World.create();
    const { hosts, port } = await withPorts(world);
    await assertRefused(world, () => hosts.bind('a', port(9, 10)), {
      code: 'not-found',
      field: 'networkInterfaceId',
      value: 'eni-9',
      fix: /iface-id/,
    });
  });

  it('are, after a full report, exactly the reported ones, in one commit', async () => {
    await using world = await World.create();
    const { hosts, bound, port } = await withPorts(world);
    await hosts.bind('b', port(0, 20));
    assert.deepEqual(await hosts.report('a', [port(0, 10), port(1, 11)]), {
      revision: world.store.revision,
      unknown: [],
    });
    const commits = world.commits.length;
    await hosts.report('a', [port(1, 12), port(2, 13)]);
    assert.equal(world.commits.length, commits + 1);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+binding', '-binding', '~binding']);
    assert.deepEqual(bound(), [
      ['a', 1, 12],
      ['a', 2, 13],
      ['b', 0, 20],
    ]);
    await hosts.report('a', [port(2, 13), port(1, 12)]);
    assert.equal(world.commits.length, commits + 1, 'the same again is no commit');
    await hosts.report('a', []);
    assert.deepEqual(bound(), [['b', 0, 20]], 'other hosts are not touched');
  });

  it('may change places in one report, as after a restart of Open vSwitch', async () => {
    await using world = await World.create();
    const { hosts, bound, port } = await withPorts(world);
    await hosts.report('a', [port(0, 10), port(1, 11)]);
    await hosts.report('a', [port(0, 11), port(1, 10)]);
    assert.deepEqual(bound(), [
      ['a', 0, 11],
      ['a', 1, 10],
    ]);
  });

  it('are each of one interface: the newer report counts, and one that says otherwise is refused', async () => {
    await using world = await World.create();
    const { hosts } = await hostsOf(world);
    await hosts.register('a', spec);
    const { subnet } = await network(world);
    const [one, two] = [
      await world.create('network-interface', { subnetId: subnet.id }),
      await world.create('network-interface', { subnetId: subnet.id }),
    ];
    await hosts.bind('a', { networkInterfaceId: one.id, ofport: 7 });
    await hosts.bind('a', { networkInterfaceId: two.id, ofport: 7 });
    assert.deepEqual(deeds(world.commits.at(-1)), ['+binding', '-binding']);
    assert.equal(world.topology.bindingAtPort('a', 7)?.spec.networkInterfaceId, two.id);
    const ports = [one, two].map(({ id }) => ({ networkInterfaceId: id, ofport: 9 }));
    await assertRefused(world, () => hosts.report('a', ports), {
      code: 'invalid-value',
      field: 'ports[1].ofport',
      value: 9,
      fix: /Report each port once/,
    });
  });

  it('of unknown interfaces are skipped in a full report, and returned', async () => {
    await using world = await World.create();
    const { hosts, bound, port } = await withPorts(world);
    const { unknown } = await hosts.report('a', [port(8, 1), port(0, 10), port(9, 2)]);
    assert.deepEqual(unknown, ['eni-8', 'eni-9']);
    assert.deepEqual(bound(), [['a', 0, 10]]);
  });

  it('get slots in turn, so that a freed one rests', async () => {
    await using world = await World.create();
    const { hosts, ids, port } = await withPorts(world);
    const slot = (index: number) => world.get('binding', `a/${ids[index]}`).spec.zoneSlot;
    await hosts.bind('a', port(0, 10));
    await hosts.unbind('a', ids[0] ?? '');
    await hosts.bind('a', port(1, 11));
    assert.equal(slot(1), 2);
    await hosts.report('a', [port(2, 12)]);
    assert.equal(slot(2), 3);
    await hosts.bind('b', port(0, 10));
    assert.equal(world.get('binding', `b/${ids[0]}`).spec.zoneSlot, 1);
  });
});
