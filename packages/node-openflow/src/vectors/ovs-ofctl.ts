import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OpenFlowConnection } from '../connection/connection.ts';
import { MessageFramer } from '../connection/framer.ts';
import { OpenFlowServer } from '../connection/server.ts';
import type { DecodedMessage, Version } from '../messages/types.ts';

const run = promisify(execFile);
const timeoutMs = 10_000;

/** Whether Open vSwitch's own tool, the independent judge of these tests, is installed. */
export const hasOvsOfctl = spawnSync('ovs-ofctl', ['--version']).status === 0;

/** Names of versions as ovs-ofctl's option -O wants them. */
export const protocolNames = { 4: 'OpenFlow13', 5: 'OpenFlow14', 6: 'OpenFlow15' } as const;

/** As much of a switch as ovs-ofctl needs to send flows to it. */
function answer(connection: OpenFlowConnection, message: DecodedMessage): void {
  if (message.type === 'barrier-request') connection.send({ type: 'barrier-reply' }, message.xid);
}

/** Records what ovs-ofctl says to a switch. */
export class Recorder {
  readonly #directory: string;
  readonly #servers = new Map<Version, OpenFlowServer>();
  readonly #seen: Uint8Array[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<Recorder> {
    return new Recorder(await mkdtemp(join(tmpdir(), 'node-openflow-')));
  }

  #socketPath(version: Version): string {
    return join(this.#directory, `${version}.mgmt`);
  }

  async #listen(version: Version): Promise<void> {
    if (this.#servers.has(version)) return;
    const server = new OpenFlowServer({ versions: [version], role: 'switch' });
    this.#servers.set(version, server);
    server.on('connection', (connection) => {
      const framer = new MessageFramer();
      connection.socket.on('data', (chunk: Uint8Array) => this.#seen.push(...framer.push(chunk)));
      connection.on('message', (message) => answer(connection, message));
    });
    await server.listen({ path: this.#socketPath(version) });
  }

  /** Runs an ovs-ofctl command and returns the messages with this type number, with 0 as their xid. */
  async record(type: number, version: Version, command: string, ...args: string[]): Promise<Uint8Array[]> {
    await this.#listen(version);
    this.#seen.length = 0;
    const target = `unix:${this.#socketPath(version)}`;
    const options = ['--no-names', '-O', protocolNames[version]];
    await run('ovs-ofctl', [...options, command, target, ...args], { timeout: timeoutMs });
    return this.#seen.filter((bytes) => bytes[1] === type).map((bytes) => bytes.fill(0, 4, 8));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.close();
    await rm(this.#directory, { recursive: true });
  }
}

/** What `ovs-ofctl ofp-print` says about a message. */
export async function ofpPrint(hex: string): Promise<string> {
  const { stdout } = await run('ovs-ofctl', ['ofp-print', hex], { timeout: timeoutMs });
  return stdout.trim();
}
