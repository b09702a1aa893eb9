import type { ScriptStep } from '../script.ts';
import { Edits } from './edits.ts';
import { externalNetwork, type Scene } from './scene.ts';

/** VPCs choose from these, so that many of them overlap, and some can be peered. */
const vpcBlocks = ['10.0.0.0/16', '10.0.0.0/16', '10.0.0.0/20', '172.16.0.0/16', '192.168.0.0/20'];

/** How many of what a network starts with. */
export interface Size {
  readonly hosts: readonly [low: number, high: number];
  readonly vpcs: readonly [low: number, high: number];
  readonly interfaces: readonly [low: number, high: number];
}

export const usualSize: Size = { hosts: [2, 4], vpcs: [2, 5], interfaces: [16, 40] };

/** Builds a random network, step by step, by the operations that users have. */
export async function buildNetwork(
  scene: Scene,
  run: (step: ScriptStep) => Promise<unknown>,
  size: Size = usualSize,
): Promise<Edits> {
  const { random } = scene;
  const edits = new Edits(scene);
  const many = (of: readonly [number, number]) => random.between(...of);
  const hosts = many(size.hosts);
  for (let number = 1; number <= hosts; number++) {
    await run({ do: 'host', name: `host${number}`, number, external: number === 1 || random.chance(0.7) });
  }
  await run({
    do: 'create',
    kind: 'external-network',
    name: externalNetwork.name,
    spec: externalSpec(random),
  });
  const vpcs = many(size.vpcs);
  for (let index = 1; index <= vpcs; index++) await run(edits.newVpc(random.pick(vpcBlocks)));
  for (let index = 0; index < vpcs * 3; index++) await run(edits.newSubnet());
  for (let index = 0; index < vpcs * 3; index++) await run(edits.newGroup());
  const interfaces = many(size.interfaces);
  for (let index = 0; index < interfaces; index++) await run(edits.interfaces.newInterface());
  const borders = edits.borders;
  for (let index = 0; index < vpcs; index++) await run(borders.newList());
  for (let index = 0; index < vpcs * 3; index++) await run(borders.newPeering());
  for (let index = 0; index < vpcs * 2; index++) await run(borders.answerPeering());
  for (let index = 0; index < vpcs * 8; index++) await run(edits.newRule());
  for (let index = 0; index < interfaces; index++) await run(edits.interfaces.bindOne());
  for (let index = 0; index < interfaces / 4; index++) await run(edits.interfaces.changeInstance());
  for (let index = 0; index < vpcs; index++) {
    await run(edits.routes.newGateway());
    await run(edits.routes.newRouteTable());
    if (random.chance(0.7)) await run(edits.ipv6.newGateway());
  }
  for (let index = 0; index < vpcs; index++) {
    await run(edits.routes.newRouteTable());
    if (random.chance(0.5)) continue;
    await run(edits.freeElasticIp());
    await run(edits.routes.newNatGateway());
  }
  for (let index = 0; index < vpcs * 2; index++) await run(edits.routes.changeSubnetTable());
  for (let index = 0; index < vpcs * 5; index++) await run(edits.routes.changeRoutes());
  for (let index = 0; index < vpcs * 2; index++) await run(borders.newAcl());
  for (let index = 0; index < vpcs * 3; index++) await run(borders.changeSubnetAcl());
  for (let index = 0; index < interfaces / 2; index++) await run(edits.publicAddresses.newElasticIp());
  return edits;
}

function externalSpec(random: Scene['random']): Record<string, unknown> {
  const { name, cidr, gateway, first, last, ipv6, ipv6Gateways } = externalNetwork;
  return {
    name,
    cidrBlock: cidr,
    ...(random.chance(0.8) ? { gateway } : {}),
    ...(random.chance(0.5) ? {} : { vlan: random.between(1, 4094) }),
    addressRanges: [{ first, last }],
    ipv6CidrBlock: ipv6,
    ...(random.chance(0.85) ? { ipv6Gateway: random.pick(ipv6Gateways) } : {}),
  };
}
