import type { Ip } from '../../../../controller/reference/index.ts';
import type { ScriptStep, SendStep } from '../../script.ts';
import type { Edits } from '../edits.ts';
import { type Interface, outsideAddressesIpv6, type Scene } from '../scene.ts';
import { openBorders, type Route } from './borders.ts';
import type { Plot } from './plot.ts';

type Flags = readonly ('syn' | 'ack')[];

const serverPort = 7777;

/** Everything passes the groups and the network ACL of an interface, and these are the routes of its subnet. */
function* opened(
  scene: Scene,
  edits: Edits,
  one: Interface,
  routes: readonly Route[],
): Generator<ScriptStep, string> {
  const groupId = `@${scene.name({ id: one.spec.securityGroupIds[0] as string })}`;
  const rule = (direction: 'ingress' | 'egress', everybody: object = { cidrIpv6: '::/0' }) =>
    edits.create('security-group-rule', 'rule', { groupId, direction, protocol: 'all', ...everybody });
  yield rule('ingress');
  yield rule('egress');
  yield rule('egress', { cidrIpv4: '0.0.0.0/0' });
  return yield* openBorders(scene, edits, one, routes);
}

const lead = (table: string, routes: readonly Route[]): ScriptStep => ({
  do: 'update',
  kind: 'route-table',
  name: table,
  spec: { routes },
});

/** A packet of a connection to port 7777, or from there. */
function tcp(port: number, flags: Flags, isFromServer = false): Ip['payload'] {
  const [sourcePort, destinationPort] = isFromServer ? [serverPort, port] : [port, serverPort];
  return { protocol: 'tcp', sourcePort, destinationPort, flags };
}

const onNetwork = ({ ipv6Addresses = [] }: Interface['spec']) =>
  ipv6Addresses.some((address) => address.startsWith('2001:db8:'));

/** Interfaces whose addresses are on the link outside, with the internet gateway of their VPC. */
function publicOnes(scene: Scene): readonly { one: Interface; gateway: string }[] {
  const gateways = new Map(scene.all('internet-gateway').map((gateway) => [gateway.spec.vpcId, gateway]));
  return scene.withIpv6().flatMap((one) => {
    const gateway = gateways.get(one.spec.vpcId);
    return gateway && onNetwork(one.spec) ? [{ one, gateway: scene.ref(gateway) }] : [];
  });
}

/** Two VPCs reach each other, and machines outside, by internet gateways, until one of them is egress-only. */
export const byTheOutside: Plot = function* (scene, edits) {
  const { random } = scene;
  const all = publicOnes(scene);
  const client = random.pickOrNone(all);
  if (!client) return;
  const others = all.filter(({ one }) => one.spec.vpcId !== client.one.spec.vpcId);
  const hostOf = (one: Interface) => scene.bindingsOf(one).at(-1)?.spec.hostId;
  const near = others.filter(({ one }) => hostOf(one) === hostOf(client.one));
  const server = random.pickOrNone(near.length > 0 && random.chance(0.4) ? near : others);
  if (!server) return;
  const everywhere = (target: string) => [{ destinationIpv6: '::/0', target }];
  const table = yield* opened(scene, edits, client.one, everywhere(client.gateway));
  yield* opened(scene, edits, server.one, everywhere(server.gateway));
  const [from, to] = [scene.ipv6Of(client.one), scene.ipv6Of(server.one)];
  const port = random.between(20000, 29999);
  const machine = random.pick(outsideAddressesIpv6);
  const sent = (payload: Ip['payload'], more: Partial<Ip> = {}) =>
    scene.fromInterface(client.one, { source: from, destination: to, payload, ...more });
  const returned = (payload: Ip['payload']) =>
    scene.fromInterface(server.one, { source: to, destination: from, payload });
  const fromMachine = (payload: Ip['payload'], more: Partial<Ip> = {}): SendStep =>
    scene.fromOutsideIpv6(client.one, { source: machine, destination: from, payload, ...more });
  yield sent(tcp(port, ['syn']));
  yield returned(tcp(port, ['syn', 'ack'], true));
  yield sent(tcp(port, ['ack']), { timeToLive: random.between(1, 2) });
  yield fromMachine(tcp(port, ['syn']));
  yield fromMachine(tcp(port, ['ack']), { totalLength: random.pick([1442, 1443, 1500]) });
  const gateway = edits.create('egress-only-internet-gateway', 'eigw', {
    vpcId: scene.ref(scene.vpcOf(client.one)),
  });
  yield gateway;
  yield lead(table, everywhere(`@${gateway.name}`));
  yield returned(tcp(port, ['ack'], true));
  yield returned(tcp(port + 1, ['syn'], true));
  yield fromMachine(tcp(port, ['ack']));
  yield sent(tcp(port + 2, ['syn']));
  yield scene.fromInterface(client.one, {
    source: from,
    destination: machine,
    payload: tcp(port + 3, ['syn']),
  });
  yield fromMachine(tcp(port + 3, ['syn', 'ack'], true));
};

