import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pause } from './wait.ts';

const run = promisify(execFile);
const schema = '/usr/share/openvswitch/vswitch.ovsschema';

export interface FlowLine {
  readonly cookie: bigint;
  readonly table: number;
  readonly packets: number;
}

/** An Open vSwitch of its own in a temporary directory, with one bridge that has a controller. */
export class RealSwitch {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Starts both daemons in this process's network namespace. The bridge connects to the controller's port. */
  static async start(datapathId: string, controllerPort: number): Promise<RealSwitch> {
    const device = new RealSwitch(await mkdtemp(join(tmpdir(), 'weft-southbound-')));
    const path = (name: string) => join(device.#directory, name);
    await device.#run('ovsdb-tool', 'create', path('conf.db'), schema);
    await device.#daemon('ovsdb-server', path('conf.db'), `--remote=punix:${path('db.sock')}`);
    await device.vsctl('--no-wait', 'init');
    await device.#daemon('ovs-vswitchd', `unix:${path('db.sock')}`);
    await device.vsctl(
      ...['add-br', 'br-int', '--', 'set', 'bridge', 'br-int', 'datapath_type=netdev', 'fail_mode=secure'],
      ...['protocols=OpenFlow15', `other_config:datapath-id=${datapathId}`],
      ...['--', 'set-controller', 'br-int', `tcp:127.0.0.1:${controllerPort}`],
      ...['--', 'set', 'controller', 'br-int', 'max_backoff=1000'],
    );
    return device;
  }

  vsctl(...args: string[]): Promise<string> {
    return this.#run('ovs-vsctl', '--timeout=5', `--db=unix:${join(this.#directory, 'db.sock')}`, ...args);
  }

  /** `ovs-ofctl COMMAND br-int …` */
  ofctl(command: string, ...args: string[]): Promise<string> {
    const target = `unix:${join(this.#directory, 'br-int.mgmt')}`;
    return this.#run('ovs-ofctl', '--timeout=5', '-O', 'OpenFlow15', command, target, ...args);
  }

  async flows(): Promise<FlowLine[]> {
    const text = await this.ofctl('dump-flows');
    const line = /cookie=(0x[0-9a-f]+),.* table=(\d+), n_packets=(\d+)/g;
    return [...text.matchAll(line)].map(([, cookie, table, packets]) => ({
      cookie: BigInt(cookie ?? 0),
      table: Number(table),
      packets: Number(packets),
    }));
  }

  async stop(): Promise<void> {
    for (const name of ['ovs-vswitchd', 'ovsdb-server']) {
      const pid = Number(await readFile(join(this.#directory, `${name}.pid`), 'utf8').catch(() => '0'));
      if (pid > 0) process.kill(pid, 'SIGTERM');
      for (let tries = 0; pid > 0 && isAlive(pid) && tries < 100; tries++) await pause(20);
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #daemon(command: string, ...args: string[]): Promise<void> {
    const path = (name: string) => join(this.#directory, name);
    await this.#run(
      command,
      ...args,
      ...[`--pidfile=${path(`${command}.pid`)}`, `--unixctl=${path(`${command}.ctl`)}`],
      ...['--detach', '--no-chdir', `--log-file=${path(`${command}.log`)}`],
    );
  }

  async #run(command: string, ...args: string[]): Promise<string> {
    const env = { ...process.env };
    for (const name of ['OVS_RUNDIR', 'OVS_LOGDIR', 'OVS_DBDIR', 'OVS_SYSCONFDIR'])
      env[name] = this.#directory;
    const { stdout } = await run(command, args, { env, timeout: 20_000 });
    return stdout;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What is missing for a real switch, as a sentence; undefined when nothing is. */
export function missingForRealSwitch(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for a network namespace';
  for (const command of ['ovs-vswitchd', 'ovsdb-server', 'ip', 'nsenter']) {
    if (spawnSync(command, ['--version']).error) return `${command} is not installed`;
  }
  return undefined;
}
