import { broadcastMac, type Ip } from '../../../../controller/reference/index.ts';
import { formatIpv4, lastAddress, parseCidr } from '../../../../controller/resources/index.ts';
import type { Edits } from '../edits.ts';
import type { Interface, Scene } from '../scene.ts';
import { connection, type Plot, pair } from './plot.ts';

/** Of an allowed pair that is not the interface's own. */
const pairMac = '02:aa:00:00:00:02';

/** Groups of their own for client and server; that of the server lets in what is from that of the client, and nothing else. */
function* knownByGroup(scene: Scene, edits: Edits, client: Interface, server: Interface) {
  const vpcId = scene.ref(scene.vpcOf(client));
  const groups = [0, 1].map(() =>
    edits.create('security-group', 'group', { vpcId, name: edits.freshName('plot') }),
  );
  const [sending, serving] = groups.map(({ name }) => `@${name}`) as [string, string];
  yield* groups;
  yield edits.create('security-group-rule', 'rule', {
    groupId: serving,
    direction: 'ingress',
    protocol: 'all',
    referencedGroupId: sending,
  });
  yield edits.interfaces.setGroups(client, [sending]);
  yield edits.interfaces.setGroups(server, [serving]);
}

/**
 * A rule names the client's group: it is for what the client sends from its own address, and from a shared one that it holds, and
 * not for what it sends from others' as a router does.
 */
export const ownName: Plot = function* (scene, edits) {
  const { random } = scene;
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  const block = parseCidr(scene.subnetOf(client).spec.cidrBlock, 'cidrBlock');
  const shared = formatIpv4(lastAddress(block) - 1);
  const foreign = random.chance(0.5) ? { macAddress: pairMac } : {};
  const macAddress = foreign.macAddress ?? scene.ref(client);
  yield* knownByGroup(scene, edits, client, server);
  yield edits.update(client, {
    sourceDestinationCheck: random.chance(0.3),
    allowedAddressPairs: [
      { cidrBlock: `${shared}/32`, ...foreign },
      { cidrBlock: `${client.spec.privateAddress}/32`, macAddress: pairMac },
    ],
  });
  const from = (source: string, mac = scene.ref(client)) => {
    const { syn } = connection(scene, client, server);
    const content = { ...(syn.frame.content as Ip), source };
    return { ...syn, frame: { ...syn.frame, source: mac, content } };
  };
  yield from(client.spec.privateAddress);
  yield from(client.spec.privateAddress, pairMac);
  yield from(random.pick(['10.0.0.200', '198.51.100.7', '192.0.2.9']));
  yield from(shared, macAddress);
  yield scene.raw(client, {
    source: macAddress,
    destination: broadcastMac,
    content: {
      protocol: 'arp',
      operation: 'reply',
      senderMac: macAddress,
      senderAddress: shared,
      targetMac: macAddress,
      targetAddress: shared,
    },
  });
  yield from(shared, macAddress);
};
