import { ipv4BlocksOf } from '../../../../controller/resources/index.ts';
import type { ScriptStep } from '../../script.ts';
import type { Edits } from '../edits.ts';
import { type Interface, outsideAddresses, type Scene } from '../scene.ts';
import { openBorders } from './borders.ts';
import { connection, type Plot, pair, tcp } from './plot.ts';

/*
 * Connections that are established, and what ends them at once. Single random edits seldom meet one.
 */

/** Everything passes the groups of an interface, in IPv4. */
function* openGroups(scene: Scene, edits: Edits, one: Interface): Generator<ScriptStep> {
  const groupId = `@${scene.name({ id: one.spec.securityGroupIds[0] as string })}`;
  for (const direction of ['ingress', 'egress']) {
    const spec = { groupId, direction, protocol: 'all', cidrIpv4: '0.0.0.0/0' };
    yield edits.create('security-group-rule', 'rule', spec);
  }
}

/** A network ACL that lets nothing pass comes to the subnet of one side, and goes again. */
const aclChanges: Plot = function* (scene, edits) {
  const actors = pair(scene);
  if (!actors || actors[0].spec.subnetId === actors[1].spec.subnetId) return;
  for (const one of actors) {
    yield* openGroups(scene, edits, one);
    yield* openBorders(scene, edits, one, []);
  }
  const [client, server] = actors;
  const { syn, answer, ack, data } = connection(scene, client, server);
  yield syn;
  yield answer;
  const subnet = scene.subnetOf(scene.random.pick(actors));
  const before = subnet.spec.networkAclId;
  const closed = edits.create('network-acl', 'acl', { vpcId: scene.ref(scene.vpcOf(client)), entries: [] });
  yield closed;
  yield edits.update(subnet, { networkAclId: `@${closed.name}` });
  yield ack;
  yield data;
  yield edits.update(subnet, { networkAclId: before ? scene.ref({ id: before }) : null });
  yield ack;
};

/** An elastic IP is released while somebody outside is connected by it. */
const elasticIpIsReleased: Plot = function* (scene, edits) {
  const { random } = scene;
  const gateways = new Map(scene.all('internet-gateway').map((one) => [one.spec.vpcId, scene.ref(one)]));
  const used = scene.all('elastic-ip').filter((one) => {
    const owner = scene.ownerOf(one);
    return owner && gateways.has(owner.spec.vpcId) && scene.bindingsOf(owner).length > 0;
  });
  const elasticIp = random.pickOrNone(used);
  const server = elasticIp && scene.ownerOf(elasticIp);
  if (!server) return;
  const target = gateways.get(server.spec.vpcId) as string;
  yield* openGroups(scene, edits, server);
  yield* openBorders(scene, edits, server, [{ destination: '0.0.0.0/0', target }]);
  const source = random.pick(outsideAddresses);
  const port = random.between(20000, 29999);
  const into = (flags: readonly ('syn' | 'ack')[]) =>
    scene.fromOutside(elasticIp, {
      source,
      payload: { protocol: 'tcp', sourcePort: port, destinationPort: 7777, flags },
    });
  const from = elasticIp.spec.privateAddress ?? server.spec.privateAddress;
  const out = (flags: readonly ('syn' | 'ack')[]) => {
    const step = tcp(scene, server, source, [7777, port], flags);
    return {
      ...step,
      frame: { ...step.frame, content: { ...step.frame.content, source: from } },
    } as typeof step;
  };
  yield into(['syn']);
  yield out(['syn', 'ack']);
  yield edits.update(elasticIp, { networkInterfaceId: null });
  const [first, second] = random.chance(0.5) ? [into(['ack']), out(['ack'])] : [out(['ack']), into(['ack'])];
  yield first;
  yield second;
};

/** A peering connection is deleted while it is used. */
const peeringIsDeleted: Plot = function* (scene, edits) {
  const { random } = scene;
  const ways = scene.interfaces(true).flatMap((client) =>
    scene
      .connectionsOf(client.spec.vpcId)
      .filter(({ connection: { spec } }) => spec.state === 'active')
      .flatMap((way) => {
        const servers = scene.interfaces(true).filter(({ spec }) => spec.vpcId === way.vpc.id);
        return servers.map((server) => ({ client, server, ...way }));
      }),
  );
  const way = random.pickOrNone(ways);
  if (!way) return;
  const { client, server } = way;
  const target = scene.ref(way.connection);
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    const routes = ipv4BlocksOf(scene.vpcOf(other)).map((destination) => ({ destination, target }));
    yield* openGroups(scene, edits, one);
    yield* openBorders(scene, edits, one, routes);
  }
  const { syn, answer, ack, data } = connection(scene, client, server);
  yield syn;
  yield answer;
  yield edits.remove('vpc-peering-connection', scene.name(way.connection));
  yield random.pick([ack, data]);
};

export const endingPlots: readonly Plot[] = [aclChanges, elasticIpIsReleased, peeringIsDeleted];
