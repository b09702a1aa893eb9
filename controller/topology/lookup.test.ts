import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { everywhere } from '../resources/index.ts';
import type { Lookup } from './lookup.ts';
import { applyNext, testGroup, testInterface, testResource, testVpc } from './testing.ts';
import { Topology } from './topology.ts';

const mine = { account: 'weft', region: 'local' };
const of = (topology: Topology, lookups: readonly Lookup[], owner = mine) =>
  [...topology.select('network-interface', lookups, owner)].map(({ id }) => id).sort();
const where = (path: string, ...values: string[]): Lookup => ({ paths: [path], values });

/** Ten interfaces: the VPC has two of them, the tag three, and another account the last one. */
function scene(): Topology {
  const topology = new Topology();
  const interfaces = Array.from({ length: 10 }, (_, index) => {
    const made = testInterface(`eni-${index}`, index < 2 ? 'vpc-1' : 'vpc-2', index, [`sg-${index % 4}`]);
    const tags = index >= 4 && index < 7 ? { tier: index === 4 ? 'web' : 'data', 'a b': 'c' } : {};
    return { ...made, tags, account: index === 9 ? 'other' : 'weft' };
  });
  applyNext(topology, [testVpc('vpc-1', 1), testVpc('vpc-2', 2), testGroup('sg-1', 'vpc-1'), ...interfaces]);
  return topology;
}

describe('resources by what they have', () => {
  it('are found by an edge, by a field, by a tag and its key, and by id', () => {
    const topology = scene();
    assert.deepEqual(of(topology, [where('spec.vpcId', 'vpc-1')]), ['eni-0', 'eni-1']);
    assert.deepEqual(of(topology, [where('spec.securityGroupIds', 'sg-1')]), ['eni-1', 'eni-5', 'eni-9']);
    assert.deepEqual(of(topology, [where('spec.privateAddress', '10.0.0.3')]), ['eni-3']);
    assert.deepEqual(of(topology, [where('tag.tier', 'data')]), ['eni-5', 'eni-6']);
    assert.deepEqual(of(topology, [where('tag.a b', 'c')]), ['eni-4', 'eni-5', 'eni-6']);
    assert.deepEqual(of(topology, [where('tag-key', 'tier')]), ['eni-4', 'eni-5', 'eni-6']);
    assert.deepEqual(of(topology, [where('id', 'eni-7', 'eni-x')]), ['eni-7']);
  });

  it('are nothing where nothing has the value', () => {
    const topology = scene();
    for (const path of ['spec.vpcId', 'spec.privateAddress', 'tag.tier', 'tag-key', 'tag.none', 'id']) {
      assert.deepEqual(of(topology, [where(path, 'nobody')]), [], path);
    }
  });

  it('are those of any value and any place, each once', () => {
    const topology = scene();
    assert.deepEqual(of(topology, [where('tag.tier', 'web', 'data')]), ['eni-4', 'eni-5', 'eni-6']);
    const either = { paths: ['spec.privateAddress', 'spec.secondaryPrivateAddresses'], values: ['10.0.0.3'] };
    assert.deepEqual(of(topology, [either]), ['eni-3']);
    const twice = { paths: ['spec.vpcId', 'spec.securityGroupIds'], values: ['vpc-1', 'sg-1'] };
    assert.deepEqual(of(topology, [twice]), ['eni-0', 'eni-1', 'eni-5', 'eni-9']);
  });

  it('come from the smallest of several indexes', () => {
    const topology = scene();
    const lookups = [where('spec.vpcId', 'vpc-2'), where('tag.tier', 'web')];
    assert.deepEqual(of(topology, lookups), ['eni-4']);
    assert.deepEqual(of(topology, lookups.toReversed()), ['eni-4']);
  });

  it('are all that the owner has where no index answers, or the lookup is of none', () => {
    const topology = scene();
    const nine = Array.from({ length: 9 }, (_, index) => `eni-${index}`);
    assert.deepEqual(of(topology, []), nine);
    assert.deepEqual(of(topology, [where('spec.description', 'x')]), nine);
    assert.deepEqual(
      of(topology, [{ paths: ['spec.vpcId', 'spec.description'], values: ['vpc-1'] }]),
      nine,
      'one of the places is in no index',
    );
    assert.deepEqual(of(topology, [], { account: 'other', region: 'local' }), ['eni-9']);
    assert.deepEqual(of(topology, [], { account: 'other', region: 'elsewhere' }), []);
    assert.equal(of(topology, [], { account: everywhere, region: everywhere }).length, 10);
  });

  it('are also those that others share', () => {
    const topology = new Topology();
    const connection = testResource('vpc-peering-connection', 'pcx-1', {
      spec: {
        requesterVpcId: 'vpc-1',
        accepterVpcId: 'vpc-2',
        accepterAccount: 'other',
        state: 'active',
      } as never,
    });
    applyNext(topology, [connection]);
    for (const [account, seen] of [
      ['weft', 1],
      ['other', 1],
      ['third', 0],
    ] as const) {
      const found = [...topology.select('vpc-peering-connection', [], { account, region: 'local' })];
      assert.equal(found.length, seen, account);
    }
  });

  it('change with every commit', () => {
    const topology = scene();
    const [changed] = topology.select('network-interface', [where('id', 'eni-4')], mine);
    assert.ok(changed);
    applyNext(topology, [{ ...changed, tags: { tier: 'data' } }], [['network-interface', 'eni-5']]);
    assert.deepEqual(of(topology, [where('tag.tier', 'data')]), ['eni-4', 'eni-6']);
    assert.deepEqual(of(topology, [where('tag.tier', 'web')]), []);
    assert.deepEqual(of(topology, [where('tag-key', 'tier')]), ['eni-4', 'eni-6']);
    assert.deepEqual(of(topology, [where('tag.a b', 'c')]), ['eni-6']);
  });
});
