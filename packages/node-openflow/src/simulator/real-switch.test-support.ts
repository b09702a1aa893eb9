import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OpenFlowConnection } from '../connection/connection.ts';
import { connect } from '../connection/server.ts';
import type { Message } from '../messages/types.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { packet } from './packet.ts';
import { encodePacket } from './packet-encode.ts';

/*
 * For tests: a real Open vSwitch whose ports are not of this machine. Its "dummy" datapath is the userspace one with made-up
 * ports: packets are handed in by a command, what leaves a port is written to a file. It needs no privileges.
 */

const run = promisify(execFile);
const timeoutMs = 10_000;
const schema = '/usr/share/openvswitch/vswitch.ovsschema';
const pcapHeader = 24;
const pcapRecord = 16;
/** An Ethernet type for experiments (IEEE 802). */
const markerType = 0x88b5;
/** Far from the ports that flows name. */
const markerPort = 100;

/** Why these tests cannot run; false when they can. */
export const noOpenVswitch: string | false =
  spawnSync('ovs-vswitchd', ['--version']).status === 0 ? false : 'Open vSwitch is not installed';

/** Commands of ovs-vswitchd: JSON-RPC over a Unix socket (ovs-appctl(8)). */
class ControlSocket {
  readonly #socket: net.Socket;
  #received = '';
  #waiting: ((text: string) => boolean) | undefined;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text;
      if (this.#waiting?.(this.#received)) this.#received = '';
    });
  }

  static async open(path: string): Promise<ControlSocket> {
    const socket = net.connect({ path });
    await once(socket, 'connect');
    return new ControlSocket(socket);
  }

  call(method: string, params: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to ${method} in ${timeoutMs} ms`)),
        timeoutMs,
      );
      this.#waiting = (text) => {
        if (!text.endsWith('}')) return false;
        const reply = parseReply(text);
        if (!reply) return false;
        clearTimeout(timer);
        if (typeof reply.error === 'string') reject(new Error(`${method}: ${reply.error}`));
        else resolve(String(reply.result ?? ''));
        return true;
      };
      this.#socket.write(JSON.stringify({ id: 1, method, params }));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The reply, once all of it has come. */
function parseReply(text: string): { result?: unknown; error?: unknown } | undefined {
  try {
    return JSON.parse(text) as { result?: unknown; error?: unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A frame that left by a port. */
export interface SentFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** One bridge with ports 1 to `ports` of a real switch. */
export class RealSwitch {
  readonly connection: OpenFlowConnection;
  readonly #directory: string;
  readonly #control: ControlSocket;
  readonly #ports: number;
  /** How much of each port's file was read already. */
  readonly #read = new Map<number, number>();
  #markers = 0;

  private constructor(
    directory: string,
    control: ControlSocket,
    connection: OpenFlowConnection,
    ports: number,
  ) {
    this.#directory = directory;
    this.#control = control;
    this.connection = connection;
    this.#ports = ports;
  }

  static async start(ports: number): Promise<RealSwitch> {
    const directory = await mkdtemp(join(tmpdir(), 'weft-simulator-'));
    await startDaemons(directory);
    await addBridge(directory, [...Array.from({ length: ports }, (_, i) => i + 1), markerPort]);
    const control = await ControlSocket.open(join(directory, 'vswitchd.ctl'));
    const connection = connect({ path: join(directory, 'br0.mgmt') });
    await connection.ready;
    // Packets made of fields have no sequence numbers.
    await control.call('dpctl/ct-disable-tcp-seq-chk', []);
    // Otherwise cached paths of packets would be recomputed at some time while flows change.
    await control.call('revalidator/pause', []);
    const started = new RealSwitch(directory, control, connection, ports);
    await started.reset();
    return started;
  }

  /** Runs a command of ovs-vswitchd. */
  call(method: string, ...params: string[]): Promise<string> {
    return this.#control.call(method, params);
  }

  /** Sends messages and waits until they are obeyed. Returns the names of errors, one for each message that was refused. */
  async apply(messages: readonly Message[]): Promise<(string | undefined)[]> {
    const refused = new Map<number, string>();
    const listen = (message: { xid: number; codeName?: string }) => {
      refused.set(message.xid, message.codeName ?? 'unnamed');
    };
    this.connection.on('error-message', listen);
    try {
      const xids = messages.map((message) => this.connection.send(message));
      await this.connection.barrier();
      return xids.map((xid) => refused.get(xid));
    } finally {
      this.connection.off('error-message', listen);
    }
  }

  /** Removes flows, groups, meters, connections and cached paths of packets. */
  async reset(): Promise<void> {
    const refused = await this.apply([
      { type: 'flow-mod', command: 'delete', table: 255, match: [], instructions: [] },
      { type: 'group-mod', command: 'delete', groupType: 'all', group: 0xfffffffc, buckets: [] },
      { type: 'meter-mod', command: 'delete', flags: [], meter: 0xffffffff, bands: [] },
      parseFlow(`priority=65535,in_port=${markerPort},dl_type=${markerType} actions=IN_PORT`),
    ]);
    const [error] = refused.filter((name) => name !== undefined);
    if (error) throw new Error(`the switch refused to be emptied: ${error}`);
    await this.call('revalidator/purge');
    await this.call('dpctl/flush-conntrack');
  }

  /** From now on time passes by `advance` only. */
  async stopClock(): Promise<void> {
    await this.call('time/stop');
  }

  /** Lets time pass. Flows expire only where they are said to: that takes half a second of real time. */
  async advance(seconds: number, flowsExpire: boolean): Promise<void> {
    // Flows expire in a round of the threads that look at statistics.
    if (flowsExpire) await this.call('revalidator/resume');
    await this.call('time/warp', String(seconds * 1000));
    if (!flowsExpire) return;
    await this.call('revalidator/wait');
    await this.call('revalidator/pause');
  }

  /** Hands a frame in by a port and returns what leaves, port by port. */
  async inject(port: number, bytes: Uint8Array): Promise<SentFrame[]> {
    await this.#receive(port, bytes);
    // One marker may overtake the frame inside one round of the switch; a second one comes a round later.
    await this.#passMarker();
    await this.#passMarker();
    const frames = await Promise.all(Array.from({ length: this.#ports }, (_, i) => this.#sent(i + 1)));
    return frames.flat();
  }

  async #receive(port: number, bytes: Uint8Array): Promise<void> {
    await this.call('netdev-dummy/receive', `p${port}`, Buffer.from(bytes).toString('hex'));
  }

  /** Sends a frame through a port of its own and waits until it is back. */
  async #passMarker(): Promise<void> {
    const marker = encodePacket(packet.ethernet({ type: markerType, ethSrc: BigInt(++this.#markers) }));
    await this.#receive(markerPort, marker);
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const sent = await this.#sent(markerPort);
      if (sent.some(({ bytes }) => Buffer.compare(bytes, marker) === 0)) return;
      if (Date.now() > deadline) throw new Error(`the marker ${this.#markers} did not come back`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #sent(port: number): Promise<SentFrame[]> {
    const file = await readFile(join(this.#directory, `p${port}.pcap`));
    let at = this.#read.get(port) ?? pcapHeader;
    const frames: SentFrame[] = [];
    while (at + pcapRecord <= file.length) {
      const start = at + pcapRecord;
      const end = start + file.readUInt32LE(at + 8);
      if (end > file.length) break;
      frames.push({ port, bytes: file.subarray(start, end) });
      at = end;
    }
    this.#read.set(port, at);
    return frames;
  }

  async stop(): Promise<void> {
    this.connection.close();
    this.#control.close();
    await stopDaemons(this.#directory);
    await rm(this.#directory, { recursive: true, maxRetries: 10 });
  }
}

function environment(directory: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    OVS_RUNDIR: directory,
    OVS_LOGDIR: directory,
    OVS_DBDIR: directory,
    OVS_SYSCONFDIR: directory,
  };
}

async function startDaemons(directory: string): Promise<void> {
  const at = (name: string) => join(directory, name);
  const env = environment(directory);
  const daemon = (name: string) => [
    `--pidfile=${at(`${name}.pid`)}`,
    `--unixctl=${at(`${name}.ctl`)}`,
    `--log-file=${at(`${name}.log`)}`,
    '--detach',
    '--no-chdir',
  ];
  const options = { env, timeout: timeoutMs };
  await run('ovsdb-tool', ['create', at('conf.db'), schema], options);
  const remote = `--remote=punix:${at('db.sock')}`;
  // A daemon keeps what it inherits, so that nothing of it may be a pipe.
  spawnSync('ovsdb-server', [at('conf.db'), remote, ...daemon('db')], { ...options, stdio: 'ignore' });
  await run('ovs-vsctl', [`--db=unix:${at('db.sock')}`, '--no-wait', 'init'], options);
  const dummy = ['--enable-dummy=override', '--disable-system'];
  const args = [`unix:${at('db.sock')}`, ...dummy, ...daemon('vswitchd')];
  spawnSync('ovs-vswitchd', args, { ...options, stdio: 'ignore' });
}

async function addBridge(directory: string, ports: readonly number[]): Promise<void> {
  const bridge = ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath-type=dummy', 'fail-mode=secure'];
  const added = ports.map((port) => {
    const name = `p${port}`;
    const options = [
      'type=dummy',
      `ofport_request=${port}`,
      `options:tx_pcap=${join(directory, `${name}.pcap`)}`,
    ];
    return ['--', 'add-port', 'br0', name, '--', 'set', 'Interface', name, ...options];
  });
  const args = [`--db=unix:${join(directory, 'db.sock')}`, ...bridge, ...added.flat()];
  await run('ovs-vsctl', args, { env: environment(directory), timeout: timeoutMs });
}

/** Ends the daemons at once: nothing is lost with them, and a paused switch takes seconds to end by itself. */
async function stopDaemons(directory: string): Promise<void> {
  for (const name of ['vswitchd', 'db']) {
    const pid = Number(await readFile(join(directory, `${name}.pid`), 'utf8'));
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
