import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestSwitch } from '../testing/test-switch.ts';

const run = promisify(execFile);
const timeoutMs = 10_000;

/** Whether Open vSwitch's own tool, the independent judge of these tests, is installed. */
export const hasOvsOfctl = spawnSync('ovs-ofctl', ['--version']).status === 0;

/** Names of versions as ovs-ofctl's option -O wants them. */
export const protocolNames = { 4: 'OpenFlow13', 5: 'OpenFlow14', 6: 'OpenFlow15' } as const;

/** A switch that ovs-ofctl can talk to, and what ovs-ofctl says to it. */
export class Recorder {
  readonly #directory: string;
  readonly #switch: TestSwitch;
  readonly #seen: Uint8Array[];

  private constructor(directory: string, testSwitch: TestSwitch, seen: Uint8Array[]) {
    this.#directory = directory;
    this.#switch = testSwitch;
    this.#seen = seen;
  }

  static async start(): Promise<Recorder> {
    const directory = await mkdtemp(join(tmpdir(), 'node-openflow-'));
    const seen: Uint8Array[] = [];
    const testSwitch = new TestSwitch({ datapathId: 1n, observe: (bytes) => seen.push(bytes) });
    await testSwitch.listen({ path: join(directory, 'switch.mgmt') });
    return new Recorder(directory, testSwitch, seen);
  }

  /** Runs an ovs-ofctl command in OpenFlow 1.5 and returns the messages with this type number. */
  async record(type: number, command: string, ...args: string[]): Promise<Uint8Array[]> {
    this.#seen.length = 0;
    const target = `unix:${join(this.#directory, 'switch.mgmt')}`;
    await run('ovs-ofctl', ['-O', 'OpenFlow15', command, target, ...args], { timeout: timeoutMs });
    return this.#seen.filter((bytes) => bytes[1] === type);
  }

  async stop(): Promise<void> {
    await this.#switch.close();
    await rm(this.#directory, { recursive: true });
  }
}

/** What `ovs-ofctl ofp-print` says about a message. */
export async function ofpPrint(hex: string): Promise<string> {
  const { stdout } = await run('ovs-ofctl', ['ofp-print', hex], { timeout: timeoutMs });
  return stdout.trim();
}
