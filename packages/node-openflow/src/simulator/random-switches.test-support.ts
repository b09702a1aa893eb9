import assert from 'node:assert/strict';
import type { SimulationErrorCode } from '../errors.ts';
import type { GroupMod } from '../messages/group-meter-types.ts';
import { formatFlow } from '../text/flow-format.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { SimulationError } from './errors.ts';
import { decodePacket } from './packet-decode.ts';
import { encodePacket } from './packet-encode.ts';
import type { Arrival } from './random-packets.test-generators.ts';
import type { RealSwitch, SentFrame } from './real-switch.test-support.ts';
import { FlowTableSimulator } from './simulator.ts';
import { formatTrace } from './trace-text.ts';
import type { SimulatedMessage, SimulatedOutput, SimulatedPacket, SimulationResult } from './types.ts';

/** A real switch would do something else each time, or end itself. */
const undefinedCodes: readonly SimulationErrorCode[] = ['SIMULATION_AMBIGUOUS', 'SIMULATION_UNSUPPORTED'];

/** Ports of the switches that are compared. */
export const portCount = 4;

/** Groups that random flows refer to. */
const randomGroups: readonly GroupMod[] = [
  {
    type: 'group-mod',
    command: 'add',
    groupType: 'all',
    group: 1,
    buckets: [
      {
        actions: [
          { type: 'set-field', field: 'eth_dst', value: 0x020000000003n },
          { type: 'output', port: 1 },
        ],
      },
      { actions: [{ type: 'resubmit', table: 4 }] },
    ],
  },
  {
    type: 'group-mod',
    command: 'add',
    groupType: 'indirect',
    group: 2,
    buckets: [
      {
        actions: [
          { type: 'set-field', field: 'reg1', value: 4 },
          { type: 'output', port: 3 },
        ],
      },
    ],
  },
];

function refusalOf(simulator: FlowTableSimulator, message: SimulatedMessage): string | undefined {
  try {
    simulator.apply(message);
    return undefined;
  } catch (error) {
    if (error instanceof SimulationError && error.refusal !== undefined) return error.refusal;
    throw error;
  }
}

/** A simulated and a real switch that are told and sent the same. */
export class SwitchPair {
  readonly simulator: FlowTableSimulator;
  readonly real: RealSwitch;
  /** For each message that both were told the name of the error, if there was one. */
  readonly refusals: readonly (string | undefined)[];
  readonly #learns: boolean;

  private constructor(real: RealSwitch, messages: readonly SimulatedMessage[]) {
    const ports = Array.from({ length: portCount }, (_, i) => ({ number: i + 1 }));
    this.simulator = new FlowTableSimulator({ ports });
    this.real = real;
    this.refusals = messages.map((message) => refusalOf(this.simulator, message));
    this.#learns = messages.some(learnsFlows);
  }

  /** Gives both switches the messages and checks that they refuse the same ones for the same reasons. */
  static async load(real: RealSwitch, messages: readonly SimulatedMessage[]): Promise<SwitchPair> {
    await real.reset();
    const pair = new SwitchPair(real, messages);
    assert.deepEqual(pair.refusals, await real.apply(messages), 'refusals');
    return pair;
  }

  static loadFlows(real: RealSwitch, flows: readonly string[]): Promise<SwitchPair> {
    return SwitchPair.load(real, [...randomGroups, ...flows.map((text) => parseFlow(text))]);
  }

  /**
   * Sends a packet into both and checks that the same packets leave by the same ports. Undefined when the flows leave it open
   * what happens.
   */
  async inject(arrival: Arrival): Promise<SimulationResult | undefined> {
    const { port, packet, text } = arrival;
    const result = this.simulate(arrival);
    if (!result) return undefined;
    // Cached paths of packets know of learned flows only a while later.
    if (this.#learns) await this.real.call('revalidator/purge');
    const frames = await this.real.inject(port, encodePacket(packet));
    // Behind a second VLAN header Open vSwitch forgets where the IP header is once it has looked at the packet again.
    if (result.outputs.some((output) => (output.packet.vlans?.length ?? 0) > 1)) return undefined;
    assert.deepEqual(
      result.outputs.map(comparable).sort(byPort),
      frames.map(decoded).sort(byPort),
      `${text}\n${formatTrace(result.trace)}\n`,
    );
    return result;
  }

  /** Sends a packet into the simulated switch only. Undefined when the flows leave it open what happens. */
  simulate({ port: inPort, packet }: Arrival): SimulationResult | undefined {
    try {
      return this.simulator.inject(packet, { inPort });
    } catch (error) {
      if (error instanceof SimulationError && undefinedCodes.includes(error.code)) return undefined;
      throw error;
    }
  }
}

function learnsFlows(message: SimulatedMessage): boolean {
  return message.type === 'flow-mod' && formatFlow(message).includes('learn(');
}

interface Comparable {
  readonly port: number;
  readonly packet: SimulatedPacket;
}

/** Two packets are equal when nothing that can be read of them differs. */
function comparable({ port, packet }: SimulatedOutput): Comparable {
  return { port, packet: decodePacket(encodePacket(packet)) };
}

function decoded({ port, bytes }: SentFrame): Comparable {
  return { port, packet: decodePacket(bytes) };
}

/** The order inside of a port stays. */
function byPort(a: Comparable, b: Comparable): number {
  return a.port - b.port;
}
