import { broadcastMac, type Ip } from '../../../controller/reference/index.ts';
import { formatIpv4, lastAddress, parseCidr } from '../../../controller/resources/index.ts';
import type { StepResult } from '../rig.ts';
import type { ScriptStep, SendStep } from '../script.ts';
import type { Edits } from './edits.ts';
import { type Interface, outsideAddresses, ping, type Scene } from './scene.ts';

/**
 * Several steps that only together show something, which single random steps hardly ever come to. Each is one of many
 * possible endings of an ordinary connection; in between, nothing else happens.
 */
export type Plot = (scene: Scene, edits: Edits) => Generator<ScriptStep, void, StepResult>;

function tcp(
  scene: Scene,
  from: Interface,
  to: string,
  ports: readonly [number, number],
  flags: readonly ('syn' | 'ack')[],
) {
  const [sourcePort, destinationPort] = ports;
  const payload = { protocol: 'tcp', sourcePort, destinationPort, flags } as const;
  return scene.fromInterface(from, { destination: to, payload });
}

/** Two interfaces of one VPC that are both on hosts. */
function pair(scene: Scene): readonly [Interface, Interface] | undefined {
  const first = scene.random.pickOrNone(scene.interfaces(true));
  const second = first && scene.random.pickOrNone(scene.peersOf(first));
  return first && second && [first, second];
}

/** The opening and answering packets of a connection on a port that is nobody else's. */
function connection(scene: Scene, client: Interface, server: Interface) {
  const port = scene.random.between(20000, 29999);
  const [from, to] = [client.spec.privateAddress, server.spec.privateAddress];
  return {
    syn: tcp(scene, client, to, [port, 7777], ['syn']),
    answer: tcp(scene, server, from, [7777, port], ['syn', 'ack']),
    ack: tcp(scene, client, to, [port, 7777], ['ack']),
    data: tcp(scene, server, from, [7777, port], ['ack']),
  };
}

/** The client changes from one allowed group to another, and then the rule for the first one goes. */
const changeOfGroups: Plot = function* (scene, edits) {
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  const vpcId = scene.ref(scene.vpcOf(client));
  const group = (prefix: string) => {
    const step = edits.create('security-group', prefix, { vpcId, name: edits.freshName('plot') });
    return { step, ref: `@${step.name}` };
  };
  const [old, next, served] = [group('group'), group('group'), group('group')];
  for (const { step } of [old, next, served]) yield step;
  const rule = (peer: { ref: string }) =>
    edits.create('security-group-rule', 'rule', {
      groupId: served.ref,
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 7777,
      toPort: 7777,
      referencedGroupId: peer.ref,
    });
  const [oldRule, nextRule] = [rule(old), rule(next)];
  yield oldRule;
  yield nextRule;
  yield edits.setGroups(server, [served.ref]);
  yield edits.setGroups(client, [old.ref]);
  const packets = connection(scene, client, server);
  yield packets.syn;
  yield packets.answer;
  yield edits.setGroups(client, [next.ref]);
  if (scene.random.chance(0.7)) yield packets.ack;
  yield edits.remove('security-group-rule', oldRule.name);
  yield packets.data;
  yield packets.ack;
  yield edits.remove('security-group-rule', nextRule.name);
  yield packets.data;
  yield packets.ack;
};

