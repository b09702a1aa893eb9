import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Receipted, WeftClient } from '@weft/api/contract';
import { type ControllerProgram, createLab, type Host } from '@weft/labs/hosts';
import type { Ends } from './ends.ts';
import { SwitchProcess } from './switch-process.ts';

export interface BedOptions {
  readonly switches: number;
  /** Where the controller keeps its store while it runs: on a real disk, because a write is durable before it is answered. */
  readonly directory: string;
  /** Where the controller writes a CPU profile when it ends. */
  readonly cpuProfileDirectory: string | undefined;
}

type Parts = Pick<Bed, 'host' | 'controller' | 'client' | 'switches'>;

/** How long a write may take to be confirmed, in seconds; the longest that the API allows. */
export const patienceSeconds = 60;
const connectTimeoutMs = 30_000;
const callTimeoutMs = 30_000;

/**
 * One controller with its own hosts: one with Open vSwitch, the others test switches. Beds share nothing, so that
 * several networks can be measured in turns.
 */
export class Bed {
  readonly controller: ControllerProgram;
  readonly client: WeftClient;
  readonly switches: SwitchProcess;
  /** The one host with Open vSwitch. Its agent prepared it and is gone: nobody reports what its ports really are. */
  readonly host: Host;
  /** Names of all hosts, the real one first. */
  readonly hostNames: readonly string[];

  private constructor({ host, controller, client, switches }: Parts, testHosts: readonly string[]) {
    this.controller = controller;
    this.client = client;
    this.switches = switches;
    this.host = host;
    this.hostNames = [this.host.name, ...testHosts];
  }

  /** @param ends gets what has to be undone, also of a start that fails */
  static async start({ switches, directory, cpuProfileDirectory }: BedOptions, ends: Ends): Promise<Bed> {
    const stateDirectory = await mkdtemp(join(directory, 'store-'));
    ends.add(() => rm(stateDirectory, { recursive: true }));
    const lab = await createLab({ hosts: 1 });
    ends.add(() => lab.close());
    const child = new SwitchProcess();
    ends.add(() => child.close());
    const profile = `--cpu-prof --cpu-prof-dir=${cpuProfileDirectory}`;
    const env = cpuProfileDirectory === undefined ? {} : { NODE_OPTIONS: profile };
    const controller = await lab.startController({ stateDirectory, env });
    const client = new WeftClient({ url: controller.apiUrl, timeoutMs: callTimeoutMs });
    ends.add(async () => client.close());
    const names = Array.from({ length: switches }, (_, index) => `t${index + 1}`);
    const bed = new Bed({ host: lab.host('h1'), controller, client, switches: child }, names);
    await bed.#connectHosts(names);
    return bed;
  }

  /** The answer, which must say that every affected host has confirmed. @throws Error with the hosts that have not */
  async applied<T extends Receipted>(write: Promise<T>): Promise<T> {
    const answer = await write;
    const { receipt } = answer;
    if (receipt?.applied) return answer;
    const missing = receipt?.hosts.filter(({ state }) => state !== 'applied') ?? [];
    throw new Error(
      `not confirmed by ${JSON.stringify(missing.slice(0, 5))}; see ${this.controller.logFile}:\n` +
        this.controller.logs.slice(-10).join('\n'),
    );
  }

  /** Memory of the controller that is in RAM (VmRSS), in bytes. */
  async controllerMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.controller.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Flows of the integration bridge of the host with Open vSwitch. */
  async realFlows(): Promise<number> {
    return Number(/flow_count=(\d+)/.exec(await this.host.ofctl('dump-aggregate', 'br-int'))?.[1]);
  }

  async #connectHosts(testHosts: readonly string[]): Promise<void> {
    const agent = await this.host.startAgent();
    const datapathIds = testHosts.map((_, index) =>
      (0x7e57_0000_0001 + index).toString(16).padStart(16, '0'),
    );
    for (const [index, name] of testHosts.entries()) {
      await this.client.registerHost(name, {
        tunnelAddress: `198.18.1.${index + 1}`,
        zone: this.host.zone,
        datapathId: datapathIds[index] as string,
        tunnelPort: 1,
        externalPorts: {},
        computeDrivers: [],
      });
    }
    await this.switches.connect(this.controller.openflowPort, datapathIds);
    await this.#allUp();
    // It would report that the ports of the made-up bindings do not exist.
    await agent.stop();
  }

  async #allUp(): Promise<void> {
    const deadline = Date.now() + connectTimeoutMs;
    for (;;) {
      const { items } = await this.client.listAll('host');
      const down = items.filter(({ liveness }) => liveness.openflow === 'down').map(({ id }) => id);
      if (down.length === 0 && items.length === this.hostNames.length) return;
      if (Date.now() > deadline) {
        throw new Error(`not connected within ${connectTimeoutMs} ms: ${down.join(', ')}`);
      }
      await sleep(50);
    }
  }
}
