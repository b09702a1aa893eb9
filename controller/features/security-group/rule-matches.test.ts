import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hasPeer, portMasks, sharedMatches } from './rule-matches.ts';

describe('port ranges as masks', () => {
  it('cover exactly the range, each port once', () => {
    fc.assert(
      fc.property(fc.nat({ max: 65535 }), fc.nat({ max: 2000 }), (from, length) => {
        const to = Math.min(65535, from + length);
        const masks = portMasks(from, to);
        const hits = (port: number) => masks.filter(({ value, mask }) => (port & mask) === value).length;
        for (let port = from; port <= to; port++) assert.equal(hits(port), 1, `port ${port}`);
        const outside = [from - 1, to + 1, 0, 65535].filter((port) => port >= 0 && port <= 65535);
        for (const port of outside) {
          if (port < from || port > to) assert.equal(hits(port), 0, `port ${port}`);
        }
      }),
    );
  });
  it('are few', () => {
    assert.deepEqual(portMasks(80, 80), [{ value: 80, mask: 0xffff }]);
    assert.deepEqual(portMasks(80, 90), [
      { value: 80, mask: 0xfff8 },
      { value: 88, mask: 0xfffe },
      { value: 90, mask: 0xffff },
    ]);
    assert.deepEqual(portMasks(0, 65535), [{ value: 0, mask: 0 }]);
    assert.ok(portMasks(1, 65534).length <= 30);
  });
});

describe('shared matches of a rule', () => {
  const rule = { groupId: 'sg-1', direction: 'ingress' } as const;
  it('have no peer for every address, and one for a network', () => {
    const open = { ...rule, protocol: 'tcp', fromPort: 80, toPort: 80, cidrIpv4: '0.0.0.0/0' } as const;
    assert.equal(hasPeer(open), false);
    assert.deepEqual(sharedMatches(open, ['0.0.0.0/0']), [{ dimension: 'service', key: '6:80/65535' }]);
    const narrow = { ...open, cidrIpv4: '10.0.0.0/8' } as const;
    assert.equal(hasPeer(narrow), true);
    assert.deepEqual(sharedMatches(narrow, ['10.0.0.0/8'])[0], { dimension: 'peer', key: '10.0.0.0/8' });
  });
  it('let the replies and errors of an ICMP type pass', () => {
    const ping = { ...rule, protocol: 'icmp', icmpType: 8, icmpCode: 0, cidrIpv4: '0.0.0.0/0' } as const;
    const keys = sharedMatches(ping, ['0.0.0.0/0']);
    assert.deepEqual(
      keys.map(({ key }) => key),
      ['icmp:8:0', 'icmp:reply', 'icmp:error'],
    );
  });
  it('a group is matched by identity and shares nothing but the service', () => {
    const keys = sharedMatches({ ...rule, protocol: 'all', referencedGroupId: 'sg-2' }, []);
    assert.deepEqual(keys, [
      { dimension: 'service', key: 'all' },
      { dimension: 'service', key: 'ipv6/all' },
    ]);
  });
});
