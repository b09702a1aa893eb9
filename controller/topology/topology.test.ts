import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSqliteStore } from '../store/index.ts';
import {
  applyNext,
  testBinding,
  testGroup,
  testInterface,
  testResource,
  testRule,
  testVpc,
} from './testing.ts';
import { Topology } from './topology.ts';

const ids = (resources: Iterable<{ id: string }>) => [...resources].map(({ id }) => id).sort();

function topologyOf(...puts: Parameters<typeof applyNext>[1]): Topology {
  const topology = new Topology();
  applyNext(topology, puts);
  return topology;
}

describe('resources', () => {
  test('are found by kind and id, and gone when deleted', () => {
    const topology = topologyOf(testVpc('vpc-1', 1), testVpc('vpc-2', 2));
    assert.equal(topology.get('vpc', 'vpc-1')?.number, 1);
    assert.equal(topology.get('subnet', 'vpc-1'), undefined);
    assert.equal(topology.count('vpc'), 2);
    applyNext(topology, [], [['vpc', 'vpc-1']]);
    assert.equal(topology.get('vpc', 'vpc-1'), undefined);
    assert.equal(topology.count('vpc'), 1);
    assert.equal(topology.revision, 2);
  });

  test('are found by number, per kind, also when two swap theirs in one commit', () => {
    const topology = topologyOf(testVpc('vpc-1', 1), testVpc('vpc-2', 2), testInterface('eni-1', 'vpc-1', 1));
    assert.equal(topology.byNumber('vpc', 1)?.id, 'vpc-1');
    assert.equal(topology.byNumber('network-interface', 1)?.id, 'eni-1');
    assert.equal(topology.byNumber('vpc', 3), undefined);
    applyNext(topology, [testVpc('vpc-1', 2), testVpc('vpc-2', 1)]);
    assert.equal(topology.byNumber('vpc', 1)?.id, 'vpc-2');
    assert.equal(topology.byNumber('vpc', 2)?.id, 'vpc-1');
    applyNext(topology, [], [['vpc', 'vpc-2']]);
    assert.equal(topology.byNumber('vpc', 1), undefined);
  });

  test('are listed in order of creation, whatever the order they came in', () => {
    const created = (id: string, second: number) =>
      testResource('counter', id, {
        spec: { next: 1 },
        createdAt: new Date(second * 1000).toISOString(),
      });
    const order = (topology: Topology) => [...topology.all('counter')].map(({ id }) => id);
    const topology = topologyOf(created('b', 1), created('a', 2));
    assert.deepEqual(order(topology), ['b', 'a']);
    applyNext(topology, [created('early', 0), created('d', 3), created('c', 3)]);
    assert.deepEqual(order(topology), ['early', 'b', 'a', 'c', 'd']);
    applyNext(topology, [created('b', 1)]);
    assert.deepEqual(order(topology), ['early', 'b', 'a', 'c', 'd']);
    applyNext(topology, [created('early', 9)], [['counter', 'd']]);
    applyNext(topology, [created('d', 5)]);
    assert.deepEqual(order(topology), ['b', 'a', 'c', 'd', 'early']);
  });

  test('of another kind with the same id do not mix', () => {
    const topology = topologyOf(testGroup('x', 'vpc-1'), testVpc('x', 1));
    applyNext(topology, [], [['vpc', 'x']]);
    assert.equal(topology.get('security-group', 'x')?.kind, 'security-group');
  });
});

