import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { features } from '../features/index.ts';
import type { Feature, FragmentDefinition, ScopeKey } from '../pipeline/index.ts';
import { permanentFragments } from '../testing/golden.ts';
import { cloud, network } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { Topology } from '../topology/index.ts';
import { applyNext, testVpc } from '../topology/testing.ts';
import { Compiler } from './compiler.ts';
import type { ChangeSet } from './types.ts';

/** `SCOPE +KEY`, `SCOPE -KEY` or `SCOPE ~KEY` for each changed fragment, in order. */
function summary(changes: ChangeSet | undefined): string[] {
  return [...(changes?.scopes ?? [])].flatMap(([scope, list]) =>
    list.map(
      ({ before, after }) => `${scope} ${before ? (after ? '~' : '-') : '+'}${(after ?? before)?.key}`,
    ),
  );
}

describe('what a commit means for switches', () => {
  it('of a new VPC: its scope, with what came with it', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const scope = `vpc:${vpc.id}`;
    const codes = summary(world.changes[0]).map((line) => line.replace(/:[^:]*$/, ''));
    assert.deepEqual(codes.sort(), [
      `${scope} +30`,
      `${scope} +32`,
      `${scope} +55`,
      ...codes.filter((line) => line.includes('+56')),
      `${scope} +7`,
    ]);
    assert.equal(world.changes[0]?.revision, 1);
  });

  it('of an interface that moves: one flow for the others, and its port on both hosts', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const bystander = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', id, 10);
    await world.bind('host-1', bystander.id, 11);
    const scope = `vpc:${vpc.id}`;
    const on = (host: string, sign: string) =>
      [4, 6, 21, 22].map((code) => `host:${host} ${sign}${code}:${host}/${id}`);
    await world.bind('host-2', id, 20);
    const waiting = `26:host-2/${id}`;
    assert.deepEqual(
      summary(world.changes.at(-1)).sort(),
      [...on('host-2', '+'), `host:host-2 +${waiting}`].sort(),
    );
    await world.bind('host-2', id, 20, true);
    assert.deepEqual(
      summary(world.changes.at(-1)).sort(),
      [`host:host-2 -${waiting}`, `${scope} ~20:${id}`].sort(),
    );
    await world.unbind('host-1', id);
    assert.deepEqual(
      summary(world.changes.at(-1)).sort(),
      on('host-1', '-').sort(),
      'the others know already',
    );
  });

  it('of a fragment that changes its scope: gone from the old one, new in the other', async () => {
    await using world = await World.create();
    const first = await cloud(world);
    const second = await network(world);
    await world.create('internet-gateway', { vpcId: second.vpc.id });
    const [a, b] = [
      await world.create('network-interface', { subnetId: first.subnet.id }),
      await world.create('network-interface', { subnetId: second.subnet.id }),
    ];
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: a.id });
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: b.id });
    assert.deepEqual(summary(world.changes.at(-1)), [
      `vpc:${first.vpc.id} -40:${elasticIp.id}`,
      `vpc:${second.vpc.id} +40:${elasticIp.id}`,
    ]);
    const outbound = world.compiler.scope(`vpc:${second.vpc.id}`)?.fragments.get(`40:${elasticIp.id}`);
    assert.deepEqual(outbound?.scope, { type: 'vpc', id: second.vpc.id, number: 2 });
  });

  it('is nothing when no flow differs', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    await world.update('security-group', vpc.spec.defaultSecurityGroupId, { description: 'x' });
    assert.deepEqual(summary(world.changes.at(-1)), []);
    assert.equal(world.compiler.scope('vpc:vpc-0'), undefined);
  });
});

