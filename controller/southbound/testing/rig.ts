import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import { type ConnectionSettings, connect, type FlowDescription, type Message } from 'node-openflow';
import { TestSwitch } from 'node-openflow/testing';
import { decodeCookie } from '../../pipeline/index.ts';
import { Southbound } from '../southbound.ts';
import type { Limits, Rejection } from '../types.ts';
import { type Edit, EditableState } from './desired.ts';
import { Link } from './link.ts';
import { until } from './wait.ts';

const running = new Set<Rig>();
afterEach(async () => {
  for (const rig of running) await rig.close();
  running.clear();
});

/** A rig that ends with the test. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.start(options);
  running.add(rig);
  return rig;
}

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A switch, its link, and what a test wants to know of them. */
export interface Branch {
  readonly hostId: string;
  readonly device: TestSwitch;
  readonly link: Link;
}

export interface RigOptions {
  readonly limits?: Partial<Limits>;
  readonly desired?: EditableState;
  readonly generationId?: bigint;
  readonly connection?: ConnectionSettings;
}

/** A southbound with switches on real sockets. Hosts are `host-1`, `host-2` …, with the datapath ids 1, 2 … */
export class Rig {
  readonly desired: EditableState;
  readonly southbound: Southbound;
  readonly registered = new Set<string>();
  readonly log: LogLine[] = [];
  readonly rejections: Rejection[] = [];
  readonly #branches: Branch[] = [];
  port = 0;

  private constructor(options: RigOptions) {
    this.desired = options.desired ?? new EditableState();
    const write = (level: LogLine['level']) => (fields: object, message: string) =>
      this.log.push({ level, fields, message });
    this.southbound = new Southbound({
      desired: this.desired,
      hostByDatapath: (datapathId) => {
        const hostId = `host-${Number.parseInt(datapathId, 16)}`;
        return this.registered.has(hostId) ? { hostId } : undefined;
      },
      generationId: () => options.generationId ?? 1n,
      logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
      limits: options.limits ?? {},
      connection: options.connection ?? {},
    });
    this.southbound.on('rejected', (rejection) => this.rejections.push(rejection));
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
    const { port } = await rig.southbound.listen({ host: '127.0.0.1', port: 0 });
    rig.port = port;
    return rig;
  }

  /** Commits and applies. Returns the revision. */
  commit(...edits: readonly Edit[]): number {
    this.southbound.apply(this.desired.commit(...edits));
    return this.desired.revision;
  }

  register(number: number): void {
    this.registered.add(`host-${number}`);
    this.southbound.hostRegistered(`host-${number}`);
  }

  /** A new switch with a link, not connected. */
  async plug(number: number, device = new TestSwitch({ datapathId: BigInt(number) })): Promise<Branch> {
    const branch = { hostId: `host-${number}`, device, link: await Link.open(this.port) };
    this.#branches.push(branch);
    return branch;
  }

  /** A registered host's switch that is connected and live. */
  async up(number: number, device?: TestSwitch): Promise<Branch> {
    const branch = await this.plug(number, device);
    this.register(number);
    const isUp = this.#next('up', branch.hostId);
    await branch.device.connect({ host: '127.0.0.1', port: branch.link.port });
    await isUp;
    return branch;
  }

  /** Resolves when the host has confirmed everything. */
  async quiet(...branches: readonly Branch[]): Promise<void> {
    for (const { hostId } of branches) {
      await until(
        () => this.southbound.liveness(hostId).appliedRevision === this.desired.revision,
        `${hostId} to confirm revision ${this.desired.revision}`,
      );
    }
  }

  /** Ends the controller; its switches stay as they are. */
  async stop(): Promise<void> {
    await this.southbound.close();
  }

  async close(): Promise<void> {
    await this.southbound.close();
    for (const { device, link } of this.#branches) {
      await device.close();
      await link.close();
    }
  }

  #next(event: 'up' | 'down', hostId: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = (changed: string) => {
        if (changed !== hostId) return;
        this.southbound.off(event, listener);
        resolve();
      };
      this.southbound.on(event, listener);
    });
  }
}

/** Cookies of a switch's flows other than markers, sorted. */
export function cookies(device: TestSwitch): bigint[] {
  return device
    .flows()
    .filter((flow) => !isMarker(flow))
    .map(({ cookie }) => cookie)
    .sort();
}

export function markers(device: TestSwitch): FlowDescription[] {
  return device.flows().filter(isMarker);
}

function isMarker({ cookie }: { readonly cookie: bigint }): boolean {
  const kind = decodeCookie(cookie)?.fragmentKind ?? 0;
  return kind >= 60 && kind <= 62;
}

/** Short words for what was sent, markers left out: `add 2a`, `delete 2a`, `barrier-request` … with cookies in hex. */
export function story(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => {
    if (message.type !== 'flow-mod') return [message.type];
    if (isMarker({ cookie: message.cookie ?? 0n })) return ['marker'];
    return [`${message.command} ${(message.cookie ?? 0n).toString(16)}`];
  });
}

let sockets = 0;

/** Changes a switch behind the controller's back, over a management connection. Each device once only. */
export async function tamper(device: TestSwitch, ...messages: readonly Message[]): Promise<void> {
  const path = join(tmpdir(), `southbound-${process.pid}-${++sockets}.mgmt`);
  await device.listen({ path });
  const connection = connect({ path }, { versions: [6] });
  await connection.ready;
  for (const message of messages) connection.send(message);
  await connection.barrier();
  connection.close();
  await rm(path, { force: true });
}
