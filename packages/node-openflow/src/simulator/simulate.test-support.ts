import { formatMatch } from '../fields/match-format.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { packet, type TcpOptions } from './packet.ts';
import { FlowTableSimulator } from './simulator.ts';
import type { SimulatedPacket, SimulationResult, SimulatorOptions } from './types.ts';

/* For tests: short ways to say what they are about. */

/** A simulator with flows in the syntax of ovs-ofctl. */
export function simulate(flows: readonly string[], options: SimulatorOptions = {}): FlowTableSimulator {
  const simulator = new FlowTableSimulator(options);
  simulator.load(flows.map((text) => parseFlow(text)));
  return simulator;
}

/** From 10.0.0.1:1000 to 10.0.0.2:80. */
export function tcp(options: Partial<TcpOptions> = {}): SimulatedPacket {
  const ends = { src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 1000, destinationPort: 80 };
  return packet.tcp({ ...ends, ...options });
}

/** What answers `tcp()`. */
export function tcpAnswer(options: Partial<TcpOptions> = {}): SimulatedPacket {
  const ends = { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 80, destinationPort: 1000 };
  return packet.tcp({ ...ends, flags: 'syn|ack', ...options });
}

/** Ports by which a packet left, in order. */
export function portsOf({ outputs }: SimulationResult): number[] {
  return outputs.map(({ port }) => port);
}

/** The fields at the end of the last way through the tables, as ovs-ofctl writes them. */
export function finalFields({ trace }: SimulationResult): string {
  const last = trace.findLast((step) => step.type === 'final');
  return formatMatch([...(last?.fields ?? [])].map(([field, value]) => ({ field, value })));
}

/** The `ct_state` with which the packet came back from the connection tracker, each time. */
export function statesOf({ trace }: SimulationResult): string[] {
  return trace.flatMap((step) => {
    if (step.type !== 'resume') return [];
    const value = step.fields.get('ct_state') ?? 0;
    return [formatMatch([{ field: 'ct_state', value }]).replace('ct_state=', '')];
  });
}
