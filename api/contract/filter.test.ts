import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesFilter } from './filter.ts';

const host = {
  kind: 'host' as const,
  spec: { zone: 'zone-a', tunnelPort: 1, computeDrivers: ['netns', 'vm'], externalPorts: { external: 2 } },
  status: { state: 'up' },
  tags: { 'app.kind': 'gateway' },
};

describe('a filter', () => {
  const rows: [path: string, has: string, lacks: string][] = [
    ['spec.zone', 'zone-a', 'zone-b'],
    ['spec.tunnelPort', '1', '2'],
    ['spec.computeDrivers', 'vm', 'netns,vm'],
    ['spec.externalPorts', 'external', '2'],
    ['spec.externalPorts.external', '2', 'external'],
    ['status.state', 'up', 'down'],
    ['tag.app.kind', 'gateway', 'web'],
  ];
  for (const [path, has, lacks] of rows) {
    it(`by ${path} has what has ${has}, and not what has not ${lacks}`, () => {
      assert.equal(matchesFilter(host, path, has), true);
      assert.equal(matchesFilter(host, path, lacks), false);
    });
  }

  it('by what it means that a field is absent has what does not have it', () => {
    const subnet = (spec: object) => ({ kind: 'subnet' as const, spec, status: {}, tags: {} });
    const has = (spec: object, wanted: string) =>
      matchesFilter(subnet(spec), 'spec.mapPublicIpOnLaunch', wanted);
    assert.deepEqual([has({}, 'false'), has({}, 'true')], [true, false]);
    const set = { mapPublicIpOnLaunch: true };
    assert.deepEqual([has(set, 'false'), has(set, 'true')], [false, true]);
    const vpc = { kind: 'vpc' as const, spec: {}, status: {}, tags: {} };
    assert.equal(matchesFilter(vpc, 'spec.enableDnsSupport', 'true'), true);
    assert.equal(matchesFilter(vpc, 'spec.enableDnsSupport', 'false'), false);
  });

  it('by what a resource does not have has nothing', () => {
    assert.equal(matchesFilter(host, 'spec.constructor', 'constructor'), false);
    assert.equal(matchesFilter(host, 'spec.zone.length', '6'), false);
    assert.equal(matchesFilter(host, 'tag.Name', 'undefined'), false);
  });
});
