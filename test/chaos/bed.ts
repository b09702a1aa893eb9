import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Host, meetOnUnderlay, type Outsider } from '@weft/labs/hosts';
import { Cloud, eventually, externalCidr } from '../e2e/support/cloud.ts';
import { flowTexts } from './flow-check.ts';
import type { Ledger } from './ledger.ts';
import { Machines } from './machines.ts';
import { StoredState } from './stored-state.ts';

const settleMs = 60_000;

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
  readonly outsider: Outsider;

  private constructor(cloud: Cloud, outsider: Outsider) {
    this.cloud = cloud;
    this.machines = new Machines(cloud.lab.hosts);
    this.outsider = outsider;
  }

  static async start(hosts: number): Promise<Bed> {
    const cloud = await Cloud.start({ hosts, external: true });
    try {
      const bed = new Bed(cloud, await cloud.lab.addOutsider({ address: '203.0.113.250/24' }));
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

  /** An external network for elastic IPs; an operator's, so no client touches it. */
  async createExternalNetwork(): Promise<void> {
    await this.cloud.client.create('external-network', {
      spec: {
        name: 'external',
        cidrBlock: externalCidr,
        addressRanges: [{ first: '203.0.113.10', last: '203.0.113.99' }],
      },
    });
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
      'the instances run',
      async () => (await client.listAll('instance')).items.every(({ status }) => status.state === 'running'),
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
    await this.outsider.run('ip', ['neigh', 'flush', 'all']);
  }

  async #expectedBindings(ledger: Ledger): Promise<string[]> {
    const instances = (await this.cloud.client.listAll('instance')).items;
    const ofInstances = instances.flatMap(({ spec }) =>
      spec.networkInterfaceIds.map((id) => `${spec.hostId}/${id}`),
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
