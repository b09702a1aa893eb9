import type { Ip } from '../../../../controller/reference/index.ts';
import type { ScriptStep } from '../../script.ts';
import { type Interface, outsideAddresses, type Scene } from '../scene.ts';
import { type Plot, tcp } from './plot.ts';

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
export const natGateway: Plot = function* (scene, edits) {
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
  yield* toElasticIp(scene, edits, client);
  if (random.chance(0.6)) yield edits.remove('nat-gateway', gateway.name);
  yield syn;
};

/** By the gateway to a machine of the cloud that has an elastic IP, and takes what comes. */
function* toElasticIp(scene: Scene, edits: Parameters<Plot>[1], client: Interface): Generator<ScriptStep> {
  const { random } = scene;
  const bound = new Set(scene.interfaces(true).map(({ id }) => id));
  const taken = scene.all('elastic-ip').flatMap((one) => {
    const owner = scene.ownerOf(one);
    return owner && bound.has(owner.id) && owner.id !== client.id
      ? [{ address: one.spec.address, owner }]
      : [];
  });
  const target = random.pickOrNone(taken);
  if (!target) return;
  yield edits.create('security-group-rule', 'rule', {
    groupId: `@${scene.name({ id: target.owner.spec.securityGroupIds[0] as string })}`,
    direction: 'ingress',
    protocol: 'all',
    cidrIpv4: '0.0.0.0/0',
  });
  const port = random.between(20000, 29999);
  yield tcp(scene, client, target.address, [port, 7777], ['syn']);
}
