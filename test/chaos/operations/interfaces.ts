import type { ApiResource } from '@weft/api/contract';
import type { Client } from '../client.ts';
import { any, chooseGroups, chooseHost, inVpc, isFull, openGroup, own } from './choose.ts';

type NetworkInterface = ApiResource<'network-interface'>;

const machinesPerHost = 6;

export async function createInterface(client: Client): Promise<void> {
  const subnet = any(client, 'subnet');
  if (subnet) await createInterfaceIn(client, subnet);
}

export async function createInterfaceIn(client: Client, subnet: ApiResource<'subnet'>): Promise<void> {
  if (isFull(client, 'network-interface')) return;
  const { random } = client;
  const made = await client.create('network-interface', {
    subnetId: subnet.id,
    ...chooseGroups(client, subnet.spec.vpcId),
    ...(random.chance(0.2) ? { secondaryPrivateAddressCount: random.between(1, 3) } : {}),
    ...(subnet.spec.ipv6CidrBlock && random.chance(0.3) ? { ipv6AddressCount: random.between(1, 2) } : {}),
  });
  // Mostly for a machine; more machines than this would only make the run slow.
  if (made && random.chance(0.7)) await plugInto(client, made);
}

export async function setGroups(client: Client): Promise<void> {
  const one = own(client, 'network-interface');
  if (one) await client.update('network-interface', one, chooseGroups(client, one.spec.vpcId));
}

/** Secondary and IPv6 addresses come and go; an elastic IP goes with the address that it stands for. */
export async function setAddresses(client: Client): Promise<void> {
  const { random } = client;
  const one = own(client, 'network-interface');
  if (!one) return;
  const count = random.between(0, 3);
  const spec = random.chance(0.6) ? { secondaryPrivateAddressCount: count } : { ipv6AddressCount: count };
  if (!(await client.update('network-interface', one, spec))) return;
  for (const elasticIp of client.ledger.all('elastic-ip', client.number)) {
    if (elasticIp.spec.networkInterfaceId === one.id) await client.refresh('elastic-ip', elasticIp);
  }
}

/** An address that all who list it may share: the same one for the whole subnet. */
function sharedAddress(client: Client, { spec }: NetworkInterface): string | undefined {
  const block = client.ledger.get('subnet', spec.subnetId)?.spec.cidrBlock;
  return block?.replace(/\.0\/24$/, '.222');
}

/** Whether it is a router, and which addresses it may share. */
export async function setFreedom(client: Client): Promise<void> {
  const { random } = client;
  const one = own(client, 'network-interface');
  if (!one) return;
  const shared = sharedAddress(client, one);
  const allowedAddressPairs = shared && random.chance(0.7) ? [{ cidrBlock: `${shared}/32` }] : [];
  await client.update(
    'network-interface',
    one,
    random.chance(0.7) ? { allowedAddressPairs } : { sourceDestinationCheck: random.chance(0.5) },
  );
}

/** A machine says that it has the shared address now. */
export async function announce(client: Client): Promise<void> {
  const { machines, journal } = client.surroundings;
  const candidates = client.ledger
    .all('network-interface', client.number)
    .filter(({ id, spec }) => machines.of(id) !== undefined && spec.allowedAddressPairs?.length);
  const one = client.random.pick(candidates);
  const address = one && sharedAddress(client, one);
  if (!one || !address) return;
  const told = await machines.use(one.id, async (vm) => {
    await vm.run('ip', ['address', 'replace', `${address}/32`, 'dev', 'eth0']);
    await vm.exec('arping', ['-U', '-c', '1', '-w', '1', '-I', 'eth0', '-s', address, address]);
    await vm.run('ip', ['address', 'del', `${address}/32`, 'dev', 'eth0']);
  });
  if (told) journal.count('announce: done');
}

/** One that belongs to an instance has its port by that. */
async function plugInto(client: Client, networkInterface: NetworkInterface): Promise<void> {
  const { machines, journal } = client.surroundings;
  const host = chooseHost(client);
  if (networkInterface.spec.instanceId !== undefined || host.vms.length >= machinesPerHost) return;
  if (await machines.plug(networkInterface, host)) journal.count('plug: done');
}

export async function plug(client: Client): Promise<void> {
  const one = own(client, 'network-interface');
  if (one) await plugInto(client, one);
}

