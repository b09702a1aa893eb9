import type { ApiResource } from '@weft/api/contract';
import type { Client } from '../client.ts';
import { any, chooseGroups, chooseHost, isFull, own } from './choose.ts';

/** Its own interfaces that carry neither a machine nor an instance. */
function idleInterfaces(client: Client): ApiResource<'network-interface'>[] {
  const { machines } = client.surroundings;
  return client.ledger
    .all('network-interface', client.number)
    .filter(({ id, spec }) => spec.instanceId === undefined && !machines.of(id));
}

/** With an interface of its own, or with some that are there. */
export async function createInstance(client: Client): Promise<void> {
  const { random } = client;
  if (isFull(client, 'instance')) return;
  const hostId = chooseHost(client).name;
  const taken = random.chance(0.4) ? random.sample(idleInterfaces(client), random.between(1, 2)) : [];
  if (taken.length > 0) {
    await client.create('instance', { hostId, networkInterfaceIds: taken.map(({ id }) => id) });
    for (const one of taken) await client.refresh('network-interface', one);
    return;
  }
  const subnet = any(client, 'subnet');
  if (!subnet) return;
  await client.create('instance', {
    hostId,
    subnetId: subnet.id,
    ...chooseGroups(client, subnet.spec.vpcId),
    ...(random.chance(0.3) ? { associatePublicAddress: true } : {}),
  });
}

/** Some of its interfaces go with it, others stay. */
export async function removeInstance(client: Client): Promise<void> {
  const instance = own(client, 'instance');
  if (!instance || !(await client.remove('instance', instance))) return;
  for (const id of instance.spec.networkInterfaceIds) await client.refresh('network-interface', { id });
}

/** Starting is refused while it stops. */
export async function stopOrStart(client: Client): Promise<void> {
  const instance = own(client, 'instance');
  if (!instance) return;
  const desiredState = instance.spec.desiredState === 'stopped' ? 'running' : 'stopped';
  await client.update('instance', instance, { desiredState });
}

export async function attach(client: Client): Promise<void> {
  const instance = own(client, 'instance');
  const one = client.random.pick(idleInterfaces(client));
  if (!instance || !one) return;
  await client.update('network-interface', one, {
    instanceId: instance.id,
    deleteOnTermination: client.random.chance(0.5),
  });
  await client.refresh('instance', instance);
}

export async function detach(client: Client): Promise<void> {
  const instance = own(client, 'instance');
  const id = client.random.pick(instance?.spec.networkInterfaceIds.slice(1) ?? []);
  if (!instance || id === undefined) return;
  await client.update('network-interface', { id }, { instanceId: null });
  await client.refresh('instance', instance);
}
