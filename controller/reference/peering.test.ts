import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toPartner, toRemote } from './packets.test-support.ts';
import {
  changed,
  ip,
  network,
  partner,
  ping,
  prefixList,
  publicMac,
  router,
  rule,
  Sender,
  verdict,
} from './scene.test-support.ts';

describe('peering', () => {
  const rules = (peer: object, status: object = {}) => {
    const spec = { groupId: 'sg-p', direction: 'ingress', protocol: 'all', ...peer };
    return { ...rule('sgr-p', spec), status: { matchIds: [], ...status } } as never;
  };
  const across = { vpcPeeringConnectionId: 'pcx-1', peerVpcId: 'vpc-a' };
  const to = (...changes: never[]) =>
    verdict(new Sender(network([...partner('active'), ...changes])).send('web', router.subnet1, toPartner));

  it('carries the groups of senders, while a rule over the connection names one', () => {
    assert.equal(to(rules({ referencedGroupId: 'sg-a' }, across)), 'delivered to partner');
    assert.equal(to(rules({ referencedGroupId: 'sg-db' }, across)), 'ingress-rules');
    const stale = { ...across, vpcPeeringConnectionId: 'pcx-0' };
    assert.equal(to(rules({ referencedGroupId: 'sg-a' }, stale)), 'ingress-rules');
    assert.equal(to(rules({ cidrIpv4: '10.0.1.0/24' })), 'delivered to partner');
  });

  it('keeps the addresses of the other side from coming in from outside, while it is active', () => {
    const seen = (state: string) =>
      verdict(
        new Sender(network(partner(state))).receive(publicMac.web, ip('10.1.1.5', '203.0.113.10', ping)),
      );
    assert.equal(seen('active'), 'private-source');
    assert.equal(seen('rejected'), 'delivered to web');
  });

  it('needs a route, and leads into the other VPC alone', () => {
    const rtb = (routes: object[]) => changed('rtb-a', { routes }) as never;
    assert.equal(to(rtb([])), 'no-route');
    assert.equal(to(rtb([{ destination: '0.0.0.0/0', target: 'pcx-1' }])), 'delivered to partner');
    const used = network([...partner('active'), rtb([{ destination: '0.0.0.0/0', target: 'pcx-1' }])]);
    assert.equal(verdict(new Sender(used).send('web', router.subnet1, toRemote)), 'no-interface');
  });

  it('is chosen by a prefix list, too, behind a route to the network itself', () => {
    const lists = [prefixList('pl-1', ['10.1.0.0/16']), prefixList('pl-2', ['10.1.0.0/16'])] as never[];
    const by = (...routes: object[]) => to(...lists, changed('rtb-a', { routes }) as never);
    const [first, second] = [
      { destination: 'pl-1', target: 'pcx-1' },
      { destination: 'pl-2', target: 'blackhole' },
    ];
    assert.equal(by(first, second), 'delivered to partner');
    assert.equal(by(second, first), 'blackhole');
    assert.equal(by(first, { destination: '10.1.0.0/16', target: 'blackhole' }), 'blackhole');
  });
});
