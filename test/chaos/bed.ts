import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceOf } from '@weft/controller/resources';
import { type Host, type Machine, meetOnUnderlay } from '@weft/labs/hosts';
import { Cloud, eventually } from '../e2e/support/cloud.ts';
import { flowTexts } from './flow-check.ts';
import type { Ledger } from './ledger.ts';
import { Machines } from './machines.ts';
import { StoredState } from './stored-state.ts';

const settleMs = 60_000;

interface NetworkPlan {
  readonly name: string;
  readonly vlan?: number;
  /** First three bytes of its /24. */
  readonly prefix: string;
  /** Of its /48. */
  readonly ipv6: string;
}

const untagged: NetworkPlan = { name: 'external', prefix: '203.0.113', ipv6: '2001:db8' };
const tagged: NetworkPlan = { name: 'dmz', vlan: 100, prefix: '198.51.100', ipv6: '2001:db8:ffff' };

/** A machine in an external network, and the router of that network's IPv6. */
export interface Outside {
  readonly network: string;
  readonly machine: Machine;
  readonly ipv4: string;
  readonly ipv6: string;
}

async function outsideOf({ name, prefix, ipv6 }: NetworkPlan, machine: Machine): Promise<Outside> {
  const off = ['all', 'eth0'].map((device) => `net.ipv6.conf.${device}.disable_ipv6=0`);
  await machine.run('sysctl', ['-qw', ...off]);
  const ipv4 = `${prefix}.250`;
  if (!(await machine.run('ip', ['address'])).includes(`${ipv4}/`)) await machine.addAddress(`${ipv4}/24`);
  await machine.run('ip', ['-6', 'address', 'add', `${ipv6}::1/48`, 'dev', 'eth0', 'nodad']);
  return { network: name, machine, ipv4, ipv6: `${ipv6}::1` };
}

/** One on the segment outside, and one in the VLAN: behind the bridge of the first host, by a port of that VLAN. */
async function addOutside({ lab }: Cloud): Promise<Outside[]> {
  const outsider = await lab.addOutsider({ address: `${untagged.prefix}.250/24` });
  const [host] = lab.hosts as [Host];
  const bridge = host.externalBridge as string;
  const port = { interfaceId: 'outside', mac: '02:00:00:00:01:00', bridge, mtu: 1500, ipv6: true };
  const inVlan = await host.addVmPort(port);
  await host.vsctl('set', 'Port', inVlan.port, `tag=${tagged.vlan}`);
  return [await outsideOf(untagged, outsider), await outsideOf(tagged, inVlan)];
}

/** What one host looks like from outside: to compare its end with its start. */
export interface HostPicture {
  readonly flows: readonly string[];
  readonly ports: readonly string[];
  readonly devices: readonly string[];
}

/** A lab with everything running, and the questions that can only be asked when nothing changes any more. */
export class Bed implements AsyncDisposable {
  readonly cloud: Cloud;
  readonly machines: Machines;
  readonly outside: readonly Outside[];
  /** The operator's, so no client touches them. */
  readonly networks: ResourceOf<'external-network'>[] = [];

  private constructor(cloud: Cloud, outside: readonly Outside[]) {
    this.cloud = cloud;
    this.machines = new Machines(cloud.lab.hosts);
    this.outside = outside;
  }

