import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyResource } from '../resources/index.ts';
import { remote, toPartner, toRemote, withNat } from './packets.test-support.ts';
import {
  changed,
  ip,
  partner,
  pong,
  publicMac,
  router,
  routeToInternet,
  routeToNat,
  Sender,
  verdict,
} from './scene.test-support.ts';

describe('a NAT gateway', () => {
  /** `web` sends out through the gateway, and is answered; the network ACL of the gateway's subnet has these entries. */
  const through = (...entries: object[]) => {
    const acl = { ...changed('acl-a', { entries }), id: 'acl-nat' };
    const itsSubnet = changed('subnet-2', { routeTableId: 'rtb-public', networkAclId: 'acl-nat' });
    const sender = new Sender(withNat([acl, itsSubnet]));
    const sent = verdict(sender.send('web', router.subnet1, toRemote));
    return [sent, verdict(sender.receive(publicMac.nat, ip(remote, '203.0.113.12', pong)))];
  };
  const pass = (direction: string, cidrIpv4: string, icmpType: number) => ({
    ...{ number: icmpType + 10, direction, action: 'allow', cidrIpv4 },
    ...{ protocol: 'icmp', icmpType },
  });
  const [into, on] = [pass('ingress', '10.0.1.0/24', 8), pass('egress', `${remote}/32`, 8)];
  const [back, home] = [pass('ingress', `${remote}/32`, 0), pass('egress', '10.0.1.0/24', 0)];

  it('is judged by the network ACL of its subnet, as packets come to it and as they go on', () => {
    assert.deepEqual(through(into, on, back, home), ['sent to 203.0.113.1', 'delivered to web']);
    assert.equal(through(on, back, home)[0], 'ingress-acl');
    assert.equal(through(into, back, home)[0], 'egress-acl');
    assert.equal(through(into, on, home)[1], 'ingress-acl');
    assert.equal(through(into, on, back)[1], 'egress-acl');
  });

  it('leads into a peered VPC where the table of its subnet does', () => {
    const routes = [{ destination: '10.1.0.0/16', target: 'pcx-1' }];
    const into = { ...routeToInternet, spec: { vpcId: 'vpc-a', routes } } as AnyResource;
    const used = (state: string) => withNat([...partner(state), routeToNat, into]);
    const send = (state: string) => verdict(new Sender(used(state)).send('web', router.subnet1, toPartner));
    assert.equal(send('active'), 'delivered to partner');
    assert.equal(send('rejected'), 'inactive-peering');
  });
});
