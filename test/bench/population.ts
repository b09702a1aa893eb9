import type { ResourceOf } from '@weft/controller/resources';
import { type Bed, patienceSeconds } from './bed.ts';

/** The VPC of a bed with everything in it. */
export interface Population {
  readonly vpc: ResourceOf<'vpc'>;
  readonly subnet: ResourceOf<'subnet'>;
  readonly groups: readonly ResourceOf<'security-group'>[];
  /** The distinct sets of groups in use, as ids. */
  readonly groupSets: readonly (readonly string[])[];
  /** Interface i has set i modulo the number of sets, and is bound on host i modulo the number of hosts. */
  readonly interfaces: readonly ResourceOf<'network-interface'>[];
}

/** Counted while a bed is filled. */
export interface Progress {
  created: number;
  bound: number;
}

const groupCount = 10;
/** Which groups each set has; every group is in use. */
const groupIndexes = [[0], [1], [2], [3], [4, 5], [5, 6], [7, 8], [8, 9, 0]] as const;
/** OpenFlow ports of made-up bindings start here, above those of real ports. */
const firstMadeUpPort = 1000;
/** Calls under way at a time. */
const concurrency = 8;

/** UDP ports that every group's rules allow from the whole VPC; the first packet is measured with one of them. */
export const probePort = 7000;

export function madeUpPort(index: number): number {
  return firstMadeUpPort + index;
}

/** The VPC with its groups and rules, but without interfaces. */
export async function createVpc(bed: Bed): Promise<Population> {
  const vpc = await bed.client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
  const subnet = await bed.client.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: '10.0.0.0/16' } });
  const groups: ResourceOf<'security-group'>[] = [];
  for (let index = 0; index < groupCount; index++) {
    groups.push(await bed.client.create('security-group', { spec: { vpcId: vpc.id, name: `g${index}` } }));
  }
  for (const [index, group] of groups.entries()) {
    for (const rule of rulesOf(index, groups)) {
      const spec = { groupId: group.id, direction: 'ingress', ...rule };
      await bed.client.create('security-group-rule', { spec });
    }
  }
  const groupSets = groupIndexes.map((indexes) => indexes.map((index) => idAt(groups, index)));
  return { vpc, subnet, groups, groupSets, interfaces: [] };
}

/** Ten rules: open services, services for the VPC, and services for other groups, some shared and some the group's own. */
function rulesOf(index: number, groups: readonly { id: string }[]) {
  const everybody = { cidrIpv4: '0.0.0.0/0' };
  const vpc = { cidrIpv4: '10.0.0.0/16' };
  const group = (offset: number) => ({ referencedGroupId: idAt(groups, (index + offset) % groupCount) });
  const service = (protocol: 'tcp' | 'udp', fromPort: number, toPort = fromPort) => ({
    protocol,
    fromPort,
    toPort,
  });
  return [
    { ...service('tcp', 80), ...everybody },
    { ...service('tcp', 443), ...everybody },
    { protocol: 'icmp', ...everybody },
    { ...service('tcp', 22), cidrIpv4: '10.0.1.0/24' },
    { ...service('udp', probePort), ...vpc },
    { ...service('tcp', 9100, 9110), ...vpc },
    { protocol: 'all', ...group(0) },
    { ...service('tcp', 5000 + index), ...group(1) },
    { ...service('tcp', 6000 + index), ...group(2) },
    { ...service('udp', 8000 + 10 * index, 8009 + 10 * index), ...group(3) },
  ];
}

/** One more interface with the given set of groups. */
export function createInterface(
  bed: Bed,
  { subnet, groupSets }: Population,
  set: number,
): Promise<ResourceOf<'network-interface'>> {
  const securityGroupIds = groupSets[set % groupSets.length] ?? [];
  return bed.client.create('network-interface', { spec: { subnetId: subnet.id, securityGroupIds } });
}

/** Creates the interfaces and binds them evenly to all hosts; resolves when every host has confirmed all of it. */
export async function fill(
  bed: Bed,
  empty: Population,
  size: number,
  progress: Progress,
): Promise<Population> {
  const interfaces: ResourceOf<'network-interface'>[] = [];
  await inParallel(size, async (index) => {
    interfaces[index] = await createInterface(bed, empty, index);
    progress.created++;
  });
  const { hostNames } = bed;
  await inParallel(hostNames.length, async (hostIndex) => {
    const ports = interfaces
      .filter((_, index) => index % hostNames.length === hostIndex)
      .map(({ id }, index) => ({ networkInterfaceId: id, ofport: madeUpPort(index) }));
    const host = hostNames[hostIndex] as string;
    await bed.applied(bed.client.reportBindings(host, ports, { waitSeconds: patienceSeconds }));
    progress.bound += ports.length;
  });
  return { ...empty, interfaces };
}

function idAt(resources: readonly { id: string }[], index: number): string {
  const resource = resources[index];
  if (!resource) throw new RangeError(`there is no resource ${index} among ${resources.length}`);
  return resource.id;
}

/** Calls `work` with 0 to count − 1, a few at a time. */
async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
