import type { ApiResource } from '@weft/api/contract';
import { ipv4BlocksOf, type Route } from '@weft/controller/resources';
import type { Client } from '../client.ts';
import { any, chooseNetwork, inVpc, isFull, openGroup, own, peersOf } from './choose.ts';

type Vpc = ApiResource<'vpc'>;

/** VPCs of different clients mostly have equal addresses; only those with different ones can be peered. */
const vpcBlocks = ['10.0.0.0/16', '10.1.0.0/16', '10.2.0.0/16'];

/** A VPC with what makes it reachable. */
export async function createVpc(client: Client): Promise<Vpc | undefined> {
  const { random } = client;
  if (isFull(client, 'vpc')) return undefined;
  const used = client.ledger.all('vpc', client.number).map(({ spec }) => spec.cidrBlock);
  const cidrBlock = vpcBlocks.find((block) => !used.includes(block)) ?? (random.pick(vpcBlocks) as string);
  const vpc = await client.create('vpc', {
    cidrBlock,
    ...(random.chance(0.7) ? { ipv6CidrBlock: 'auto' } : {}),
  });
  if (!vpc) return undefined;
  const gateway = await client.create('internet-gateway', {
    vpcId: vpc.id,
    externalNetworkId: chooseNetwork(client).id,
  });
  if (gateway) {
    const routes: Route[] = [
      { destination: '0.0.0.0/0', target: gateway.id },
      ...(vpc.spec.ipv6CidrBlock ? [{ destinationIpv6: '::/0', target: gateway.id }] : []),
    ];
    const table = await client.create('route-table', { vpcId: vpc.id, routes });
    const spec = { vpcId: vpc.id, cidrBlock: chooseSubnetBlock(client, vpc) };
    const ipv6 = vpc.spec.ipv6CidrBlock ? { ipv6CidrBlock: 'auto', assignIpv6Address: true } : {};
    await client.create('subnet', { ...spec, ...ipv6, ...(table ? { routeTableId: table.id } : {}) });
  }
  await createOpenGroup(client, vpc);
  return vpc;
}

/** A group that lets the outside in: random rules seldom do all that an elastic IP needs to be reached. */
async function createOpenGroup(client: Client, vpc: Vpc): Promise<void> {
  const group = await client.create('security-group', { vpcId: vpc.id, name: openGroup });
  if (!group) return;
  const anywhere = { groupId: group.id, direction: 'ingress', cidrIpv4: '0.0.0.0/0' };
  await client.create('security-group-rule', { ...anywhere, protocol: 'icmp' });
  await client.create('security-group-rule', { ...anywhere, protocol: 'tcp', fromPort: 80, toPort: 80 });
}

/** Succeeds only when nobody uses it any more. */
export async function removeVpc(client: Client): Promise<void> {
  const vpc = own(client, 'vpc');
  if (!vpc || client.ledger.all('vpc').length < 3) return;
  for (const gateway of client.ledger.all('internet-gateway', client.number)) {
    if (gateway.spec.vpcId !== vpc.id) continue;
    if (await client.update('internet-gateway', gateway, { vpcId: null })) {
      const back = client.random.chance(0.8);
      if (back) await client.update('internet-gateway', gateway, { vpcId: vpc.id });
      else await client.remove('internet-gateway', gateway);
    }
  }
  await client.remove('vpc', vpc);
}

/** Further IPv4 blocks, which come and go. */
export async function setBlocks(client: Client): Promise<void> {
  const vpc = own(client, 'vpc');
  if (!vpc) return;
  const all = [0, 1, 2, 3].map((index) => `100.64.${16 * index}.0/20`);
  const secondaryCidrBlocks = client.random.sample(all, client.random.between(0, 2));
  await client.update('vpc', vpc, { secondaryCidrBlocks });
}

/** The IPv6 block comes, or goes when no subnet uses it. */
export async function setIpv6(client: Client): Promise<void> {
  const vpc = own(client, 'vpc');
  if (vpc) await client.update('vpc', vpc, { ipv6CidrBlock: vpc.spec.ipv6CidrBlock ? null : 'auto' });
}

/** A block of one of the VPC's; in a small one there is room for two subnets. */
export function chooseSubnetBlock({ random }: Client, vpc: Vpc): string {
  const [primary = '', ...secondary] = ipv4BlocksOf(vpc);
  const block = random.chance(0.3) ? (random.pick(secondary) ?? primary) : primary;
  const [first, second, third] = block.split('.');
  return `${first}.${second}.${Number(third) + random.between(0, 7)}.0/24`;
}

