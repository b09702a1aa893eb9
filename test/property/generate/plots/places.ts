import { broadcastMac } from '../../../../controller/reference/index.ts';
import { formatIpv4, lastAddress, parseCidr } from '../../../../controller/resources/index.ts';
import { type Interface, ping } from '../scene.ts';
import { connection, type Plot, pair } from './plot.ts';

/** The server's port goes and comes back: what it answers now belongs to no connection. */
export const rebinding: Plot = function* (scene, edits) {
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  const binding = scene.bindingsOf(server).at(-1);
  const packets = connection(scene, client, server);
  yield packets.syn;
  if (!binding) return;
  const host = scene.name({ id: binding.spec.hostId });
  yield { do: 'unbind', interface: scene.name(server), host };
  yield edits.interfaces.bindTo(server, host);
  yield packets.answer;
};

/** What DHCP tells changes while an interface has a lease. */
export const otherOptions: Plot = function* (scene, edits) {
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
export const sharedAddress: Plot = function* (scene, edits) {
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
