import { once } from 'node:events';
import net from 'node:net';
import { OpenFlowError } from '../errors.ts';
import type { TlvMapping } from '../messages/extension-types.ts';
import type { FlowDescription } from '../messages/flow-mod-types.ts';
import type { GroupDescription, MeterDescription } from '../messages/group-meter-types.ts';
import type { PortDescription } from '../messages/port-types.ts';
import { decodeMessage } from '../messages/registry.ts';
import type { DecodedMessage, Message } from '../messages/types.ts';
import { FlowStore, flowModOf, type StoredFlow } from './flow-store.ts';
import { SwitchSession } from './switch-session.ts';

export type SwitchAddress = { readonly host?: string; readonly port: number } | { readonly path: string };

export interface TestSwitchOptions {
  readonly datapathId: bigint;
  readonly ports?: readonly PortDescription[];
  /** Looks at every message before it is obeyed; returns the name of an error, such as OFPFMFC_TABLE_FULL, to refuse it. */
  readonly refuse?: (message: DecodedMessage) => string | undefined;
  /** Sees every message as it came, before it is obeyed. */
  readonly observe?: (bytes: Uint8Array) => void;
}

/** What all sessions of a switch share. */
export interface SwitchState {
  readonly options: TestSwitchOptions;
  readonly store: FlowStore;
  readonly groups: Map<number, GroupDescription>;
  readonly meters: Map<number, MeterDescription>;
  readonly sessions: Set<SwitchSession>;
  ports: readonly PortDescription[];
  tlvMappings: TlvMapping[];
  generationId: bigint | undefined;
  flowModCount: number;
  messageCount: number;
}

/**
 * A light OpenFlow 1.5 switch for tests and benchmarks. It keeps flows, groups, meters and the TLV table and answers for
 * them; it forwards no packets.
 */
export class TestSwitch {
  readonly datapathId: bigint;
  readonly #state: SwitchState;
  readonly #servers = new Set<net.Server>();

  constructor(options: TestSwitchOptions) {
    this.datapathId = options.datapathId;
    this.#state = {
      options,
      store: new FlowStore(),
      groups: new Map(),
      meters: new Map(),
      sessions: new Set(),
      ports: options.ports ?? [],
      tlvMappings: [],
      generationId: undefined,
      flowModCount: 0,
      messageCount: 0,
    };
  }

  /** Connects to a controller. May be called again for further controllers. */
  async connect(address: SwitchAddress): Promise<void> {
    const socket = net.connect({ ...address, noDelay: true });
    await once(socket, 'connect');
    await new SwitchSession(socket, this.#state).ready;
  }

  /** Listens for management connections, such as those of ovs-ofctl; resolves with the port, or 0 for a path. */
  async listen(address: SwitchAddress): Promise<number> {
    const server = net.createServer({ noDelay: true }, (socket) => new SwitchSession(socket, this.#state));
    server.listen(address);
    await once(server, 'listening');
    this.#servers.add(server);
    const bound = server.address();
    return bound && typeof bound === 'object' ? bound.port : 0;
  }

  /** All flows, by table, priority (highest first) and cookie. */
  flows(): FlowDescription[] {
    return Array.from(this.#state.store.flows(), describe).sort(
      (a, b) => a.table - b.table || b.priority - a.priority || (a.cookie < b.cookie ? -1 : 1),
    );
  }

  get flowCount(): number {
    return this.#state.store.size;
  }

  /** Flow-mods received since the start, those in committed bundles included. */
  get flowModCount(): number {
    return this.#state.flowModCount;
  }

  /** Messages of any kind received since the start. */
  get messageCount(): number {
    return this.#state.messageCount;
  }

  get tlvMappings(): readonly TlvMapping[] {
    return this.#state.tlvMappings;
  }

  get groups(): readonly GroupDescription[] {
    return [...this.#state.groups.values()];
  }

  get meters(): readonly MeterDescription[] {
    return [...this.#state.meters.values()];
  }

  /** Connections that have not ended. */
  get connectionCount(): number {
    return this.#state.sessions.size;
  }

  /** Changes the ports and tells all controllers. */
  setPorts(ports: readonly PortDescription[]): void {
    const before = new Map(this.#state.ports.map((port) => [port.port, port]));
    this.#state.ports = ports;
    for (const port of ports) {
      const reason = before.delete(port.port) ? 'modify' : 'add';
      this.broadcast({ type: 'port-status', reason, port });
    }
    for (const port of before.values()) this.broadcast({ type: 'port-status', reason: 'delete', port });
  }

  /** Sends a message, for example a packet-in, to all controllers. */
  broadcast(message: Message): void {
    for (const session of this.#state.sessions) session.send(message, 0);
  }

  /** Forgets all flows, groups and meters, as a restarted switch does. */
  clear(): void {
    this.#state.store.clear();
    this.#state.groups.clear();
    this.#state.meters.clear();
    this.#state.tlvMappings = [];
  }

  /** Ends all connections at once, and goes on listening. */
  disconnect(): void {
    for (const session of [...this.#state.sessions]) session.destroy();
  }

  async close(): Promise<void> {
    this.disconnect();
    const closing = [...this.#servers].map((server) => {
      const closed = once(server, 'close');
      server.close();
      return closed;
    });
    this.#servers.clear();
    await Promise.all(closing);
  }
}

function describe(flow: StoredFlow): FlowDescription {
  const raw = flowModOf(flow);
  const message = decodeMessage(raw.bytes.subarray(raw.offset, raw.offset + raw.length));
  if (message.type !== 'flow-mod') {
    throw new OpenFlowError('OPENFLOW_BAD_VALUE', `a ${message.type} was stored as a flow`);
  }
  return {
    table: message.table,
    priority: raw.priority,
    cookie: raw.cookie,
    idleTimeout: message.idleTimeout ?? 0,
    hardTimeout: message.hardTimeout ?? 0,
    importance: message.importance ?? 0,
    flags: message.flags ?? [],
    match: message.match,
    instructions: message.instructions,
    durationSeconds: 0,
    durationNanoseconds: 0,
    packetCount: BigInt(flow.packetCount),
    byteCount: BigInt(flow.byteCount),
  };
}
