import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OpenFlowConnection } from '../connection/connection.ts';
import { MessageFramer } from '../connection/framer.ts';
import { OpenFlowServer } from '../connection/server.ts';
import type { BundleControl } from '../messages/bundle-types.ts';
import { decodeMessage } from '../messages/registry.ts';
import type { DecodedMessage, Version } from '../messages/types.ts';

const run = promisify(execFile);
const timeoutMs = 10_000;

/** Whether Open vSwitch's own tool, the independent judge of these tests, is installed. */
export const hasOvsOfctl = spawnSync('ovs-ofctl', ['--version']).status === 0;

/** Names of versions as ovs-ofctl's option -O wants them. */
const protocolNames = { 4: 'OpenFlow13', 5: 'OpenFlow14', 6: 'OpenFlow15' } as const;

const bundleReplies: Readonly<Record<string, BundleControl['command']>> = {
  'open-request': 'open-reply',
  'commit-request': 'commit-reply',
};

/** As much of a switch as ovs-ofctl needs to send flows and bundles to it. */
function answer(connection: OpenFlowConnection, message: DecodedMessage): void {
  if (message.type === 'barrier-request') connection.send({ type: 'barrier-reply' }, message.xid);
  const reply = message.type === 'bundle-control' ? bundleReplies[message.command] : undefined;
  if (message.type === 'bundle-control' && reply)
    connection.send({ ...message, command: reply }, message.xid);
}

/** The same message with 0 as xid, also of a message inside it. */
function withoutXid(bytes: Uint8Array): Uint8Array {
  const message = decodeMessage(bytes);
  bytes.fill(0, 4, 8);
  // Both forms of bundle-add: the inner message is behind the header, the experimenter's numbers and eight bytes more.
  if (message.type === 'bundle-add')
    bytes.fill(0, message.version === 4 ? 28 : 20, message.version === 4 ? 32 : 24);
  return bytes;
}

/** Connection upkeep, which no command asked for. */
const upkeep: ReadonlySet<DecodedMessage['type']> = new Set([
  'hello',
  'echo-request',
  'echo-reply',
  'barrier-request',
]);

const readsFile: ReadonlySet<string> = new Set(['bundle', 'add-flows', 'add-groups']);

function commandArguments(name: string, text: string): string[] {
  if (readsFile.has(name)) return ['-'];
  if (text === '') return [];
  return name === 'ct-flush' ? text.split(' ') : [text];
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

  /**
   * Runs an ovs-ofctl command, which may have options behind it (`del-flows --strict`), and returns what it sent, with 0 as
   * xid. Of commands that read a file, `text` is the file.
   */
  async record(version: Version, command: string, text: string): Promise<Uint8Array[]> {
    await this.#listen(version);
    this.#seen.length = 0;
    const [name = '', ...options] = command.split(' ');
    const target = `unix:${this.#socketPath(version)}`;
    const fixed = ['--no-names', '-O', protocolNames[version], ...options, name, target];
    const reading = run('ovs-ofctl', [...fixed, ...commandArguments(name, text)], { timeout: timeoutMs });
    // A command that refuses its arguments ends before it reads: its exit status says so, not the pipe.
    reading.child.stdin?.on('error', () => undefined).end(readsFile.has(name) ? text : '');
    await reading;
    const sent = this.#seen.filter((bytes) => !upkeep.has(decodeMessage(bytes).type));
    return sent.map(withoutXid);
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

/** The same about many messages, in the order in which they are given. */
export async function ofpPrintAll(messages: readonly string[]): Promise<string[]> {
  const numbered = messages.map((hex, index) => {
    const bytes = Buffer.from(hex, 'hex');
    bytes.writeUInt32BE(index + 1, 4);
    return bytes;
  });
  const printing = run('ovs-ofctl', ['ofp-parse', '-'], { timeout: timeoutMs, maxBuffer: 64 << 20 });
  printing.child.stdin?.end(Buffer.concat(numbered));
  const { stdout } = await printing;
  const texts = new Map<number, string>();
  for (const text of stdout.split(/^(?=\S+.*\(xid=0x[0-9a-f]+\):)/m)) {
    const [, xid = '0'] = /\(xid=0x([0-9a-f]+)\)/.exec(text) ?? [];
    texts.set(Number.parseInt(xid, 16), text.replace(/\(xid=0x[0-9a-f]+\)/, '(xid=0x0)').trim());
  }
  return messages.map((_, index) => texts.get(index + 1) ?? '');
}
