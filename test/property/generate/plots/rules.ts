import type { Ip } from '../../../../controller/reference/index.ts';
import { ipv4BlocksOf } from '../../../../controller/resources/index.ts';
import type { Random } from '../../random.ts';
import type { Spec } from '../../script.ts';
import type { Interface, Scene } from '../scene.ts';
import { type Plot, pair } from './plot.ts';

/** A service that a rule may be for, and packets of it and beside it. */
interface Service {
  readonly spec: Spec;
  readonly payloads: readonly Ip['payload'][];
}

function someService(random: Random): Service {
  const sourcePort = random.between(40000, 49999);
  return random.weighted<() => Service>([
    [
      1,
      () => ({ spec: { protocol: 'all' }, payloads: [{ protocol: 'udp', sourcePort, destinationPort: 7 }] }),
    ],
    [
      1,
      () => {
        const fromPort = random.between(1, 60000);
        const toPort = fromPort + random.between(1, 40);
        const protocol = random.pick(['tcp', 'udp'] as const);
        const to = (destinationPort: number): Ip['payload'] =>
          protocol === 'tcp'
            ? { protocol, sourcePort, destinationPort, flags: ['syn'] }
            : { protocol, sourcePort, destinationPort };
        const payloads = [fromPort - 1, fromPort, toPort, toPort + 1].map(to);
        return { spec: { protocol, fromPort, toPort }, payloads };
      },
    ],
    [
      2,
      () => ({
        spec: { protocol: 'icmp', icmpType: 8 },
        payloads: [8, 13].map((type) => ({ protocol: 'icmp', type, code: 0, identifier: sourcePort })),
      }),
    ],
    [5, () => ({ spec: { protocol: 132 }, payloads: [132, 50, 132].map((protocol) => ({ protocol })) })],
  ])();
}

/** A group of its own for an interface, without any rule. */
function* newGroup(scene: Scene, edits: Parameters<Plot>[1], member: Interface) {
  const spec = { vpcId: scene.ref(scene.vpcOf(member)), name: edits.freshName('plot') };
  const group = edits.create('security-group', 'group', spec);
  yield group;
  const ref = `@${group.name}`;
  const open = scene.all('security-group-rule').filter(({ spec }) => scene.ref({ id: spec.groupId }) === ref);
  for (const one of open) yield edits.remove('security-group-rule', scene.name(one));
  yield edits.interfaces.setGroups(member, [ref]);
  return ref;
}

/** One rule on each side decides, of every sort: what it is for gets through, and what is beside it does not. */
export const oneRule: Plot = function* (scene, edits) {
  const { random } = scene;
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  const [sending, serving] = [yield* newGroup(scene, edits, client), yield* newGroup(scene, edits, server)];
  const { spec, payloads } = someService(random);
  const [network = ''] = ipv4BlocksOf(scene.vpcOf(client));
  const rule = (groupId: string, direction: 'ingress' | 'egress', other: string) =>
    edits.create('security-group-rule', 'rule', {
      groupId,
      direction,
      ...spec,
      ...(random.chance(0.6) ? { referencedGroupId: other } : { cidrIpv4: network }),
    });
  yield rule(sending, 'egress', serving);
  yield rule(serving, 'ingress', sending);
  const third = random.pickOrNone(scene.peersOf(client).filter(({ id }) => id !== server.id));
  for (const receiver of third ? [server, third] : [server]) {
    for (const payload of payloads) {
      yield scene.fromInterface(client, { destination: receiver.spec.privateAddress, payload });
    }
  }
};
