import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SecurityGroupRuleSpec } from '@weft/controller/resources';
import { mayEnter, mayReach, type Probe } from './reachability.ts';

const one = { address: '10.0.1.4', groups: ['sg-a'] };
const two = { address: '10.0.2.4', groups: ['sg-b', 'sg-c'] };
const rule = (groupId: string, direction: 'ingress' | 'egress', rest: Partial<SecurityGroupRuleSpec>) => ({
  spec: { groupId, direction, protocol: 'all', ...rest } as SecurityGroupRuleSpec,
});
const out = rule('sg-a', 'egress', { cidrIpv4: '0.0.0.0/0' });
const reach = (probe: Probe, ...rules: ReturnType<typeof rule>[]) => mayReach(rules, one, two, probe);

describe('who reaches whom', () => {
  it('needs a rule at both ends', () => {
    const into = rule('sg-c', 'ingress', { cidrIpv4: '10.0.1.0/24' });
    assert.equal(reach('ping', out, into), true);
    assert.equal(reach('ping', out), false);
    assert.equal(reach('ping', into), false);
    assert.equal(mayEnter([into], one, two, 'ping'), true);
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
});
