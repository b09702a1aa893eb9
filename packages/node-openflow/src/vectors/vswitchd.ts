import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const schema = '/usr/share/openvswitch/vswitch.ovsschema';
const patienceMs = 10_000;

/** Why a real switch cannot be had here; undefined when it can. */
export const noVswitchd =
  spawnSync('ovs-vswitchd', ['--version']).status === 0 && existsSync(schema)
    ? undefined
    : 'Open vSwitch is not installed';

/** A real Open vSwitch with one bridge. Its datapath is a dummy: it needs no privileges and touches no network. */
export class Vswitchd {
  readonly #directory: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<Vswitchd> {
    const vswitchd = new Vswitchd(await mkdtemp(join(tmpdir(), 'node-openflow-')));
    await vswitchd.#start();
    return vswitchd;
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  get #environment(): NodeJS.ProcessEnv {
    const directory = this.#directory;
    const directories = { OVS_RUNDIR: directory, OVS_LOGDIR: directory, OVS_DBDIR: directory };
    return { ...process.env, ...directories, OVS_SYSCONFDIR: directory };
  }

  #spawn(program: string, ...args: string[]): void {
    const child = spawn(program, args, { env: this.#environment, stdio: 'ignore' });
    this.#processes.push(child);
  }

  /** Runs one of Open vSwitch's tools. */
  async tool(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(program, args, { env: this.#environment, timeout: patienceMs });
    return stdout;
  }

  async #waitFor(path: string): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!existsSync(path)) {
      if (performance.now() > deadline) throw new Error(`${path} did not appear in ${patienceMs} ms`);
      await sleep(10);
    }
  }

  async #start(): Promise<void> {
    const database = this.#path('conf.db');
    const socket = this.#path('db.sock');
    await this.tool('ovsdb-tool', 'create', database, schema);
    this.#spawn('ovsdb-server', database, `--remote=punix:${socket}`, `--unixctl=${this.#path('db.ctl')}`);
    await this.#waitFor(socket);
    await this.tool('ovs-vsctl', `--db=unix:${socket}`, '--no-wait', 'init');
    const dummy = ['--enable-dummy=override', '--disable-system', '--disable-system-route'];
    this.#spawn('ovs-vswitchd', ...dummy, `unix:${socket}`, `--unixctl=${this.#path('vs.ctl')}`);
    const bridge = ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=dummy', 'fail_mode=secure'];
    await this.tool('ovs-vsctl', `--db=unix:${socket}`, ...bridge);
    await this.#waitFor(this.managementSocket);
  }

  /** Where OpenFlow connections to the bridge are accepted. */
  get managementSocket(): string {
    return this.#path('br0.mgmt');
  }

  async stop(): Promise<void> {
    for (const child of this.#processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(this.#directory, { recursive: true });
  }
}
