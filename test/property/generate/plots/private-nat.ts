import { type Plot, pair, tcp } from './plot.ts';

/** From one subnet to a machine in another by a private NAT gateway, and back. */
export const privateNat: Plot = function* (scene, edits) {
  const actors = pair(scene);
  if (!actors) return;
  const [client, server] = actors;
  if (client.spec.subnetId === server.spec.subnetId) return;
  const gateway = edits.create('nat-gateway', 'nat', {
    subnetId: scene.ref(scene.subnetOf(server)),
    connectivity: 'private',
  });
  const destination = server.spec.privateAddress;
  const table = edits.create('route-table', 'table', { vpcId: scene.ref(scene.vpcOf(client)) });
  yield gateway;
  yield table;
  yield {
    do: 'update',
    kind: 'route-table',
    name: table.name,
    spec: { routes: [{ destination: `${destination}/32`, target: `@${gateway.name}` }] },
  };
  yield edits.update(scene.subnetOf(client), { routeTableId: `@${table.name}` });
  for (const [one, direction] of [
    [client, 'egress'],
    [server, 'ingress'],
  ] as const) {
    yield edits.create('security-group-rule', 'rule', {
      groupId: `@${scene.name({ id: one.spec.securityGroupIds[0] as string })}`,
      direction,
      protocol: 'all',
      cidrIpv4: '0.0.0.0/0',
    });
  }
  const port = scene.random.between(20000, 29999);
  const sent = yield tcp(scene, client, destination, [port, 7777], ['syn']);
  if (sent.type !== 'sent' || sent.evaluation.outcome.type !== 'delivered') return;
  const seen = sent.evaluation.outcome.frame.content as { source: string };
  yield tcp(scene, server, seen.source, [7777, port], ['syn', 'ack']);
  yield tcp(scene, server, seen.source, [7778, port], ['syn']);
  yield tcp(scene, client, destination, [port, 7777], ['ack']);
};
