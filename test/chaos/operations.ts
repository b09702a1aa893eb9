import type { ApiResource } from '@weft/api/contract';
import type { Host } from '@weft/labs/hosts';
import type { Client } from './client.ts';

/** The most of each kind that a run has at once: enough to meet each other, few enough for one machine. */
const most = { vpcs: 4, subnets: 12, groups: 16, rules: 60, interfaces: 40, elasticIps: 12, tables: 6 };
const machinesPerHost = 6;
const mostInstances = 4;

type Vpc = ApiResource<'vpc'>;

const groupsOf = (client: Client, vpcId: string) =>
  client.ledger.all('security-group').filter(({ spec }) => spec.vpcId === vpcId);

/** One to three groups of the VPC, perhaps its default group; nothing when it is going at this moment. */
function chooseGroups(client: Client, vpcId: string): { securityGroupIds?: string[] } {
  const vpc = client.ledger.get('vpc', vpcId);
  const ids = groupsOf(client, vpcId).map(({ id }) => id);
  if (vpc) ids.push(vpc.spec.defaultSecurityGroupId);
  const securityGroupIds = client.random.sample(ids, client.random.between(1, 3));
  return securityGroupIds.length > 0 ? { securityGroupIds } : {};
}

/** Its own of a kind: only these a client changes or deletes. */
const own = <K extends Parameters<Client['ledger']['all']>[0]>(client: Client, kind: K) =>
  client.random.pick(client.ledger.all(kind, client.number));
const any = <K extends Parameters<Client['ledger']['all']>[0]>(client: Client, kind: K) =>
  client.random.pick(client.ledger.all(kind));
const chooseHost = ({ random, surroundings }: Client) => random.pick(surroundings.machines.hosts) as Host;

/** A VPC with what makes it reachable; each has the same addresses as the others. */
export async function createVpc(client: Client): Promise<Vpc | undefined> {
  if (client.ledger.all('vpc').length >= most.vpcs) return undefined;
  const vpc = await client.create('vpc', { cidrBlock: '10.0.0.0/16' });
  if (!vpc) return undefined;
  const gateway = await client.create('internet-gateway', { vpcId: vpc.id });
  if (gateway) {
    const table = await client.create('route-table', {
      vpcId: vpc.id,
      routes: [{ destination: '0.0.0.0/0', target: gateway.id }],
    });
    const spec = { vpcId: vpc.id, cidrBlock: `10.0.${client.random.between(0, 7)}.0/24` };
    await client.create('subnet', table ? { ...spec, routeTableId: table.id } : spec);
  }
  await createOpenGroup(client, vpc);
  return vpc;
}

/** A group that lets the outside in: random rules seldom do all that an elastic IP needs to be reached. */
async function createOpenGroup(client: Client, vpc: Vpc): Promise<void> {
  const group = await client.create('security-group', { vpcId: vpc.id, name: 'open' });
  if (!group) return;
  const anywhere = { groupId: group.id, direction: 'ingress', cidrIpv4: '0.0.0.0/0' };
  await client.create('security-group-rule', { ...anywhere, protocol: 'icmp' });
  await client.create('security-group-rule', { ...anywhere, protocol: 'tcp', fromPort: 80, toPort: 80 });
}

/** Succeeds only when nobody uses it any more. */
async function removeVpc(client: Client): Promise<void> {
  const vpc = own(client, 'vpc');
  if (!vpc || client.ledger.all('vpc').length < 2) return;
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

async function createSubnet(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || client.ledger.all('subnet').length >= most.subnets) return;
  const spec = { vpcId: vpc.id, cidrBlock: `10.0.${client.random.between(0, 7)}.0/24` };
  const tables = client.ledger.all('route-table').filter((table) => table.spec.vpcId === vpc.id);
  const routeTableId = client.random.chance(0.8) ? client.random.pick(tables)?.id : undefined;
  await client.create('subnet', routeTableId === undefined ? spec : { ...spec, routeTableId });
}