describe('references', () => {
  const group = (id: string) => ({ kind: 'security-group', id }) as const;

  test('are followed backwards by edge type and kind', () => {
    const topology = topologyOf(
      testGroup('sg-1', 'vpc-1'),
      testRule('sgr-1', 'sg-1', 'ingress', 'sg-1'),
      testRule('sgr-2', 'sg-1', 'ingress'),
      testInterface('eni-1', 'vpc-1', 1, ['sg-1']),
      testInterface('eni-2', 'vpc-1', 2, ['sg-1', 'sg-2']),
    );
    assert.deepEqual(ids(topology.referrers(group('sg-1'), 'in-group', 'network-interface')), [
      'eni-1',
      'eni-2',
    ]);
    assert.deepEqual(ids(topology.referrers(group('sg-2'), 'in-group', 'network-interface')), ['eni-2']);
    assert.deepEqual(ids(topology.referrers(group('sg-1'), 'of-group', 'security-group-rule')), [
      'sgr-1',
      'sgr-2',
    ]);
    assert.deepEqual(ids(topology.referrers(group('sg-1'), 'peer-group', 'security-group-rule')), ['sgr-1']);
    assert.deepEqual(ids(topology.referrers(group('sg-1'), 'in-group', 'identity')), []);
    assert.equal(topology.countReferrers(group('sg-1'), 'of-group', 'security-group-rule'), 2);
    assert.equal(topology.countReferrers(group('sg-1'), 'of-group', 'network-interface'), 0);
    assert.equal(topology.countReferrers(group('sg-9'), 'of-group', 'security-group-rule'), 0);
  });

  test('move when the resource changes and go with it, one edge of parallel ones at a time', () => {
    const topology = topologyOf(testRule('sgr-1', 'sg-1', 'egress', 'sg-1'));
    applyNext(topology, [testRule('sgr-1', 'sg-1', 'egress', 'sg-2')]);
    assert.equal(topology.countReferrers(group('sg-1'), 'of-group', 'security-group-rule'), 1);
    assert.equal(topology.countReferrers(group('sg-1'), 'peer-group', 'security-group-rule'), 0);
    assert.deepEqual(ids(topology.referrers(group('sg-2'), 'peer-group', 'security-group-rule')), ['sgr-1']);
    applyNext(topology, [], [['security-group-rule', 'sgr-1']]);
    assert.deepEqual(topology.diffAgainst({ revision: 3, resources: [] }), []);
  });

  test('named twice count once', () => {
    const topology = topologyOf(testInterface('eni-1', 'vpc-1', 1, ['sg-1', 'sg-1']));
    assert.equal(topology.countReferrers(group('sg-1'), 'in-group', 'network-interface'), 1);
    applyNext(topology, [testInterface('eni-1', 'vpc-1', 1, ['sg-1'])]);
    assert.equal(topology.countReferrers(group('sg-1'), 'in-group', 'network-interface'), 1);
  });

  test('may lead to what is not there yet, or no longer', () => {
    const topology = topologyOf(testInterface('eni-1', 'vpc-1', 1));
    assert.equal(topology.get('vpc', 'vpc-1'), undefined);
    assert.equal(topology.count('vpc'), 0);
    assert.deepEqual([...topology.all('vpc')], []);
    const vpc = { kind: 'vpc', id: 'vpc-1' } as const;
    assert.equal(topology.countReferrers(vpc, 'in-vpc', 'network-interface'), 1);
    applyNext(topology, [testVpc('vpc-1', 1)]);
    applyNext(topology, [], [['vpc', 'vpc-1']]);
    assert.deepEqual(ids(topology.referrers(vpc, 'in-vpc', 'network-interface')), ['eni-1']);
  });
});

describe('indexes', () => {
  test('know the hosts of a VPC and the VPCs of a host, in any order of arrival', () => {
    const topology = topologyOf(testBinding('h1', 'eni-1', 1), testBinding('h1', 'eni-2', 2));
    assert.equal(topology.hostsOfVpc('vpc-1').size, 0);
    applyNext(topology, [
      testInterface('eni-1', 'vpc-1', 1),
      testInterface('eni-2', 'vpc-1', 2),
      testInterface('eni-3', 'vpc-2', 3),
      testBinding('h1', 'eni-3', 3),
      testBinding('h2', 'eni-1', 1),
    ]);
    assert.deepEqual(topology.hostsOfVpc('vpc-1'), new Map(Object.entries({ h1: 2, h2: 1 })));
    assert.deepEqual(topology.vpcsOfHost('h1'), new Map(Object.entries({ 'vpc-1': 2, 'vpc-2': 1 })));
    applyNext(
      topology,
      [],
      [
        ['network-interface', 'eni-3'],
        ['binding', 'h1/eni-1'],
      ],
    );
    assert.deepEqual(topology.vpcsOfHost('h1'), new Map([['vpc-1', 1]]));
    assert.deepEqual(topology.hostsOfVpc('vpc-2'), new Map());
  });

  test('count egress rules that name a group, and no others', () => {
    const topology = topologyOf(
      testRule('sgr-1', 'sg-1', 'egress', 'sg-2'),
      testRule('sgr-2', 'sg-1', 'egress'),
      testRule('sgr-3', 'sg-1', 'ingress', 'sg-2'),
    );
    assert.equal(topology.egressGroupRules('vpc-1').size, 0);
    applyNext(topology, [testGroup('sg-1', 'vpc-1'), testRule('sgr-4', 'sg-1', 'egress', 'sg-1')]);
    assert.equal(topology.egressGroupRules('vpc-1').size, 2);
    applyNext(topology, [], [['security-group-rule', 'sgr-1']]);
    assert.equal(topology.egressGroupRules('vpc-1').size, 1);
    applyNext(topology, [], [['security-group', 'sg-1']]);
    assert.equal(topology.egressGroupRules('vpc-1').size, 0);
  });

  test('find an interface by address within its VPC', () => {
    const topology = topologyOf(testInterface('eni-1', 'vpc-1', 5), testInterface('eni-2', 'vpc-2', 5));
    assert.equal(topology.interfaceByAddress('vpc-1', '10.0.0.5')?.id, 'eni-1');
    assert.equal(topology.interfaceByAddress('vpc-2', '10.0.0.5')?.id, 'eni-2');
    assert.equal(topology.interfaceByAddress('vpc-1', '10.0.0.6'), undefined);
    // The address goes to a new interface in the commit that deletes the old one.
    applyNext(topology, [testInterface('eni-3', 'vpc-1', 5)], [['network-interface', 'eni-1']]);
    assert.equal(topology.interfaceByAddress('vpc-1', '10.0.0.5')?.id, 'eni-3');
    applyNext(topology, [], [['network-interface', 'eni-3']]);
    assert.equal(topology.interfaceByAddress('vpc-1', '10.0.0.5'), undefined);
  });

  test('know which zone slots of a host are taken', () => {
    const topology = topologyOf(testBinding('h1', 'eni-1', 7));
    assert.equal(topology.zoneSlotTaken('h1', 7), true);
    assert.equal(topology.zoneSlotTaken('h1', 8), false);
    assert.equal(topology.zoneSlotTaken('h2', 7), false);
    applyNext(topology, [testBinding('h1', 'eni-1', 8)]);
    assert.equal(topology.zoneSlotTaken('h1', 7), false);
    applyNext(topology, [], [['binding', 'h1/eni-1']]);
    assert.equal(topology.zoneSlotTaken('h1', 8), false);
  });
});