/** A client may only send to a group, which an interface of a peered VPC has: the rule must see it there. */
const groupOfPeer: Plot = function* (scene, edits) {
  const { random } = scene;
  const clients = scene.interfaces(true).filter((one) => scene.beyondPeering(one).length > 0);
  const client = random.pickOrNone(clients);
  const server = client && random.pickOrNone(scene.beyondPeering(client));
  if (!server) return;
  const group = (member: Interface) => {
    const spec = { vpcId: scene.ref(scene.vpcOf(member)), name: edits.freshName('plot') };
    const step = edits.create('security-group', 'group', spec);
    return { step, ref: `@${step.name}` };
  };
  const [sending, serving] = [group(client), group(server)];
  for (const { step } of [sending, serving]) yield step;
  yield edits.setGroups(client, [sending.ref]);
  yield edits.setGroups(server, [serving.ref]);
  const open = scene
    .all('security-group-rule')
    .filter(({ spec }) => scene.ref({ id: spec.groupId }) === sending.ref);
  for (const one of open) yield edits.remove('security-group-rule', scene.name(one));
  const rule = (groupId: string, direction: 'ingress' | 'egress', referencedGroupId: string) =>
    edits.create('security-group-rule', 'rule', { groupId, direction, protocol: 'all', referencedGroupId });
  const out = rule(sending.ref, 'egress', serving.ref);
  yield out;
  yield rule(serving.ref, 'ingress', sending.ref);
  const packets = connection(scene, client, server);
  yield packets.syn;
  yield packets.answer;
  yield edits.remove('security-group-rule', out.name);
  yield packets.ack;
};

/** The server's port goes and comes back: what it answers now belongs to no connection. */
const rebinding: Plot = function* (scene, edits) {
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  const binding = scene.bindingsOf(server).at(-1);
  const packets = connection(scene, client, server);
  yield packets.syn;
  if (!binding) return;
  const host = scene.name({ id: binding.spec.hostId });
  yield { do: 'unbind', interface: scene.name(server), host };
  yield edits.bindTo(server, host);
  yield packets.answer;
};

/** An elastic IP goes and comes back while a connection is open. */
const reassociation: Plot = function* (scene, edits) {
  const { random } = scene;
  const elasticIp = random.pickOrNone(scene.all('elastic-ip').filter((one) => scene.ownerOf(one)));
  const server = elasticIp && scene.ownerOf(elasticIp);
  if (!server) return;
  const source = random.pick(outsideAddresses);
  const port = random.between(20000, 29999);
  const rule = edits.create('security-group-rule', 'rule', {
    groupId: `@${scene.name({ id: server.spec.securityGroupIds[0] as string })}`,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 7777,
    toPort: 7777,
    cidrIpv4: '0.0.0.0/0',
  });
  yield rule;
  const payload = { protocol: 'tcp', sourcePort: port, destinationPort: 7777, flags: ['syn'] } as const;
  const syn: SendStep = scene.fromOutside(elasticIp, { source, payload });
  yield syn;
  const associate = (to: string | null) => edits.update(elasticIp, { networkInterfaceId: to });
  if (random.chance(0.8)) {
    yield associate(null);
    yield associate(scene.ref(server));
  }
  yield tcp(scene, server, source, [7777, port], ['syn', 'ack']);
  yield syn;
  yield edits.remove('security-group-rule', rule.name);
  yield tcp(scene, server, source, [7777, port], ['ack']);
  yield syn;
};

/** Somebody who can open connections by a NAT gateway in another subnet of a VPC with an internet gateway. */
function clientOfNat(scene: Scene) {
  const gateways = new Map(scene.all('internet-gateway').map((one) => [one.spec.vpcId, one]));
  const clients = scene.interfaces(true).filter(({ spec }) => gateways.has(spec.vpcId));
  const client = scene.random.pickOrNone(clients);
  const subnets = scene
    .all('subnet')
    .filter(({ id, spec }) => spec.vpcId === client?.spec.vpcId && id !== client.spec.subnetId);
  const subnet = scene.random.pickOrNone(subnets);
  const internet = client && gateways.get(client.spec.vpcId);
  return client && subnet && internet && { client, subnet, internet };
}

