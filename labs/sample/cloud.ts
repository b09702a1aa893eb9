import type { WeftClient } from '@weft/api/contract';

/** The sample VPC: two web servers on two hosts, a database behind them, and a visitor from another subnet. */
export interface SampleInstance {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly host: string;
  readonly namespace: string;
}
export interface Sample {
  readonly vpcId: string;
  readonly instances: readonly SampleInstance[];
  readonly elasticAddress: string;
}

export const externalCidr = '203.0.113.0/24';
/** Ports on which each of the instances listens. */
export const listeners: Readonly<Record<string, number>> = { 'web-1': 80, 'web-2': 80, database: 5432 };

type Log = (message: string) => void;

async function group(
  client: WeftClient,
  vpcId: string,
  name: string,
  rules: readonly object[],
): Promise<string> {
  const { id } = await client.create('security-group', { spec: { vpcId, name } });
  for (const rule of rules) {
    await client.create('security-group-rule', { spec: { groupId: id, direction: 'ingress', ...rule } });
  }
  return id;
}

const anywhere = { cidrIpv4: '0.0.0.0/0' };
const ping = { protocol: 'icmp', icmpType: 8, icmpCode: 0 };

/** Makes everything through the API, as a user would. */
export async function createSample(client: WeftClient, hosts: readonly string[], log: Log): Promise<Sample> {
  log('VPC 10.0.0.0/16 with two subnets, an internet gateway and an elastic IP');
  const network = await client.create('external-network', {
    spec: {
      name: 'external',
      cidrBlock: externalCidr,
      addressRanges: [{ first: '203.0.113.10', last: '203.0.113.99' }],
    },
  });
  const vpc = await client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' }, tags: { Name: 'sample' } });
  const subnet = async (cidrBlock: string, name: string) =>
    (await client.create('subnet', { spec: { vpcId: vpc.id, cidrBlock }, tags: { Name: name } })).id;
  const front = await subnet('10.0.1.0/24', 'front');
  const back = await subnet('10.0.2.0/24', 'back');
  const gateway = await client.create('internet-gateway', {
    spec: { vpcId: vpc.id, externalNetworkId: network.id },
  });
  await client.update('route-table', vpc.spec.mainRouteTableId, {
    spec: { routes: [{ destination: '0.0.0.0/0', target: gateway.id }] },
  });

  log('security groups: web (ping and TCP 80 from everywhere), database (TCP 5432 from web only), visitor');
  const web = await group(client, vpc.id, 'web', [
    { ...ping, ...anywhere },
    { protocol: 'tcp', fromPort: 80, toPort: 80, ...anywhere },
  ]);
  const database = await group(client, vpc.id, 'database', [
    { protocol: 'tcp', fromPort: 5432, toPort: 5432, referencedGroupId: web },
  ]);
  const visitor = await group(client, vpc.id, 'visitor', [{ ...ping, cidrIpv4: '10.0.1.0/24' }]);

  const [first = '', second = first] = hosts;
  const plan = [
    { name: 'web-1', hostId: first, subnetId: front, securityGroupIds: [web] },
    { name: 'web-2', hostId: second, subnetId: front, securityGroupIds: [web] },
    { name: 'database', hostId: second, subnetId: back, securityGroupIds: [database] },
    { name: 'visitor', hostId: first, subnetId: back, securityGroupIds: [visitor] },
  ];
  log(`instances: ${plan.map(({ name, hostId }) => `${name} on ${hostId}`).join(', ')}`);
  const started = await Promise.all(plan.map((spec) => client.create('instance', { spec })));
  const instances: SampleInstance[] = [];
  for (const { id } of started) instances.push(await running(client, id));

  const webInterface = started[0]?.spec.networkInterfaceIds[0] as string;
  const elasticIp = await client.create(
    'elastic-ip',
    { spec: { externalNetworkId: network.id, networkInterfaceId: webInterface } },
    { waitSeconds: 10 },
  );
  return { vpcId: vpc.id, instances, elasticAddress: elasticIp.spec.address };
}

const startTimeoutMs = 30_000;

/** Waits until the agent has started the instance. */
async function running(client: WeftClient, id: string): Promise<SampleInstance> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const { spec, status } = await client.get('instance', id);
    if (status.state === 'running') {
      const [interfaceId = ''] = spec.networkInterfaceIds;
      const { spec: port } = await client.get('network-interface', interfaceId);
      return {
        name: spec.name ?? id,
        id,
        address: port.privateAddress,
        host: spec.hostId,
        namespace: status.namespace as string,
      };
    }
    if (status.state === 'failed') throw new Error(`instance ${spec.name} failed: ${status.reason}`);
    if (Date.now() > deadline)
      throw new Error(`instance ${spec.name} is ${status.state} after ${startTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Deletes the instances and waits until the agents have ended them, so that no namespace is left behind. */
export async function removeInstances(
  client: WeftClient,
  namespaceExists: (name: string) => boolean,
): Promise<void> {
  const { items } = await client.listAll('instance');
  for (const { id } of items) await client.remove('instance', id);
  const deadline = Date.now() + 10_000;
  const names = items.map(({ status }) => status.namespace).filter((name) => name !== undefined);
  while (names.some(namespaceExists) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
