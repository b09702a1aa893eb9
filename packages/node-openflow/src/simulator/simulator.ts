import type { FlowMod } from '../messages/flow-mod-types.ts';
import type { GroupDescription } from '../messages/group-meter-types.ts';
import type { FormatOptions } from '../text/context.ts';
import { checkFlow } from './check-flow.ts';
import { Conntrack } from './conntrack.ts';
import { Datapath } from './datapath.ts';
import { DatapathPacket } from './datapath-packet.ts';
import { FlowTables } from './flow-tables.ts';
import type { FrozenState } from './frozen-state.ts';
import { applyGroupMod } from './groups.ts';
import { type MeterCounters, Meters } from './meters.ts';
import { wireOf } from './packet-slots.ts';
import type { SwitchState } from './switch-state.ts';
import { TlvTable } from './tlv-table.ts';
import type {
  ConntrackEntry,
  Continuation,
  SimulatedMessage,
  SimulatedPacket,
  SimulatedPort,
  SimulationResult,
  SimulatorOptions,
} from './types.ts';

export interface InjectOptions {
  readonly inPort: number;
  /** Names for the text of the trace. */
  readonly names?: FormatOptions;
}

function byNumber(
  ports: readonly SimulatedPort[] | undefined,
): ReadonlyMap<number, SimulatedPort> | undefined {
  return ports && new Map(ports.map((port) => [port.number, port]));
}

/**
 * The executable meaning of OpenFlow tables as Open vSwitch implements them: flows in, packet in, and out come the ports by
 * which it leaves, what controllers get and how that came about. Without clock, sockets and randomness.
 */
export class FlowTableSimulator {
  readonly #tables = new FlowTables();
  readonly #groups = new Map<number, GroupDescription>();
  readonly #meters = new Meters();
  readonly #tunnelOptions = new TlvTable();
  readonly #conntrack: Conntrack;
  #ports: ReadonlyMap<number, SimulatedPort> | undefined;
  #now: number;

  constructor(options: SimulatorOptions = {}) {
    this.#now = options.now ?? 0;
    this.#ports = byNumber(options.ports);
    this.#conntrack = new Conntrack(this.#now);
  }

  /** Seconds on the simulator's clock. */
  get now(): number {
    return this.#now;
  }

  /** Flows in all tables, as they were added, learned ones included. */
  get flows(): readonly FlowMod[] {
    return [...this.#tables.flows()].map((flow) => flow.flowMod);
  }

  /** Connections that are tracked now. */
  get conntrack(): readonly ConntrackEntry[] {
    return this.#conntrack.entries();
  }

  /** Packets that matched the flows with this cookie. */
  packetCount(cookie: bigint): number {
    let count = 0;
    for (const flow of this.#tables.flows()) if (flow.cookie === cookie) count += flow.packets;
    return count;
  }

  meter(meter: number): MeterCounters | undefined {
    return this.#meters.counters(meter);
  }

  setPorts(ports: readonly SimulatedPort[]): void {
    this.#ports = byNumber(ports);
  }

  /**
   * Obeys a message.
   * @throws SimulationError SIMULATION_REFUSED when a switch would refuse it, with the name of its error in `refusal`
   */
  apply(message: SimulatedMessage): void {
    switch (message.type) {
      case 'flow-mod':
        checkFlow(message, {
          groups: this.#groups,
          meters: this.#meters,
          tunnelOptions: this.#tunnelOptions,
        });
        this.#tables.apply(message, this.#now);
        return;
      case 'group-mod':
        this.#removeFlowsTo(applyGroupMod(this.#groups, message));
        return;
      case 'meter-mod':
        this.#meters.apply(message);
        return;
      case 'tlv-table-mod':
        this.#tunnelOptions.apply(message);
        return;
      case 'ct-flush-zone':
        this.#conntrack.flushZone(message.zone);
    }
  }

  /** Obeys many flow-mods. */
  load(flows: Iterable<FlowMod>): void {
    for (const flow of flows) this.apply(flow);
  }

  #removeFlowsTo(gone: ReadonlySet<number>): void {
    if (gone.size === 0) return;
    this.#tables.removeWhere((flow) =>
      flow.items.some((item) => item.type === 'group' && gone.has(item.group)),
    );
  }

  #state(names: FormatOptions = {}): SwitchState {
    return {
      tables: this.#tables,
      groups: this.#groups,
      meters: this.#meters,
      tunnelOptions: this.#tunnelOptions,
      ports: this.#ports,
      now: this.#now,
      names,
    };
  }

  /**
   * Lets a packet come in by a port.
   * @throws SimulationError SIMULATION_AMBIGUOUS when flows of equal priority match, SIMULATION_BAD_PACKET,
   *   SIMULATION_UNSUPPORTED
   */
  inject(packet: SimulatedPacket, { inPort, names }: InjectOptions): SimulationResult {
    const datapath = new Datapath(this.#state(names), this.#conntrack);
    datapath.process(new DatapathPacket(wireOf(packet, inPort)));
    return datapath.result();
  }

  /** Goes on with a packet that a `controller(pause)` action held, as the controller has left it. */
  resume(continuation: Continuation, packet: SimulatedPacket): SimulationResult {
    const state = continuation as FrozenState;
    const datapath = new Datapath(this.#state(), this.#conntrack);
    datapath.process(new DatapathPacket(wireOf(packet, 0)), state);
    return datapath.result();
  }

  /** Lets time pass: flows and connections expire, meters recover. */
  advance(seconds: number): void {
    this.#now += seconds;
    this.#tables.removeExpired(this.#now);
    this.#conntrack.advance(this.#now);
    this.#meters.advance(seconds);
  }
}
