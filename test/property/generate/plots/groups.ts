import type { Interface } from '../scene.ts';
import { connection, type Plot, pair } from './plot.ts';

/** The client changes from one allowed group to another, and then the rule for the first one goes. */
export const changeOfGroups: Plot = function* (scene, edits) {
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
  yield edits.interfaces.setGroups(server, [served.ref]);
  yield edits.interfaces.setGroups(client, [old.ref]);
  const packets = connection(scene, client, server);
  yield packets.syn;
  yield packets.answer;
  yield edits.interfaces.setGroups(client, [next.ref]);
  if (scene.random.chance(0.7)) yield packets.ack;
  yield edits.remove('security-group-rule', oldRule.name);
  yield packets.data;
  yield packets.ack;
  yield edits.remove('security-group-rule', nextRule.name);
  yield packets.data;
  yield packets.ack;
};

/** A client may only send to a group, which an interface of a peered VPC has: the rule must see it there. */
export const groupOfPeer: Plot = function* (scene, edits) {
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
  yield edits.interfaces.setGroups(client, [sending.ref]);
  yield edits.interfaces.setGroups(server, [serving.ref]);
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
