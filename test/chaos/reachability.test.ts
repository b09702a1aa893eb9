import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SecurityGroupRuleSpec } from '@weft/controller/resources';
import { aclLetsIn, aclLetsOut, isInside, mayEnter, mayReach, type Probe } from './reachability.ts';

const one = { address: '10.0.1.4', groups: ['sg-a'] };
const two = { address: '10.0.2.4', groups: ['sg-b', 'sg-c'] };
const rule = (groupId: string, direction: 'ingress' | 'egress', rest: Partial<SecurityGroupRuleSpec>) => ({
  spec: { groupId, direction, protocol: 'all', ...rest } as SecurityGroupRuleSpec,
});
const listed = (id: string) => (id === 'pl-a' ? ['10.0.1.0/24'] : []);
const out = rule('sg-a', 'egress', { cidrIpv4: '0.0.0.0/0' });
const reach = (probe: Probe, ...rules: ReturnType<typeof rule>[]) =>
  mayReach({ rules, listed }, one, two, probe);

describe('who reaches whom', () => {
  it('needs a rule at both ends', () => {
    const into = rule('sg-c', 'ingress', { cidrIpv4: '10.0.1.0/24' });
    assert.equal(reach('ping', out, into), true);
    assert.equal(reach('ping', out), false);
    assert.equal(reach('ping', into), false);
    assert.equal(mayEnter({ rules: [into] }, one, two, 'ping'), true);
  });
  it('by address and by group', () => {
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { cidrIpv4: '10.0.2.0/24' })), false);
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { cidrIpv4: '10.0.0.0/23' })), true);
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { referencedGroupId: 'sg-a' })), true);
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { referencedGroupId: 'sg-c' })), false);
  });
  it('by protocol, port and type', () => {
    const into = (rest: Partial<SecurityGroupRuleSpec>) =>
      rule('sg-b', 'ingress', { cidrIpv4: '0.0.0.0/0', ...rest });
    const web = into({ protocol: 'tcp', fromPort: 80, toPort: 90 });
    assert.equal(reach({ tcp: 80 }, out, web), true);
    assert.equal(reach({ tcp: 91 }, out, web), false);
    assert.equal(reach('ping', out, web), false);
    assert.equal(reach('ping', out, into({ protocol: 'icmp', icmpType: 8, icmpCode: 0 })), true);
    assert.equal(reach('ping', out, into({ protocol: 'icmp', icmpType: 3 })), false);
    assert.equal(reach({ tcp: 80 }, out, into({ protocol: 'udp', fromPort: 80, toPort: 80 })), false);
  });
  it('by prefix list', () => {
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { prefixListId: 'pl-a' })), true);
    assert.equal(reach('ping', out, rule('sg-b', 'ingress', { prefixListId: 'pl-b' })), false);
  });
  it('over IPv6, where ICMP has another name', () => {
    const [from, to] = [one, two].map((end, index) => ({ ...end, address: `2001:db8::${index + 4}` }));
    const may = (...rules: ReturnType<typeof rule>[]) =>
      mayEnter({ rules }, from as never, to as never, 'ping');
    assert.equal(may(rule('sg-b', 'ingress', { protocol: 'icmpv6', cidrIpv6: '2001:db8::/64' })), true);
    assert.equal(may(rule('sg-b', 'ingress', { protocol: 'icmpv6', cidrIpv6: '2001:db8:0:1::/64' })), false);
    assert.equal(may(rule('sg-b', 'ingress', { protocol: 'icmp', cidrIpv4: '0.0.0.0/0' })), false);
  });
});

describe('network ACLs', () => {
  const entry = (
    number: number,
    direction: 'ingress' | 'egress',
    action: 'allow' | 'deny',
    rest: object = {},
  ) => ({
    ...{ number, direction, action, protocol: 'all' as const, cidrIpv4: '0.0.0.0/0' },
    ...rest,
  });
  const open = [entry(100, 'ingress', 'allow'), entry(100, 'egress', 'allow')];

  it('let pass what goes both ways', () => {
    assert.equal(aclLetsIn(open, '10.0.1.4', 'ping'), true);
    assert.equal(aclLetsIn(open.slice(0, 1), '10.0.1.4', 'ping'), false);
    assert.equal(aclLetsOut([], '10.0.1.4', 'ping'), false);
  });
  it('decide by the lowest number', () => {
    const web = { protocol: 'tcp' as const, fromPort: 80, toPort: 80 };
    assert.equal(aclLetsIn([...open, entry(99, 'ingress', 'deny', web)], '10.0.1.4', { tcp: 80 }), false);
    assert.equal(aclLetsIn([...open, entry(101, 'ingress', 'deny', web)], '10.0.1.4', { tcp: 80 }), true);
    assert.equal(aclLetsOut([...open, entry(99, 'ingress', 'deny', web)], '10.0.1.4', { tcp: 80 }), true);
  });
  it('know addresses of both kinds', () => {
    assert.equal(isInside('2001:db8:0:100::4', '2001:db8:0:100::/56'), true);
    assert.equal(isInside('2001:db8:0:200::4', '2001:db8:0:100::/56'), false);
    assert.equal(isInside('10.0.0.4', '::/0'), false);
    assert.equal(isInside('::1', '::/0'), true);
  });
});
