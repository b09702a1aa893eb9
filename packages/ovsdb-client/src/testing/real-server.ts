/** Real `ovsdb-server` processes for tests: a standalone server, and clusters. */

import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, kill, run, start } from './run.ts';

/** The schema of the Open_vSwitch database that comes with this package. */
export const openVSwitchSchemaPath = fileURLToPath(
  new URL('../../third-party/openvswitch/vswitch.ovsschema', import.meta.url),
);

export interface RealServerOptions {
  /** Databases to serve, made from these schema files. Default: Open_vSwitch. */
  readonly schemas?: readonly string[];
  /** Further arguments of `ovsdb-server`. */
  readonly args?: readonly string[];
  /** The disk is as good as full when a file has this size in KiB. */
  readonly maxFileKiB?: number;
}

/** A process of `ovsdb-server` with its files in a directory of its own. */
export class RealServer {
  readonly directory: string;
  readonly #databases: readonly string[];
  readonly #args: readonly string[];
  readonly #maxFileKiB: number | undefined;
  #child: ChildProcess | undefined;

  /** Use `startRealServer`. */
  constructor(directory: string, databases: readonly string[], options: RealServerOptions = {}) {
    this.directory = directory;
    this.#databases = databases;
    this.#args = options.args ?? [];
    this.#maxFileKiB = options.maxFileKiB;
  }

  /** The endpoint that clients connect to. */
  get endpoint(): string {
    return `unix:${this.socketPath}`;
  }

  get socketPath(): string {
    return join(this.directory, 'db.sock');
  }

  get controlPath(): string {
    return join(this.directory, 'control.sock');
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Starts the process; resolves when it listens. */
  async start(): Promise<void> {
    await rm(this.socketPath, { force: true });
    const log = `--log-file=${join(this.directory, 'server.log')}`;
    const args = [
      `--remote=p${this.endpoint}`,
      `--unixctl=${this.controlPath}`,
      log,
      '--no-chdir',
      ...this.#args,
    ];
    const child = this.#startProcess([...args, ...this.#databases]);
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) {
        throw new Error(`ovsdb-server ended with code ${child.exitCode}; see ${this.directory}/server.log`);
      }
      return exists(this.socketPath);
    }, 'ovsdb-server listens');
  }

  #startProcess(args: readonly string[]): ChildProcess {
    if (this.#maxFileKiB === undefined) {
      return start('ovsdb-server', args);
    }
    // With the signal ignored, a write beyond the limit fails instead of ending the process. One unit is 512 bytes.
    const script = `trap '' XFSZ; ulimit -f ${this.#maxFileKiB * 2}; exec ovsdb-server "$@"`;
    return start('sh', ['-c', script, 'ovsdb-server', ...args]);
  }

  /** Ends the process; its files stay. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) {
      await kill(child, signal);
    }
  }

  /** Sends a signal, such as SIGSTOP, without waiting for anything. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Runs a command of `ovs-appctl`. */
  control(...command: string[]): Promise<string> {
    return run('ovs-appctl', ['-t', this.controlPath, ...command]);
  }

  /** The TCP port on which the process listens, when it was told to take any free one. */
  listeningPort(): Promise<string> {
    return eventually(async () => {
      const log = await readFile(join(this.directory, 'server.log'), 'utf8');
      return /listening on port (\d+)/.exec(log)?.[1];
    }, 'the server tells its port');
  }

  /** Runs `ovs-vsctl --no-wait`. */
  vsctl(...command: string[]): Promise<string> {
    return run('ovs-vsctl', ['--no-wait', `--db=${this.endpoint}`, '--timeout=5', ...command]);
  }

  /** Ends the process and removes its files. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Makes databases in a temporary directory and serves them. */
export async function startRealServer(options: RealServerOptions = {}): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), 'ovsdb-'));
  const schemas = options.schemas ?? [openVSwitchSchemaPath];
  const databases = schemas.map((_, i) => join(directory, `${i}.db`));
  for (const [i, schema] of schemas.entries()) {
    await run('ovsdb-tool', ['create', databases[i] as string, schema]);
  }
  const server = new RealServer(directory, databases, options);
  await server.start();
  return server;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