/** A NAT gateway is made while hosts are away, they come, it is used from both sides, and moves. */
const natGateway: Plot = function* (scene, edits) {
  const { random } = scene;
  const found = clientOfNat(scene);
  if (!found) return;
  const { client, subnet, internet } = found;
  const vpcId = scene.ref(scene.vpcOf(client));
  const hosts = scene.all('host').map((host) => scene.name(host));
  const setHosts = function* (state: 'up' | 'down', some: readonly string[]): Generator<ScriptStep> {
    for (const host of some) yield { do: 'host-state', host, state };
  };
  const elasticIp = edits.freeElasticIp();
  const gateway = edits.create('nat-gateway', 'nat', {
    subnetId: scene.ref(subnet),
    elasticIpId: `@${elasticIp.name}`,
  });
  const [open, inner] = [
    edits.create('route-table', 'table', { vpcId }),
    edits.create('route-table', 'table', { vpcId }),
  ];
  const route = (target: string) => ({ routes: [{ destination: '0.0.0.0/0', target }] });
  const rule = edits.create('security-group-rule', 'rule', {
    groupId: `@${scene.name({ id: client.spec.securityGroupIds[0] as string })}`,
    direction: 'egress',
    protocol: 'all',
    cidrIpv4: '0.0.0.0/0',
  });
  for (const step of [elasticIp, open, inner, rule]) yield step;
  if (random.chance(0.6)) yield* setHosts('down', hosts);
  yield gateway;
  const lead = (table: { name: string }, target: string): ScriptStep => ({
    do: 'update',
    kind: 'route-table',
    name: table.name,
    spec: route(target),
  });
  yield lead(open, scene.ref(internet));
  yield lead(inner, `@${gateway.name}`);
  yield edits.update(subnet, { routeTableId: `@${open.name}` });
  yield edits.update(scene.subnetOf(client), { routeTableId: `@${inner.name}` });
  const server = random.pick(outsideAddresses);
  const port = random.between(20000, 29999);
  const syn = tcp(scene, client, server, [port, 7777], ['syn']);
  yield syn;
  yield* setHosts('up', hosts);
  const sent = yield syn;
  const address =
    sent.type === 'sent' && sent.evaluation.outcome.type === 'sent-outside'
      ? (sent.evaluation.outcome.frame.content as Ip).source
      : undefined;
  const own = scene.all('elastic-ip').find(({ spec }) => spec.address === address);
  if (!own) return;
  const from = (sourcePort: number, flags: readonly ('syn' | 'ack')[]) => {
    const payload = { protocol: 'tcp', sourcePort, destinationPort: port, flags } as const;
    return scene.fromOutside(own, { source: server, payload });
  };
  yield from(7777, ['syn', 'ack']);
  yield from(7778, ['syn']);
  yield tcp(scene, client, server, [port, 7777], ['ack']);
  yield from(7777, ['ack']);
  if (random.chance(0.5)) {
    // From the gateway to itself.
    yield lead(open, `@${gateway.name}`);
    yield syn;
    yield lead(open, scene.ref(internet));
  }
  if (random.chance(0.5)) {
    yield* setHosts('down', random.sample(hosts, 1, hosts.length));
    yield from(7777, ['ack']);
    yield syn;
    yield from(7777, ['syn', 'ack']);
    yield* setHosts('up', hosts);
  }
  if (random.chance(0.6)) yield edits.remove('nat-gateway', gateway.name);
  yield syn;
};

/** An interface with an elastic IP comes to a host without the network while those with it are away, and then they come. */
const strandedElasticIp: Plot = function* (scene, edits) {
  const { random } = scene;
  const gateways = new Map(scene.all('internet-gateway').map((one) => [one.spec.vpcId, one]));
  const owners = scene.interfaces(true).filter((one) => scene.elasticIpOf(one));
  const owner = random.pickOrNone(owners);
  const internet = owner && gateways.get(owner.spec.vpcId);
  const hosts = scene.all('host');
  const bare = hosts.find(({ spec }) => Object.keys(spec.externalPorts).length === 0);
  if (!owner || !internet || !bare) return;
  const table = edits.create('route-table', 'table', { vpcId: scene.ref(scene.vpcOf(owner)) });
  const routes = [{ destination: '0.0.0.0/0', target: scene.ref(internet) }];
  yield table;
  yield { do: 'update', kind: 'route-table', name: table.name, spec: { routes } };
  yield edits.update(scene.subnetOf(owner), { routeTableId: `@${table.name}` });
  yield edits.create('security-group-rule', 'rule', {
    groupId: `@${scene.name({ id: owner.spec.securityGroupIds[0] as string })}`,
    direction: 'egress',
    protocol: 'all',
    cidrIpv4: '0.0.0.0/0',
  });
  for (const host of hosts) yield { do: 'host-state', host: scene.name(host), state: 'down' };
  const isThere = scene.bindingsOf(owner).find(({ spec }) => spec.hostId === bare.id);
  if (isThere) yield { do: 'unbind', interface: scene.name(owner), host: scene.name(bare) };
  yield edits.bindTo(owner, scene.name(bare));
  const syn = tcp(scene, owner, random.pick(outsideAddresses), [random.between(20000, 29999), 7777], ['syn']);
  yield syn;
  for (const host of hosts) yield { do: 'host-state', host: scene.name(host), state: 'up' };
  yield syn;
};

