import type { SendStep } from '../../script.ts';
import { outsideAddresses } from '../scene.ts';
import { type Plot, tcp } from './plot.ts';

/** An elastic IP goes and comes back while a connection is open. */
export const reassociation: Plot = function* (scene, edits) {
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

/** An interface with an elastic IP comes to a host without the network while those with it are away, and then they come. */
export const strandedElasticIp: Plot = function* (scene, edits) {
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
  yield edits.interfaces.bindTo(owner, scene.name(bare));
  const syn = tcp(scene, owner, random.pick(outsideAddresses), [random.between(20000, 29999), 7777], ['syn']);
  yield syn;
  for (const host of hosts) yield { do: 'host-state', host: scene.name(host), state: 'up' };
  yield syn;
};