async function setTable(client: Client): Promise<void> {
  const subnet = own(client, 'subnet');
  if (!subnet) return;
  const tables = client.ledger.all('route-table').filter(({ spec }) => spec.vpcId === subnet.spec.vpcId);
  const table = client.random.chance(0.8) ? client.random.pick(tables) : undefined;
  await client.update('subnet', subnet, { routeTableId: table?.id ?? null });
}

async function createTable(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || client.ledger.all('route-table').length >= most.tables) return;
  await client.create('route-table', { vpcId: vpc.id });
}

async function setRoutes(client: Client): Promise<void> {
  const table = own(client, 'route-table');
  if (!table) return;
  const gateways = client.ledger
    .all('internet-gateway')
    .filter(({ spec }) => spec.vpcId === table.spec.vpcId);
  const target = client.random.chance(0.8) ? client.random.pick(gateways)?.id : undefined;
  const routes = [{ destination: '192.0.2.0/24', target: 'blackhole' }];
  if (target !== undefined) routes.push({ destination: '0.0.0.0/0', target });
  await client.update('route-table', table, { routes });
}

async function createGroup(client: Client): Promise<void> {
  const vpc = any(client, 'vpc');
  if (!vpc || client.ledger.all('security-group').length >= most.groups) return;
  const name = `group-${client.number}-${client.random.between(0, 1_000_000)}`;
  await client.create('security-group', { vpcId: vpc.id, name });
}

async function createRule(client: Client): Promise<void> {
  const { random } = client;
  const group = any(client, 'security-group');
  if (!group || client.ledger.all('security-group-rule').length >= most.rules) return;
  const port = random.pick([80, 443]) as number;
  const service = random.pick([
    { protocol: 'tcp', fromPort: port, toPort: port },
    { protocol: 'tcp', fromPort: 1, toPort: 1023 },
    { protocol: 'icmp' },
    { protocol: 'icmp', icmpType: 8, icmpCode: 0 },
    { protocol: 'udp', fromPort: 53, toPort: 99 },
    { protocol: 'all' },
  ]);
  const peer = random.chance(0.6)
    ? { referencedGroupId: random.pick(groupsOf(client, group.spec.vpcId))?.id ?? group.id }
    : { cidrIpv4: random.pick(['0.0.0.0/0', '10.0.0.0/8', '10.0.1.0/24', '10.0.4.0/22']) };
  const direction = random.chance(0.8) ? 'ingress' : 'egress';
  await client.create('security-group-rule', { groupId: group.id, direction, ...service, ...peer });
}

async function createInterface(client: Client): Promise<void> {
  const subnet = any(client, 'subnet');
  if (!subnet || client.ledger.all('network-interface').length >= most.interfaces) return;
  const groups = chooseGroups(client, subnet.spec.vpcId);
  const made = await client.create('network-interface', { subnetId: subnet.id, ...groups });
  // Mostly for a machine; more machines than this would only make the run slow.
  if (made && client.random.chance(0.7)) await plugInto(client, made);
}

async function setGroups(client: Client): Promise<void> {
  const networkInterface = own(client, 'network-interface');
  if (!networkInterface) return;
  await client.update(
    'network-interface',
    networkInterface,
    chooseGroups(client, networkInterface.spec.vpcId),
  );
}

async function plugInto(client: Client, networkInterface: ApiResource<'network-interface'>): Promise<void> {
  const { machines, journal } = client.surroundings;
  const host = chooseHost(client);
  if (host.vms.length >= machinesPerHost) return;
  if (await machines.plug(networkInterface, host)) journal.count('plug: done');
}

async function plug(client: Client): Promise<void> {
  const networkInterface = own(client, 'network-interface');
  if (networkInterface) await plugInto(client, networkInterface);
}

async function unplug(client: Client): Promise<void> {
  const { machines, journal } = client.surroundings;
  const networkInterface = own(client, 'network-interface');
  if (networkInterface && (await machines.unplug(networkInterface.id))) journal.count('unplug: done');
}

