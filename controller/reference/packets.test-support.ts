import type { AnyResource } from '../resources/index.ts';
import type { Arp, Frame, Ip } from './index.ts';
import {
  changed,
  ip,
  macOf,
  natGateway,
  natPlacement,
  network,
  ping,
  resource,
  routeToInternet,
  routeToNat,
  type Sender,
  tcp,
  udp,
} from './scene.test-support.ts';

export const web = '10.0.1.5';
export const db = '10.0.1.6';
export const app = '10.0.2.5';
export const remote = '192.0.2.1';

export function arp(change: Partial<Arp> = {}): Arp {
  return {
    protocol: 'arp',
    operation: 'request',
    senderMac: macOf('web'),
    senderAddress: web,
    targetMac: '00:00:00:00:00:00',
    targetAddress: '10.0.1.1',
    ...change,
  };
}

export const toDb = ip(web, db, tcp(5432));
export const toApp = ip(web, app, ping);
export const toRemote = ip(web, remote, ping);
export const dhcp = ip('0.0.0.0', '255.255.255.255', udp(67, 68));
export const fromWeb =
  (destination: string, content: Frame['content'], frame: Partial<Frame> = {}) =>
  (sender: Sender) =>
    sender.send('web', destination, content, frame);
export const fromOutside =
  (destination: string, content: Ip, frame: Partial<Frame> = {}) =>
  (sender: Sender) =>
    sender.receive(destination, content, frame);
export const toPublic = ip(remote, '203.0.113.10', ping);
export const aboutNothing = ip(remote, '203.0.113.10', {
  protocol: 'icmp',
  type: 3,
  code: 3,
  quoted: ip('203.0.113.10', remote, udp(53)),
});

/**
 * `vpc-a` with a NAT gateway in `subnet-2` on `host-1`, with the elastic IP that is free elsewhere; `subnet-1` routes to it, and
 * `subnet-2` to the internet gateway.
 */
export const withNat = (changes: readonly AnyResource[] = []) =>
  network([
    routeToNat,
    routeToInternet,
    natGateway,
    natPlacement,
    ...[changed('subnet-2', { routeTableId: 'rtb-public' })],
    ...changes,
  ]);

export const throughDb = changed('rtb-a', { routes: [{ destination: '10.0.2.0/24', target: 'db' }] });
export const denied = (direction: string, cidrIpv4: string) => ({
  number: 50,
  direction,
  action: 'deny',
  protocol: 'all',
  cidrIpv4,
});
export const toPartner = ip(web, '10.1.1.5', ping);

export type Send = (sender: Sender) => ReturnType<Sender['send']>;

/** IPv6 addresses of the scene, and of a machine outside. */
export const web6 = '2001:db8:0:100::5';
export const db6 = '2001:db8:0:100::6';
export const app6 = '2001:db8:0:101::5';
export const twin6 = '2001:db8:0:200::5';
export const remote6 = '2001:db9::1';
/** A link-local address that a machine has chosen. */
export const chosen6 = 'fe80::1:2:3:4';
export const egressOnly = resource('egress-only-internet-gateway', 'eigw-a', 1, {
  vpcId: 'vpc-a',
  externalNetworkId: 'ext',
});
/** All of `vpc-a` goes out in IPv6 by the egress-only gateway, which is there beside the other one. */
export const throughEgressOnly = [
  egressOnly,
  changed('rtb-a', { routes: [{ destinationIpv6: '::/0', target: 'eigw-a' }] }),
];

/** Who has the address? From a machine with a MAC, mostly to the group of the address. */
export function solicitation(source: string, target: string, mac?: string): Ip {
  const neighbour = { target, ...(mac === undefined ? {} : { mac }) };
  const payload = { protocol: 'icmpv6', type: 135, code: 0, neighbour } as const;
  return ip(source, 'ff02::1:ff00:1', payload, 255);
}

export const solicitationMac = '33:33:ff:00:00:01';