/** Over a peering connection, or inside of a VPC, with packets that end at the router. */
const inside: Plot = function* (scene, edits) {
  const { random } = scene;
  const client = random.pickOrNone(scene.withIpv6());
  if (!client) return;
  const isReached = ({ spec }: Interface) => (spec.ipv6Addresses ?? []).length > 0;
  const [beyond, peers] = [scene.beyondPeering(client), scene.peersOf(client)].map((all) =>
    all.filter(isReached),
  ) as [Interface[], Interface[]];
  const server = random.pickOrNone(beyond.length > 0 && random.chance(0.8) ? beyond : peers);
  if (!server) return;
  const [near, far] = [scene.vpcOf(client), scene.vpcOf(server)];
  const connection = scene.connectionsOf(near.id).find(({ vpc }) => vpc.id === far.id)?.connection;
  const to = (destinationIpv6: string | undefined) =>
    connection && destinationIpv6 ? [{ destinationIpv6, target: scene.ref(connection) }] : [];
  yield* opened(scene, edits, client, to(far.spec.ipv6CidrBlock));
  yield* opened(scene, edits, server, to(near.spec.ipv6CidrBlock));
  const [source, destination] = [scene.ipv6Of(client), scene.ipv6Of(server)];
  const port = random.between(20000, 29999);
  const sent = (flags: Flags, more: Partial<Ip> = {}) =>
    scene.fromInterface(client, { source, destination, payload: tcp(port, flags), ...more });
  yield sent(['syn']);
  const answer = { source: destination, destination: source, payload: tcp(port, ['syn', 'ack'], true) };
  yield scene.fromInterface(server, answer);
  yield sent(['ack'], { timeToLive: random.between(0, 1) });
  yield sent(['ack'], { totalLength: random.pick([1442, 1443, 1500]) });
  if (!connection || random.chance(0.6)) return;
  yield edits.remove('vpc-peering-connection', scene.name(connection));
  yield sent(['ack']);
};

/** A gateway is detached while routes lead to it, and attached again. */
const detachment: Plot = function* (scene, edits) {
  const { random } = scene;
  const needed = new Set([
    ...scene.all('elastic-ip').map((one) => scene.ownerOf(one)?.spec.vpcId),
    ...scene.all('nat-gateway').map(({ spec }) => spec.vpcId),
  ]);
  const attached = new Map(
    scene
      .all('internet-gateway')
      .filter(({ spec }) => spec.vpcId !== undefined && !needed.has(spec.vpcId))
      .map((gateway) => [gateway.spec.vpcId, gateway]),
  );
  const client = random.pickOrNone(scene.interfaces(true).filter(({ spec }) => attached.has(spec.vpcId)));
  const gateway = client && attached.get(client.spec.vpcId);
  if (!gateway) return;
  const target = scene.ref(gateway);
  yield* opened(scene, edits, client, [
    { destinationIpv6: '::/0', target },
    { destination: '0.0.0.0/0', target },
  ]);
  const send = () =>
    scene.fromInterface(client, {
      destination: scene.outsideFor(client),
      payload: tcp(random.between(20000, 29999), ['syn']),
    });
  yield edits.update(gateway, { vpcId: null });
  yield send();
  yield edits.update(gateway, { vpcId: scene.ref(scene.vpcOf(client)) });
  yield send();
};

/** A route leads through an interface, which sends on what it gets, and what it makes up. */
const throughRouter: Plot = function* (scene, edits) {
  const { random } = scene;
  const router = random.pickOrNone(publicOnes(scene));
  const peers =
    router && scene.peersOf(router.one).filter(({ spec }) => spec.subnetId !== router.one.spec.subnetId);
  const client = random.pickOrNone(peers?.filter(({ spec }) => onNetwork(spec)) ?? []);
  if (!router || !client) return;
  const destinationIpv6 = '2001:db9::/32';
  yield edits.update(router.one, { sourceDestinationCheck: false });
  yield* opened(scene, edits, client, [{ destinationIpv6, target: scene.ref(router.one) }]);
  yield* opened(scene, edits, router.one, [{ destinationIpv6, target: router.gateway }]);
  const packet = { destination: '2001:db9::7', payload: tcp(random.between(20000, 29999), ['syn']) };
  const source = scene.ipv6Of(client);
  yield scene.fromInterface(client, { ...packet, source });
  for (const from of [source, '2001:db9::9', random.pick(['fe80::9', '::1'])]) {
    yield scene.fromInterface(router.one, { ...packet, source: from });
  }
  if (random.chance(0.4)) yield edits.update(router.one, { ipv6AddressCount: 0 });
  else if (random.chance(0.5)) yield edits.update(router.one, { sourceDestinationCheck: true });
  yield scene.fromInterface(client, { ...packet, source });
};

/** A server that takes other messages of ICMPv6 than ping, and then ping. */
const icmpTypes: Plot = function* (scene, edits) {
  const { random } = scene;
  const client = random.pickOrNone(scene.withIpv6());
  const peers = client && scene.peersOf(client).filter(({ spec }) => (spec.ipv6Addresses ?? []).length > 0);
  const server = random.pickOrNone(peers ?? []);
  if (!client || !server) return;
  const vpcId = scene.ref(scene.vpcOf(server));
  const group = edits.create('security-group', 'group', { vpcId, name: edits.freshName('plot') });
  const rule = (icmpType: number) =>
    edits.create('security-group-rule', 'rule', {
      groupId: `@${group.name}`,
      direction: 'ingress',
      protocol: 'icmpv6',
      icmpType,
      cidrIpv6: '::/0',
    });
  yield group;
  yield* opened(scene, edits, client, []);
  yield edits.interfaces.setGroups(server, [`@${group.name}`]);
  yield rule(129);
  const payload = { protocol: 'icmp', type: 8, code: 0, identifier: random.between(100, 999) } as const;
  const ping = scene.fromInterface(client, { destination: scene.ipv6Of(server), payload });
  yield ping;
  yield rule(128);
  yield ping;
};

export const ipv6Plots: readonly Plot[] = [inside, detachment, throughRouter, icmpTypes];
