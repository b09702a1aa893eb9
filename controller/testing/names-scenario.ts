import type { IncrementalCheck } from './incremental.ts';
import { cloud } from './scene.ts';
import type { World } from './world.ts';

/** Reactions that names need; the scenario comes to each of them. */
export const namesReactions = [
  'names elastic-ip created',
  'names elastic-ip updated',
  'names elastic-ip removed',
  'names vpc updated',
  'names vpc-peering-connection updated',
  'names vpc-peering-connection removed',
];

/** The life of public names, and of two VPCs that tell each other theirs. Checked after each step. */
export async function namesScenario(world: World, check: IncrementalCheck): Promise<void> {
  const step = async <T>(note: string, what: Promise<T>): Promise<T> => {
    const result = await what;
    await check.assertSame(note);
    return result;
  };
  const { vpc, subnet } = await step('a cloud', cloud(world));
  await step('with names', world.update('vpc', vpc.id, { enableDnsHostnames: true }));
  const port = await step('a VM', world.create('network-interface', { subnetId: subnet.id }));
  const spec = { networkInterfaceId: port.id };
  const { id } = await step('an elastic IP', world.create('elastic-ip', spec));
  await step('no names', world.update('vpc', vpc.id, { enableDnsHostnames: false }));
  await step('names', world.update('vpc', vpc.id, { enableDnsHostnames: true }));
  await step('for nobody', world.update('elastic-ip', id, { networkInterfaceId: null }));
  const started = { subnetId: subnet.id, associatePublicAddress: true };
  const instance = await step('a lent one', world.create('instance', started));
  await step('and it goes', world.remove('instance', instance.id));
  const peer = await step('a peer', world.create('vpc', { cidrBlock: '10.1.0.0/16' }));
  const vpcs = { requesterVpcId: vpc.id, accepterVpcId: peer.id };
  const connection = await step('a connection', world.create('vpc-peering-connection', vpcs));
  const set = (change: object) => world.update('vpc-peering-connection', connection.id, { ...change });
  await step('accepted', set({ state: 'active' }));
  await step('names of both', world.update('vpc', peer.id, { enableDnsHostnames: true }));
  await step('allowed', set({ accepterAllowsDns: true }));
  const secondaryCidrBlocks = ['100.64.0.0/16'];
  await step('a block', world.update('vpc', peer.id, { secondaryCidrBlocks }));
  await step('silent', world.update('vpc', vpc.id, { enableDnsSupport: false }));
  await step('not silent', world.update('vpc', vpc.id, { enableDnsSupport: true }));
  await step('apart', world.remove('vpc-peering-connection', connection.id));
}
