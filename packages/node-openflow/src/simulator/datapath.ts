import type { Conntrack } from './conntrack.ts';
import type { DatapathPacket } from './datapath-packet.ts';
import { unsupported } from './errors.ts';
import type { FrozenState } from './frozen-state.ts';
import type { ControllerOperation, Operation } from './operations.ts';
import { packetOf, wireLength } from './packet-slots.ts';
import type { SwitchState } from './switch-state.ts';
import { Translation } from './translation.ts';
import type { SimulatedOutput, SimulatedPacketIn, SimulationResult, TraceStep } from './types.ts';

/** Copies of a packet go through the tables at most so often, as in the userspace datapath. */
const maximumResumes = 6;
/** Walks for one packet: flows that send it round and round in many copies are a mistake. */
const maximumWalks = 256;

/** With one of these a packet may belong to another connection. */
const connectionSlots = /^(ipv[46]_(src|dst)|tp_(src|dst))$/;

function writeHeaders(packet: DatapathPacket, slots: ReadonlyMap<string, bigint>): void {
  for (const [slot, value] of slots) {
    packet.slots.set(slot, value);
    if (connectionSlots.test(slot)) packet.cached = undefined;
  }
}

/** Runs one packet, and all copies of it, to the end. */
export class Datapath {
  readonly #switch: SwitchState;
  readonly #conntrack: Conntrack;
  readonly #outputs: SimulatedOutput[] = [];
  readonly #toControllers: SimulatedPacketIn[] = [];
  readonly #trace: TraceStep[] = [];
  #walks = 0;

  constructor(state: SwitchState, conntrack: Conntrack) {
    this.#switch = state;
    this.#conntrack = conntrack;
  }

  /** Walks the packet through the tables and does what they say. */
  process(packet: DatapathPacket, state?: FrozenState, resumes = 0): void {
    if (++this.#walks > maximumWalks)
      unsupported(`one packet walks through the tables ${maximumWalks} times`);
    const translation = new Translation(this.#switch, packet, this.#trace);
    this.#runAll(packet, translation.run(state), resumes);
  }

  result(): SimulationResult {
    const outputs = this.#outputs;
    const toControllers = this.#toControllers;
    return {
      outputs,
      toControllers,
      dropped: outputs.length + toControllers.length === 0,
      trace: this.#trace,
    };
  }

  #runAll(packet: DatapathPacket, operations: readonly Operation[], resumes: number): void {
    for (const operation of operations) if (!this.#runOne(packet, operation, resumes)) return;
  }

  /** Returns false when a meter drops the packet. */
  #runOne(packet: DatapathPacket, operation: Operation, resumes: number): boolean {
    switch (operation.type) {
      case 'set':
        writeHeaders(packet, operation.slots);
        return true;
      case 'conntrack':
        this.#conntrack.process(packet, operation);
        return true;
      case 'conntrack-clear':
        for (const slot of [...packet.slots.keys()]) if (slot.startsWith('ct_')) packet.slots.delete(slot);
        packet.cached = undefined;
        return true;
      case 'resume':
        this.#resume(packet.copy(), operation.state, resumes + 1);
        return true;
      case 'output': {
        const { port, tunnel, maxLength } = operation;
        this.#outputs.push({
          port,
          packet: packetOf(packet),
          ...(tunnel ? { tunnel } : {}),
          ...(maxLength === undefined ? {} : { maxLength }),
        });
        return true;
      }
      case 'controller':
        this.#sendToController(packet, operation);
        return true;
      case 'clone':
        this.#runAll(packet.copy(), operation.operations, resumes);
        return true;
      case 'meter':
        return this.#switch.meters.pass(operation.meter, wireLength(packet));
    }
  }

  #resume(packet: DatapathPacket, state: FrozenState, resumes: number): void {
    if (resumes <= maximumResumes) this.process(packet, state, resumes);
    else {
      const text = `the packet went through the connection tracker ${maximumResumes} times: it is dropped`;
      this.#trace.push({ type: 'note', depth: 0, text });
    }
  }

  #sendToController(packet: DatapathPacket, operation: ControllerOperation): void {
    const { meter, held, userdata, maxLength, id, reason, table, cookie, metadata } = operation;
    if (meter !== undefined && !this.#switch.meters.pass(meter, wireLength(packet))) return;
    this.#toControllers.push({
      id,
      reason,
      table,
      cookie,
      metadata,
      packet: packetOf(packet),
      ...(userdata ? { userdata } : {}),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(held ? { continuation: held } : {}),
    });
  }
}