describe('who subscribes to a VPC', () => {
  it('is every host with an interface of it, as long as it has one', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    const [first, second] = [await create(), await create()];
    const scope: ScopeKey = `vpc:${vpc.id}`;
    const last = () => {
      const { subscribe, unsubscribe } = world.changes.at(-1) as ChangeSet;
      return { subscribe, unsubscribe };
    };
    const nothing = { subscribe: [], unsubscribe: [] };
    await world.bind('host-1', first.id, 10);
    assert.deepEqual(last(), { ...nothing, subscribe: [{ hostId: 'host-1', scope }] });
    assert.deepEqual(world.compiler.scopesOfHost('host-1'), ['global', scope, 'host:host-1']);
    assert.deepEqual(world.compiler.scopesOfHost('host-2'), ['global', 'host:host-2']);
    await world.bind('host-1', second.id, 11);
    assert.deepEqual(last(), nothing);
    await world.unbind('host-1', first.id);
    assert.deepEqual(last(), nothing);
    await world.remove('network-interface', second.id);
    const end = { hostId: 'host-1', scope, vpcNumber: 1 };
    assert.deepEqual(last(), { ...nothing, unsubscribe: [end] });
    assert.deepEqual(world.compiler.scopesOfHost('host-1'), ['global', 'host:host-1']);
  });

  it('ends with the host', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', port.id, 10);
    await world.remove('host', 'host-1');
    const end = { hostId: 'host-1', scope: `vpc:${vpc.id}`, vpcNumber: 1 };
    assert.deepEqual(world.changes.at(-1)?.unsubscribe, [end]);
  });

  it('is known after a restart', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', port.id, 10);
    const fresh = new Compiler(world.topology, features);
    const { subscribe } = fresh.load();
    assert.deepEqual(subscribe, [{ hostId: 'host-1', scope: `vpc:${vpc.id}` }]);
    assert.equal(fresh.revision, world.store.revision);
  });
});

describe('the compiler', () => {
  /** A feature with one fragment a VPC, in the scope that the test says. */
  function withFeature(scope: () => ScopeKey | undefined) {
    const definition: FragmentDefinition = {
      name: 'test.fragment',
      code: 9,
      compile() {
        const key = scope();
        if (key === undefined) return undefined;
        return {
          scope: { type: 'host', id: key.slice('host:'.length), number: 1 },
          number: 1,
          flows: [],
        };
      },
    };
    const feature: Feature = {
      name: 'test',
      fragments: [definition],
      *affected({ kind, id }) {
        if (kind === 'vpc') yield { definition, id };
      },
    };
    const topology = new Topology();
    const compiler = new Compiler(topology, [feature]);
    compiler.load();
    const touch = (cidrBlock: string) => {
      const before = topology.get('vpc', 'vpc-1');
      const after = testVpc('vpc-1', 1, cidrBlock);
      applyNext(topology, [after]);
      return compiler.apply({
        revision: topology.revision,
        changes: [{ kind: 'vpc', id: 'vpc-1', before, after }],
      });
    };
    return { compiler, touch, reference: { definition, id: 'vpc-1' } };
  }

  it('finds a fragment where it is now', () => {
    let scope: ScopeKey | undefined = 'host:a';
    const { compiler, touch, reference } = withFeature(() => scope);
    assert.equal(compiler.locate(reference), undefined);
    assert.deepEqual(summary(touch('10.0.0.0/16')), ['host:a +9:vpc-1']);
    assert.deepEqual(compiler.locate(reference), { scope: 'host:a', key: '9:vpc-1' });
    assert.deepEqual(summary(touch('10.0.0.0/17')), [], 'the same content');
    scope = 'host:b';
    assert.deepEqual(summary(touch('10.0.0.0/18')), ['host:a -9:vpc-1', 'host:b +9:vpc-1']);
    assert.deepEqual(compiler.locate(reference), { scope: 'host:b', key: '9:vpc-1' });
    assert.equal(compiler.scope('host:a'), undefined, 'an empty scope is none');
    scope = undefined;
    assert.deepEqual(summary(touch('10.0.0.0/19')), ['host:b -9:vpc-1']);
    assert.equal(compiler.locate(reference), undefined);
    assert.deepEqual(compiler.statistics(), { scopes: 0, fragments: 0, flows: 0, bytes: 0 });
  });

  it('counts what it holds', async () => {
    await using world = await World.create();
    const empty = world.compiler.statistics();
    assert.deepEqual([empty.scopes, empty.fragments], [1, permanentFragments.length]);
    await world.host(1);
    const { scopes, fragments, flows, bytes } = world.compiler.statistics();
    assert.deepEqual([scopes, fragments, flows], [2, empty.fragments + 1, empty.flows + 6]);
    assert.ok(bytes > empty.bytes);
  });
});