describe('as a projection', () => {
  test('follows a store, and a restart finds the same', async () => {
    const store = await openSqliteStore(':memory:');
    const topology = new Topology();
    await store.watch(0, (commit) => topology.apply(commit));
    const commit = (puts: Parameters<typeof applyNext>[1]) =>
      store.commit({ conditions: [], deletes: [], puts });
    await commit([testVpc('vpc-1', 1)]);
    await commit([testBinding('h1', 'eni-1', 1), testInterface('eni-1', 'vpc-1', 1)]);
    assert.deepEqual(topology.hostsOfVpc('vpc-1'), new Map([['h1', 1]]));

    const restarted = new Topology();
    restarted.load(await store.snapshot());
    await store.watch(restarted.revision, (next) => restarted.apply(next));
    await store.commit({ conditions: [], puts: [], deletes: [{ kind: 'binding', id: 'h1/eni-1' }] });
    assert.deepEqual(restarted.diffAgainst(await store.snapshot()), []);
    assert.deepEqual(topology.diffAgainst(await store.snapshot()), []);
    await store.close();
  });

  test('forgets what it had when it loads', () => {
    const topology = topologyOf(testBinding('h1', 'eni-1', 1), testInterface('eni-1', 'vpc-1', 1));
    topology.load({ revision: 9, resources: [testVpc('vpc-1', 1)] });
    assert.equal(topology.revision, 9);
    assert.equal(topology.hostsOfVpc('vpc-1').size, 0);
    assert.equal(topology.zoneSlotTaken('h1', 1), false);
  });

  test('refuses a commit that does not follow, and stays as it was', () => {
    const topology = topologyOf(testVpc('vpc-1', 1));
    for (const revision of [0, 1, 3]) {
      const after = testVpc('vpc-2', 2);
      const change = { kind: 'vpc', id: 'vpc-2', before: undefined, after } as const;
      assert.throws(() => topology.apply({ revision, changes: [change] }), { code: 'internal' });
    }
    assert.deepEqual(topology.diffAgainst({ revision: 1, resources: [testVpc('vpc-1', 1)] }), []);
  });

  test('says what differs', () => {
    const topology = topologyOf(testInterface('eni-1', 'vpc-1', 1));
    const difference = topology.diffAgainst({ revision: 1, resources: [testInterface('eni-1', 'vpc-2', 1)] });
    assert.ok(difference.includes('+ edge network-interface:eni-1 in-vpc vpc:vpc-1'));
    assert.ok(difference.includes('- edge network-interface:eni-1 in-vpc vpc:vpc-2'));
    assert.ok(difference.includes('+ address vpc-1 10.0.0.1 = eni-1'));
    assert.ok(!difference.some((line) => line.includes('in-subnet')));
  });
});
