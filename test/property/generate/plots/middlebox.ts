import type { ScriptStep } from '../../script.ts';
import type { Edits } from '../edits.ts';
import { type Interface, outsideAddresses, outsideAddressesIpv6, type Scene } from '../scene.ts';
import { openBorders, type Route } from './borders.ts';
import type { Plot } from './plot.ts';

/** A machine with an elastic IP, an interface of another subnet of its VPC, and their internet gateway. */
function cast(scene: Scene) {
  const { random } = scene;
  const elasticIp = random.pickOrNone(scene.all('elastic-ip').filter((one) => scene.ownerOf(one)));
  const server = elasticIp && scene.ownerOf(elasticIp);
  const others = server
    ? scene.peersOf(server).filter(({ spec }) => spec.subnetId !== server.spec.subnetId)
    : [];
  const between = random.pickOrNone(others);
  const [gateway] = server ? scene.inVpc('internet-gateway', server.spec.vpcId) : [];
  return elasticIp && server && between && gateway && { elasticIp, server, between, gateway };
}

/** What comes in for a subnet is led to an interface of another one, by the table that the gateway has or gets. */
function* associated(
  scene: Scene,
  edits: Edits,
  gateway: { readonly id: string },
  server: Interface,
  target: string,
): Generator<ScriptStep, string> {
  const { cidrBlock, ipv6CidrBlock } = scene.subnetOf(server).spec;
  const routes: Route[] = [{ destination: cidrBlock, target }];
  if (ipv6CidrBlock !== undefined) routes.push({ destinationIpv6: ipv6CidrBlock, target });
  const present = scene.all('route-table').find(({ spec }) => spec.internetGatewayId === gateway.id);
  if (present) {
    yield edits.update(present, { routes });
    return scene.name(present);
  }
  const vpcId = scene.ref(scene.vpcOf(server));
  const table = edits.create('route-table', 'table', {
    vpcId,
    routes,
    internetGatewayId: scene.ref(gateway),
  });
  yield table;
  return table.name;
}

/**
 * A middlebox stands between the internet gateway and a machine, and passes answers on under the machine's public address; then
 * the gateway has no table any more.
 */
export const middlebox: Plot = function* (scene, edits) {
  const { random } = scene;
  const found = cast(scene);
  if (!found) return;
  const { elasticIp, server, between, gateway } = found;
  const target = scene.ref(gateway);
  yield edits.update(between, { sourceDestinationCheck: false });
  yield* openBorders(scene, edits, between, [
    { destination: '0.0.0.0/0', target },
    { destinationIpv6: '::/0', target },
  ]);
  const groupId = `@${scene.name({ id: between.spec.securityGroupIds[0] as string })}`;
  for (const everybody of [{ cidrIpv4: '0.0.0.0/0' }, { cidrIpv6: '::/0' }]) {
    for (const direction of ['ingress', 'egress']) {
      yield edits.create('security-group-rule', 'rule', {
        groupId,
        direction,
        protocol: 'all',
        ...everybody,
      });
    }
  }
  const table = yield* associated(scene, edits, gateway, server, scene.ref(between));
  const [machine, machineIpv6] = [random.pick(outsideAddresses), random.pick(outsideAddressesIpv6)];
  const port = random.between(20000, 29999);
  const asked = { protocol: 'tcp', sourcePort: port, destinationPort: 7777, flags: ['syn'] } as const;
  const answer = {
    protocol: 'tcp',
    sourcePort: 7777,
    destinationPort: port,
    flags: ['syn', 'ack'],
  } as const;
  const syn = scene.fromOutside(elasticIp, { source: machine, payload: asked });
  const passOn = (source: string, destination: string) =>
    scene.fromInterface(between, { source, destination, payload: answer });
  yield syn;
  yield passOn(elasticIp.spec.privateAddress ?? server.spec.privateAddress, machine);
  const [ipv6Address] = server.spec.ipv6Addresses ?? [];
  if (ipv6Address !== undefined) {
    yield scene.fromOutsideIpv6(server, { source: machineIpv6, destination: ipv6Address, payload: asked });
    yield passOn(ipv6Address, machineIpv6);
  }
  if (random.chance(0.3)) yield edits.update(between, { sourceDestinationCheck: true });
  yield syn;
  if (random.chance(0.5)) return;
  yield { do: 'update', kind: 'route-table', name: table, spec: { internetGatewayId: null } };
  yield syn;
};
