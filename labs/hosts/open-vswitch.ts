import { readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { insideNamespace, run } from './command.ts';
import { type ProcessIdentity, processIdentity, sendSignal, waitUntilGone } from './process-identity.ts';

const schema = '/usr/share/openvswitch/vswitch.ovsschema';
const startTimeoutMs = 30_000;
const commandSeconds = 15;

/** One ovsdb-server and one ovs-vswitchd in a namespace and a directory of their own. */
export class OpenVswitch {
  readonly directory: string;
  readonly #namespace: string;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(namespace: string, directory: string) {
    this.#namespace = namespace;
    this.directory = directory;
    this.#environment = {
      OVS_RUNDIR: directory,
      OVS_LOGDIR: directory,
      OVS_DBDIR: directory,
      OVS_SYSCONFDIR: directory,
    };
  }

  /** Absolute, as every path here: OVS would look up a relative one in OVS_RUNDIR and wait for ever without an error. */
  get endpoint(): string {
    return `unix:${this.directory}/db.sock`;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  /** Makes the database and starts both daemons. */
  async create(systemId: string): Promise<void> {
    await mkdir(this.directory, { mode: 0o700 });
    await this.#run('ovsdb-tool', ['create', this.#path('conf.db'), schema]);
    await this.startDatabase();
    await this.vsctl(
      '--no-wait',
      'init',
      '--',
      'set',
      'Open_vSwitch',
      '.',
      `external_ids:system-id="${systemId}"`,
    );
    await this.startSwitch();
  }

  async startDatabase(): Promise<void> {
    const remote = `--remote=punix:${this.#path('db.sock')}`;
    await this.#startDaemon('ovsdb-server', this.#path('conf.db'), remote);
  }

  async startSwitch(): Promise<void> {
    await this.#startDaemon('ovs-vswitchd', this.endpoint);
  }

  /** Signals a daemon; for signals that end it, resolves when it is gone. */
  async signal(daemon: 'ovsdb-server' | 'ovs-vswitchd', signal: NodeJS.Signals): Promise<void> {
    const identity = this.#running(daemon);
    if (identity === undefined) return;
    sendSignal(identity, signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await waitUntilGone([identity], 10_000);
    if (signal === 'SIGKILL') rmSync(this.#path(`${daemon}.pid`), { force: true });
  }

  async vsctl(...args: string[]): Promise<string> {
    return await this.#run('ovs-vsctl', [`--timeout=${commandSeconds}`, `--db=${this.endpoint}`, ...args]);
  }

  async appctl(...args: string[]): Promise<string> {
    const target = ['-t', this.#path('ovs-vswitchd.ctl')];
    return await this.#run('ovs-appctl', [`--timeout=${commandSeconds}`, ...target, ...args]);
  }

  async ofctl(command: string, bridge: string, ...args: string[]): Promise<string> {
    const options = ['-O', 'OpenFlow15', `--timeout=${commandSeconds}`];
    return await this.#run('ovs-ofctl', [...options, command, this.managementSocket(bridge), ...args]);
  }

  managementSocket(bridge: string): string {
    return `unix:${this.#path(`${bridge}.mgmt`)}`;
  }

  async #startDaemon(daemon: string, ...args: string[]): Promise<void> {
    await this.#run(
      daemon,
      [
        ...args,
        `--pidfile=${this.#path(`${daemon}.pid`)}`,
        `--unixctl=${this.#path(`${daemon}.ctl`)}`,
        `--log-file=${this.#path(`${daemon}.log`)}`,
        ...['-vconsole:off', '--detach', '--no-chdir'],
      ],
      startTimeoutMs,
    );
  }

  #running(daemon: string): ProcessIdentity | undefined {
    try {
      const pid = Number(readFileSync(this.#path(`${daemon}.pid`), 'utf8').trim());
      // A daemon that crashed leaves its pid file; the number may be another process's by now.
      const command = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return command === daemon ? processIdentity(pid) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #run(command: string, args: string[], timeoutMs = 1_000 * (commandSeconds + 5)): Promise<string> {
    const options = { timeoutMs, env: this.#environment };
    return await run(...insideNamespace(this.#namespace, command, args), options);
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}