/** What DHCP tells changes while an interface has a lease. */
const otherOptions: Plot = function* (scene, edits) {
  const client = scene.random.pickOrNone(scene.interfaces(true));
  if (!client) return;
  const discover = scene.raw(client, {
    source: scene.ref(client),
    destination: broadcastMac,
    content: {
      protocol: 'ipv4',
      source: '0.0.0.0',
      destination: '255.255.255.255',
      timeToLive: 64,
      payload: { protocol: 'udp', sourcePort: 68, destinationPort: 67 },
    },
  });
  yield discover;
  const leaseSeconds = scene.random.between(120, 7200);
  const options = edits.create('dhcp-options', 'dopt', { leaseSeconds });
  yield options;
  yield edits.update(scene.vpcOf(client), { dhcpOptionsId: `@${options.name}` });
  yield discover;
};

/** Two machines of a subnet announce the same address one after the other, while a third one sends to it. */
const sharedAddress: Plot = function* (scene, edits) {
  const { random } = scene;
  const first = random.pickOrNone(scene.interfaces(true));
  const near = first && scene.peersOf(first).filter(({ spec }) => spec.subnetId === first.spec.subnetId);
  const second = near && random.pickOrNone(near);
  const third = second && random.pickOrNone(scene.peersOf(first).filter(({ id }) => id !== second.id));
  if (!third) return;
  const block = parseCidr(scene.subnetOf(first).spec.cidrBlock, 'cidrBlock');
  const address = formatIpv4(lastAddress(block) - 1);
  const virtual = random.chance(0.5) ? { macAddress: '00:00:5e:00:01:07' } : {};
  for (const one of [first, second]) {
    yield edits.update(one, { allowedAddressPairs: [{ cidrBlock: `${address}/32`, ...virtual }] });
    yield edits.create('security-group-rule', 'rule', {
      groupId: `@${scene.name({ id: one.spec.securityGroupIds[0] as string })}`,
      direction: 'ingress',
      protocol: 'all',
      cidrIpv4: '0.0.0.0/0',
    });
  }
  const announce = (one: Interface) => {
    const mac = virtual.macAddress ?? scene.ref(one);
    const content = {
      protocol: 'arp',
      operation: random.pick(['request', 'reply'] as const),
      senderMac: mac,
      senderAddress: address,
      targetMac: '00:00:00:00:00:00',
      targetAddress: address,
    } as const;
    return scene.raw(one, { source: mac, destination: broadcastMac, content });
  };
  const ask = scene.fromInterface(third, { destination: address, payload: ping(random) });
  for (const one of [first, second]) {
    yield announce(one);
    yield ask;
  }
  if (random.chance(0.5)) yield announce(third);
  if (random.chance(0.5)) yield edits.update(second, { allowedAddressPairs: [] });
  yield ask;
};

export const plots: readonly Plot[] = [
  sharedAddress,
  changeOfGroups,
  groupOfPeer,
  rebinding,
  reassociation,
  natGateway,
  strandedElasticIp,
  otherOptions,
];
