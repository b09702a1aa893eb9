import type { ApiResource } from '@weft/api/contract';
import type { Route } from '@weft/controller/resources';
import type { Client } from '../client.ts';
import { any, chooseNetwork, inVpc, isFull, own, peersOf } from './choose.ts';
import { createInterfaceIn } from './interfaces.ts';
import { chooseSubnetBlock } from './networks.ts';

/** Mostly a public one, with an elastic IP of its own that goes to the network of the VPC's internet gateway. */
export async function createNatGateway(client: Client): Promise<void> {
  const subnet = any(client, 'subnet');
  if (!subnet || isFull(client, 'nat-gateway')) return;
  if (client.random.chance(0.2)) {
    await client.create('nat-gateway', { subnetId: subnet.id, connectivity: 'private' });
    return;
  }
  const [gateway] = inVpc(client, 'internet-gateway', subnet.spec.vpcId);
  const free = client.ledger
    .all('elastic-ip', client.number)
    .find(
      ({ spec }) =>
        spec.networkInterfaceId === undefined && spec.externalNetworkId === gateway?.spec.externalNetworkId,
    );
  const address =
    free ??
    (gateway && !isFull(client, 'elastic-ip')
      ? await client.create('elastic-ip', { externalNetworkId: gateway.spec.externalNetworkId })
      : undefined);
  const spec = address && { subnetId: subnet.id, elasticIpId: address.id };
  const made = spec && (await client.create('nat-gateway', spec));
  if (!made || !client.random.chance(0.7)) return;
  await createSubnetWith(client, made.spec.vpcId, [{ destination: '0.0.0.0/0', target: made.id }]);
}

/**
 * Leads a subnet with a machine out by a public NAT gateway of its VPC.
 * @param always though there are as many route tables as a run has room for
 */
export async function leadThroughNat(client: Client, always = false): Promise<void> {
  const { random, ledger, surroundings } = client;
  const nat = random.pick(ledger.all('nat-gateway').filter(({ spec }) => spec.elasticIpId !== undefined));
  if (!nat || (!always && isFull(client, 'route-table'))) return;
  const { vpcId } = nat.spec;
  const withMachine = new Set(
    inVpc(client, 'network-interface', vpcId)
      .filter(({ id }) => surroundings.machines.of(id) !== undefined)
      .map(({ spec }) => spec.subnetId),
  );
  const mine = ledger.all('subnet', client.number).filter(({ spec }) => spec.vpcId === vpcId);
  const subnet = random.pick(mine.filter(({ id }) => withMachine.has(id) && id !== nat.spec.subnetId));
  if (!subnet) return;
  const routes = [{ destination: '0.0.0.0/0', target: nat.id }];
  const table = await client.create('route-table', { vpcId, routes });
  if (table) await client.update('subnet', subnet, { routeTableId: table.id });
}

/** A subnet with a table and an interface of its own; seldom do random routes and subnets come together so. */
async function createSubnetWith(client: Client, vpcId: string, routes: readonly Route[]): Promise<void> {
  const vpc = client.ledger.get('vpc', vpcId);
  if (!vpc || isFull(client, 'subnet') || isFull(client, 'route-table')) return;
  const table = await client.create('route-table', { vpcId, routes });
  const cidrBlock = chooseSubnetBlock(client, vpc);
  const subnet = table && (await client.create('subnet', { vpcId, cidrBlock, routeTableId: table.id }));
  if (subnet) await createInterfaceIn(client, subnet);
}

export async function createEgressOnlyGateway(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || isFull(client, 'egress-only-internet-gateway')) return;
  await client.create('egress-only-internet-gateway', {
    vpcId: vpc.id,
    externalNetworkId: chooseNetwork(client).id,
  });
}

/** Asks for a connection; whoever asked mostly accepts at once, because only the maker changes what it made. */
export async function createPeering(client: Client): Promise<void> {
  const { random } = client;
  const mine = client.ledger.all('vpc', client.number);
  const both = mine.length > 1 && random.chance(0.5) ? mine : client.ledger.all('vpc');
  const [requester, accepter] = random.sample(both, 2);
  if (!requester || !accepter || isFull(client, 'vpc-peering-connection')) return;
  const connection = await client.create('vpc-peering-connection', {
    requesterVpcId: requester.id,
    accepterVpcId: accepter.id,
  });
  if (!connection || !random.chance(0.8)) return;
  if (!(await client.update('vpc-peering-connection', connection, { state: 'active' }))) return;
  for (const [vpc, peer] of [
    [requester, accepter],
    [accepter, requester],
  ] as const) {
    await routeAcross(client, vpc.id);
    const route = { destination: peer.spec.cidrBlock, target: connection.id };
    if (random.chance(0.7)) await createSubnetWith(client, vpc.id, [route]);
  }
}

/** Adds routes to the peers of a VPC to the client's own tables there. */
async function routeAcross(client: Client, vpcId: string): Promise<void> {
  for (const table of client.ledger.all('route-table', client.number)) {
    if (table.spec.vpcId === vpcId) await addPeers(client, table);
  }
}

async function addPeers(client: Client, table: ApiResource<'route-table'>): Promise<void> {
  const present = new Set(table.spec.routes.map(({ destination }) => destination));
  const routes = peersOf(client, table.spec.vpcId).flatMap(({ connection, peer: { spec } }) => {
    if (present.has(spec.cidrBlock)) return [];
    present.add(spec.cidrBlock);
    return [{ destination: spec.cidrBlock, target: connection.id }];
  });
  if (routes.length > 0)
    await client.update('route-table', table, { routes: [...table.spec.routes, ...routes] });
}

/** Accepts or rejects what waits for it; refused when it does not. */
export async function answerPeering(client: Client): Promise<void> {
  const connection = own(client, 'vpc-peering-connection');
  if (!connection) return;
  const state = client.random.chance(0.7) ? 'active' : 'rejected';
  await client.update('vpc-peering-connection', connection, { state });
}

export async function createDhcpOptions(client: Client): Promise<void> {
  if (isFull(client, 'dhcp-options')) return;
  const number = client.random.between(1, 200);
  await client.create('dhcp-options', {
    domainName: `chaos-${number}.internal`,
    ...(client.random.chance(0.5) ? { domainNameServers: [`192.0.2.${number}`, 'provided'] } : {}),
  });
}

export async function setDhcpOptions(client: Client): Promise<void> {
  const vpc = own(client, 'vpc');
  const options = client.random.chance(0.7) ? any(client, 'dhcp-options') : undefined;
  if (vpc) await client.update('vpc', vpc, { dhcpOptionsId: options?.id ?? null });
}
