import type { ResourceOf } from '../resources/index.ts';
import type { World } from './world.ts';

export const externalNetworkSpec = {
  name: 'external',
  cidrBlock: '203.0.113.0/24',
  gateway: '203.0.113.1',
  addressRanges: [{ first: '203.0.113.10', last: '203.0.113.12' }],
} as const;
/** The same with IPv6: three blocks for VPCs. */
export const dualStackNetworkSpec = {
  ...externalNetworkSpec,
  ipv6CidrBlock: '2001:db8::/54',
  ipv6Gateway: 'fe80::1',
} as const;

/** A VPC with one subnet, both with number 1 in a new world; route table, group, rules and matches come with it. */
export async function network(
  world: World,
  cidrBlock = '10.0.0.0/16',
): Promise<{ vpc: ResourceOf<'vpc'>; subnet: ResourceOf<'subnet'> }> {
  const vpc = await world.create('vpc', { cidrBlock });
  const block = `${cidrBlock.split('.').slice(0, 2).join('.')}.1.0/24`;
  return { vpc, subnet: await world.create('subnet', { vpcId: vpc.id, cidrBlock: block }) };
}

interface PublicSubnet {
  readonly outside: ResourceOf<'external-network'>;
  readonly vpc: ResourceOf<'vpc'>;
  readonly subnet: ResourceOf<'subnet'>;
  readonly gateway: ResourceOf<'internet-gateway'>;
}

/** A network outside, and a VPC with a subnet and an internet gateway to it; no host. Every number is 1. */
export async function publicSubnet(world: World): Promise<PublicSubnet> {
  const outside = await world.create('external-network', externalNetworkSpec);
  const { vpc, subnet } = await network(world);
  const gateway = await world.create('internet-gateway', { vpcId: vpc.id });
  return { outside, vpc, subnet, gateway };
}

/** What most tests stand on: the same with a host that has a port to the network (`host-1`) and one without (`host-2`). */
export async function cloud(world: World): Promise<PublicSubnet> {
  const scene = await publicSubnet(world);
  await world.host(1, { externalPorts: { external: 2 } });
  await world.host(2);
  return scene;
}

/** As `cloud`, with IPv6 addresses for everything that can have them. */
export async function dualStackCloud(world: World): ReturnType<typeof cloud> {
  const outside = await world.create('external-network', dualStackNetworkSpec);
  await world.host(1, { externalPorts: { external: 2 } });
  await world.host(2);
  const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: 'auto' });
  const subnet = await world.create('subnet', {
    vpcId: vpc.id,
    cidrBlock: '10.0.1.0/24',
    ipv6CidrBlock: 'auto',
    assignIpv6Address: true,
  });
  const gateway = await world.create('internet-gateway', { vpcId: vpc.id });
  return { outside, vpc, subnet, gateway };
}
