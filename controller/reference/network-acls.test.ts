import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { app, denied, toApp, web } from './packets.test-support.ts';
import { changed, ip, network, openEntries, pong, router, Sender, verdict } from './scene.test-support.ts';

describe('network ACLs', () => {
  const entry = (number: number, action: string, rest: object = {}) => ({
    ...denied('ingress', '10.0.1.0/24'),
    number,
    action,
    ...rest,
  });
  const arrives = (entries: object[], content = toApp) =>
    verdict(
      new Sender(network([changed('acl-a', { entries: [...entries, openEntries[1]] })])).send(
        'web',
        router.subnet1,
        content,
      ),
    );

  it('are decided by the lowest number that matches, in whatever order they stand', () => {
    assert.equal(arrives([entry(20, 'allow'), entry(10, 'deny')]), 'ingress-acl');
    assert.equal(arrives([entry(20, 'deny'), entry(10, 'allow')]), 'delivered to app');
    assert.equal(arrives([entry(10, 'deny', { cidrIpv4: '10.0.9.0/24' })]), 'ingress-acl', 'nothing matches');
  });

  it('match ports of the receiver, and type and code of ICMP', () => {
    const ssh = { protocol: 'tcp', fromPort: 22, toPort: 22 };
    const echo = { protocol: 'icmp', icmpType: 8, icmpCode: 0 };
    assert.equal(arrives([entry(10, 'allow', ssh), entry(20, 'deny')]), 'ingress-acl');
    assert.equal(arrives([entry(10, 'allow', echo)]), 'delivered to app');
    assert.equal(arrives([entry(10, 'allow', { ...echo, icmpCode: 1 })]), 'ingress-acl');
    assert.equal(arrives([entry(10, 'allow', { protocol: 1 })]), 'delivered to app');
  });

  it('know no connections: a reply needs an entry of its own', () => {
    const only = (direction: string) => [{ ...entry(10, 'allow', { cidrIpv4: '0.0.0.0/0' }), direction }];
    const acl = (entries: object[]) => ({ ...changed('acl-a', { entries }), id: 'acl-2' });
    const sender = new Sender(
      network([acl(only('ingress')) as never, changed('subnet-2', { networkAclId: 'acl-2' })]),
    );
    assert.equal(verdict(sender.send('web', router.subnet1, toApp)), 'delivered to app');
    assert.equal(verdict(sender.send('app', router.subnet2, ip(app, web, pong))), 'egress-acl');
  });
});
