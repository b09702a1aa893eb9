import { broadcastMac } from '../../../../controller/reference/index.ts';
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