async function move(client: Client): Promise<void> {
  const { machines, journal } = client.surroundings;
  const plugged = client.ledger
    .all('network-interface', client.number)
    .filter(({ id }) => machines.of(id) !== undefined);
  const networkInterface = client.random.pick(plugged);
  const live = client.random.chance(0.5);
  if (networkInterface && (await machines.move(networkInterface, chooseHost(client), live))) {
    journal.count(live ? 'move: live' : 'move: done');
  }
}

/** Sometimes the port goes first, sometimes the interface: then the port carries something that nobody knows. */
async function removeInterface(client: Client): Promise<void> {
  const { machines } = client.surroundings;
  const networkInterface = own(client, 'network-interface');
  if (!networkInterface) return;
  const portFirst = client.random.chance(0.5);
  if (portFirst) await machines.unplug(networkInterface.id);
  await client.remove('network-interface', networkInterface);
  if (!portFirst) await machines.unplug(networkInterface.id);
}

/** Mostly an interface with a machine: only there packets show whether its elastic IP works. */
function chooseTarget(client: Client): string | undefined {
  const { ledger, random, surroundings } = client;
  const all = ledger.all('network-interface');
  const plugged = all.filter(({ id }) => surroundings.machines.of(id) !== undefined);
  return random.pick(plugged.length > 0 && random.chance(0.8) ? plugged : all)?.id;
}

async function createElasticIp(client: Client): Promise<void> {
  if (client.ledger.all('elastic-ip').length >= most.elasticIps) return;
  const networkInterfaceId = chooseTarget(client);
  await client.create('elastic-ip', networkInterfaceId === undefined ? {} : { networkInterfaceId });
}

async function moveElasticIp(client: Client): Promise<void> {
  const elasticIp = own(client, 'elastic-ip');
  const target = client.random.chance(0.8) ? chooseTarget(client) : undefined;
  if (elasticIp) await client.update('elastic-ip', elasticIp, { networkInterfaceId: target ?? null });
}

async function removeElasticIp(client: Client): Promise<void> {
  const elasticIp = own(client, 'elastic-ip');
  if (elasticIp && (await client.update('elastic-ip', elasticIp, { networkInterfaceId: null }))) {
    await client.remove('elastic-ip', elasticIp);
  }
}

async function createInstance(client: Client): Promise<void> {
  const subnet = any(client, 'subnet');
  if (!subnet || client.ledger.all('instance').length >= mostInstances) return;
  const groups = chooseGroups(client, subnet.spec.vpcId);
  await client.create('instance', { subnetId: subnet.id, ...groups, hostId: chooseHost(client).name });
}

const removeOwn =
  (kind: 'instance' | 'security-group' | 'security-group-rule' | 'subnet' | 'route-table') =>
  async (client: Client): Promise<void> => {
    const resource = own(client, kind);
    if (resource) await client.remove(kind, resource);
  };

/** What clients do, and how often in relation to each other. */
const weighted: readonly (readonly [weight: number, operation: (client: Client) => Promise<unknown>])[] = [
  [1, createVpc],
  [1, removeVpc],
  [3, createSubnet],
  [1, removeOwn('subnet')],
  [2, setTable],
  [1, createTable],
  [1, removeOwn('route-table')],
  [2, setRoutes],
  [6, createGroup],
  [3, removeOwn('security-group')],
  [14, createRule],
  [9, removeOwn('security-group-rule')],
  [12, createInterface],
  [12, setGroups],
  [5, plug],
  [3, unplug],
  [6, move],
  [5, removeInterface],
  [4, createElasticIp],
  [6, moveElasticIp],
  [2, removeElasticIp],
  [2, createInstance],
  [2, removeOwn('instance')],
];
const totalWeight = weighted.reduce((sum, [weight]) => sum + weight, 0);

/** One random operation. What cannot be done at this moment is left out. */
export async function operate(client: Client): Promise<void> {
  let place = client.random.next() * totalWeight;
  for (const [weight, operation] of weighted) {
    place -= weight;
    if (place < 0) {
      await operation(client);
      return;
    }
  }
}