export async function createSubnet(client: Client): Promise<void> {
  const { random } = client;
  const vpc = any(client, 'vpc');
  if (!vpc || isFull(client, 'subnet')) return;
  const table = random.chance(0.8) ? random.pick(inVpc(client, 'route-table', vpc.id)) : undefined;
  const acl = random.chance(0.5) ? random.pick(inVpc(client, 'network-acl', vpc.id)) : undefined;
  const ipv6 = vpc.spec.ipv6CidrBlock !== undefined && random.chance(0.7);
  await client.create('subnet', {
    vpcId: vpc.id,
    cidrBlock: chooseSubnetBlock(client, vpc),
    ...(table ? { routeTableId: table.id } : {}),
    ...(acl ? { networkAclId: acl.id } : {}),
    ...(ipv6 ? { ipv6CidrBlock: 'auto', assignIpv6Address: random.chance(0.7) } : {}),
    ...(random.chance(0.5) ? { mapPublicIpOnLaunch: true } : {}),
  });
}

/** Another route table or network ACL, or that of the VPC again. */
export async function associate(client: Client): Promise<void> {
  const { random } = client;
  const subnet = own(client, 'subnet');
  if (!subnet) return;
  const { vpcId } = subnet.spec;
  const table = random.chance(0.8) ? random.pick(inVpc(client, 'route-table', vpcId)) : undefined;
  const acl = random.chance(0.8) ? random.pick(inVpc(client, 'network-acl', vpcId)) : undefined;
  await client.update(
    'subnet',
    subnet,
    random.chance(0.4) ? { routeTableId: table?.id ?? null } : { networkAclId: acl?.id ?? null },
  );
}

export async function setSubnet(client: Client): Promise<void> {
  const { random } = client;
  const subnet = own(client, 'subnet');
  if (!subnet) return;
  const ipv6 = { ipv6CidrBlock: subnet.spec.ipv6CidrBlock === undefined ? 'auto' : null };
  await client.update(
    'subnet',
    subnet,
    random.chance(0.5) ? ipv6 : { mapPublicIpOnLaunch: random.chance(0.5) },
  );
}

export async function createTable(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || isFull(client, 'route-table')) return;
  const [gateway] = inVpc(client, 'internet-gateway', vpc.id);
  const outward = { destination: '0.0.0.0/0', target: gateway?.id ?? 'blackhole' };
  await client.create('route-table', { vpcId: vpc.id, routes: client.random.chance(0.8) ? [outward] : [] });
}

/** Routes to whatever the VPC has, at most one to each destination. */
export async function setRoutes(client: Client): Promise<void> {
  const { random, ledger } = client;
  const table = own(client, 'route-table');
  if (!table) return;
  const { vpcId } = table.spec;
  const internet = random.pick(inVpc(client, 'internet-gateway', vpcId))?.id;
  const nat = random.pick(inVpc(client, 'nat-gateway', vpcId))?.id;
  const egressOnly = random.pick(inVpc(client, 'egress-only-internet-gateway', vpcId))?.id;
  const list = random.pick(ledger.all('prefix-list').filter(({ spec }) => spec.name.startsWith('routes')));
  const router = random.pick(
    inVpc(client, 'network-interface', vpcId).filter(({ spec }) => spec.sourceDestinationCheck === false),
  );
  const routes: Route[] = [{ destination: '192.0.2.0/24', target: 'blackhole' }];
  const toFour = random.chance(0.4) ? (nat ?? internet) : internet;
  const toSix = random.chance(0.4) ? (egressOnly ?? internet) : internet;
  if (toFour && random.chance(0.95)) routes.push({ destination: '0.0.0.0/0', target: toFour });
  if (toSix && random.chance(0.9)) routes.push({ destinationIpv6: '::/0', target: toSix });
  if (list && random.chance(0.5)) {
    const isSix = list.spec.addressFamily === 'ipv6';
    routes.push({ destination: list.id, target: (isSix ? egressOnly : nat) ?? 'blackhole' });
  }
  if (router && random.chance(0.5)) routes.push({ destination: '172.31.0.0/16', target: router.id });
  const reached = new Set<string>();
  for (const { connection, peer } of peersOf(client, vpcId)) {
    const { cidrBlock, ipv6CidrBlock } = peer.spec;
    if (reached.has(cidrBlock)) continue;
    reached.add(cidrBlock);
    routes.push({ destination: cidrBlock, target: connection.id });
    if (ipv6CidrBlock) routes.push({ destinationIpv6: ipv6CidrBlock, target: connection.id });
  }
  await client.update('route-table', table, { routes });
}