  static async start(hosts: number): Promise<Bed> {
    const cloud = await Cloud.start({
      // The last one reaches nothing outside: what its machines send there goes by gateways on the others.
      hosts: Array.from({ length: hosts }, (_, index) => ({
        name: `h${index + 1}`,
        external: index < hosts - 1,
      })),
      external: true,
      agentArgs: ({ externalBridge }) =>
        externalBridge === undefined ? [] : ['--bridge-mapping', `${tagged.name}=${externalBridge}`],
    });
    try {
      const bed = new Bed(cloud, await addOutside(cloud));
      await bed.inStep();
      return bed;
    } catch (error) {
      await cloud[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cloud[Symbol.asyncDispose]();
  }

  /** The external networks, one of them in a VLAN, with few addresses, so that those that were given back come again. */
  async createExternalNetworks(): Promise<void> {
    const { client } = this.cloud;
    for (const { name, vlan, prefix, ipv6 } of [untagged, tagged]) {
      const spec = {
        name,
        ...(vlan === undefined ? {} : { vlan }),
        cidrBlock: `${prefix}.0/24`,
        addressRanges: [{ first: `${prefix}.10`, last: `${prefix}.29` }],
        ipv6CidrBlock: `${ipv6}::/48`,
        ipv6Gateway: `${ipv6}::1`,
      };
      this.networks.push(await client.create('external-network', { spec }));
    }
  }

  /** Every agent and switch is there and has confirmed the newest revision. */
  async inStep(): Promise<void> {
    const { client } = this.cloud;
    await eventually(
      'all hosts are up and have confirmed everything',
      async () => {
        const { revision } = await client.health();
        const { items } = await client.listAll('host');
        return items.every(
          ({ liveness }) =>
            liveness.agent === 'up' && liveness.openflow === 'up' && liveness.appliedRevision >= revision,
        );
      },
      settleMs,
    );
  }

  /** Resolves when the agents have reported every port, started every instance, and the switches have all of it. */
  async settle(ledger: Ledger): Promise<void> {
    const { client, lab } = this.cloud;
    await eventually(
      'the instances run, or have stopped',
      async () =>
        (await client.listAll('instance')).items.every(
          ({ spec, status }) => status.state === (spec.desiredState ?? 'running'),
        ),
      settleMs,
    );
    let difference = '';
    await eventually(
      'the bindings are those of the ports',
      async () => {
        const expected = await this.#expectedBindings(ledger);
        const found = (await client.listAll('binding')).items.map(({ id }) => id).sort();
        difference = `${found.join()} instead of ${expected.join()}`;
        return isDeepStrictEqual(found, expected);
      },
      settleMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${difference}`, { cause: error });
    });
    await this.inStep();
    await meetOnUnderlay(lab);
    await Promise.all(lab.hosts.map((host) => host.appctl('revalidator/wait')));
    for (const { machine } of this.outside) await machine.run('ip', ['neigh', 'flush', 'all']);
  }

  async #expectedBindings(ledger: Ledger): Promise<string[]> {
    const instances = (await this.cloud.client.listAll('instance')).items;
    const ofInstances = instances.flatMap(({ spec }) =>
      spec.desiredState === 'stopped' ? [] : spec.networkInterfaceIds.map((id) => `${spec.hostId}/${id}`),
    );
    const known = new Set(ledger.all('network-interface').map(({ id }) => id));
    const ofMachines = this.machines.all.flatMap(({ host, interfaceId }) =>
      known.has(interfaceId) ? [`${host.name}/${interfaceId}`] : [],
    );
    return [...ofInstances, ...ofMachines].sort();
  }

  /** What the store says, and the flows of all hosts at the same time. The controller is stopped meanwhile. */
  async inspect<T>(look: (state: StoredState) => Promise<T>): Promise<T> {
    const { controller, lab } = this.cloud;
    await controller.stop();
    try {
      return await look(await StoredState.read(join(lab.directory, 'controller')));
    } finally {
      await controller.restart();
    }
  }

  async pictures(): Promise<HostPicture[]> {
    return await Promise.all(
      this.cloud.lab.hosts.map(async (host) => ({
        flows: flowTexts(await host.dumpFlows(), await portNames(host)),
        ports: (await host.vsctl('list-ports', 'br-int')).split('\n').sort(),
        devices: (await host.run('ip', ['-o', 'link']))
          .split('\n')
          .map((line) => line.split(':')[1] ?? '')
          .sort(),
      })),
    );
  }
}

/** OpenFlow port number → name. */
async function portNames(host: Host): Promise<Map<string, string>> {
  const options = ['--format=csv', '--no-headings', '--columns=ofport,name'];
  const lines = (await host.vsctl(...options, 'list', 'Interface')).trim().split('\n');
  return new Map(lines.map((line) => line.replaceAll('"', '').split(',') as [string, string]));
}