export async function unplug(client: Client): Promise<void> {
  const { machines, journal } = client.surroundings;
  const one = own(client, 'network-interface');
  if (one && (await machines.unplug(one.id))) journal.count('unplug: done');
}

export async function move(client: Client): Promise<void> {
  const { machines, journal } = client.surroundings;
  const plugged = client.ledger
    .all('network-interface', client.number)
    .filter(({ id }) => machines.of(id) !== undefined);
  const one = client.random.pick(plugged);
  const live = client.random.chance(0.5);
  if (one && (await machines.move(one, chooseHost(client), live))) {
    journal.count(live ? 'move: live' : 'move: done');
  }
}

/** Sometimes the port goes first, sometimes the interface: then the port carries something that nobody knows. */
export async function removeInterface(client: Client): Promise<void> {
  const { machines } = client.surroundings;
  const one = own(client, 'network-interface');
  if (!one) return;
  const portFirst = client.random.chance(0.5);
  if (portFirst) await machines.unplug(one.id);
  await client.remove('network-interface', one);
  if (!portFirst) await machines.unplug(one.id);
}

/** Lets the outside in by the group of the VPC that does: what nobody may enter shows little. */
async function open(client: Client, target: NetworkInterface | undefined): Promise<void> {
  const mine = client.ledger.all('network-interface', client.number).find(({ id }) => id === target?.id);
  if (!mine || !client.random.chance(0.7)) return;
  const group = inVpc(client, 'security-group', mine.spec.vpcId).find(({ spec }) => spec.name === openGroup);
  if (group) await client.update('network-interface', mine, { securityGroupIds: [group.id] });
}

/** Mostly an interface with a machine: only there packets show whether its elastic IP works. */
function chooseTarget(client: Client, externalNetworkId?: string): NetworkInterface | undefined {
  const { ledger, random, surroundings } = client;
  const all = ledger.all('network-interface').filter(({ spec }) => {
    const [gateway] = inVpc(client, 'internet-gateway', spec.vpcId);
    return gateway && [undefined, gateway.spec.externalNetworkId].includes(externalNetworkId);
  });
  const plugged = all.filter(({ id }) => surroundings.machines.of(id) !== undefined);
  const mine = plugged.filter(({ id }) =>
    ledger.all('network-interface', client.number).some((one) => one.id === id),
  );
  if (mine.length > 0 && random.chance(0.6)) return random.pick(mine);
  return random.pick(plugged.length > 0 && random.chance(0.8) ? plugged : all);
}

/** The spec of an association; secondary addresses are only the maker's to use, who knows when they go. */
function associated(client: Client, target: NetworkInterface | undefined) {
  if (!target) return { networkInterfaceId: null };
  const isOwn = client.ledger.all('network-interface', client.number).some(({ id }) => id === target.id);
  const secondary =
    isOwn && client.random.chance(0.5) ? target.spec.secondaryPrivateAddresses?.[0] : undefined;
  return {
    networkInterfaceId: target.id,
    ...(secondary === undefined ? {} : { privateAddress: secondary }),
  };
}

export async function createElasticIp(client: Client): Promise<void> {
  if (isFull(client, 'elastic-ip')) return;
  const target = chooseTarget(client);
  const [gateway] = target ? inVpc(client, 'internet-gateway', target.spec.vpcId) : [];
  const externalNetworkId = gateway?.spec.externalNetworkId ?? client.surroundings.networks[0]?.id;
  await client.create('elastic-ip', { externalNetworkId, ...(gateway ? associated(client, target) : {}) });
  await open(client, target);
}

export async function moveElasticIp(client: Client): Promise<void> {
  const elasticIp = own(client, 'elastic-ip');
  if (!elasticIp) return;
  const target = client.random.chance(0.8)
    ? chooseTarget(client, elasticIp.spec.externalNetworkId)
    : undefined;
  await client.update('elastic-ip', elasticIp, associated(client, target));
  await open(client, target);
}

export async function removeElasticIp(client: Client): Promise<void> {
  const elasticIp = own(client, 'elastic-ip');
  if (elasticIp && (await client.update('elastic-ip', elasticIp, { networkInterfaceId: null }))) {
    await client.remove('elastic-ip', elasticIp);
  }
}
