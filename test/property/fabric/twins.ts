import type { FlowMod } from 'node-openflow';
import { type FlowTableSimulator, SimulationError } from 'node-openflow/testing';

/**
 * Runs `inject` on a switch where a packet may fulfil several rules at once. Open vSwitch then takes the flow of any of
 * them, and all do the same; the simulator refuses to choose. So one of two flows that do the same is set aside, and the
 * packet sent again, which changes nothing for the connection tracker.
 */
export function withoutTwins<T>(simulator: FlowTableSimulator, inject: () => T): T {
  const aside: FlowMod[] = [];
  try {
    for (;;) {
      try {
        return inject();
      } catch (error) {
        const cookie = cookieOfTwin(error);
        if (cookie === undefined) throw error;
        aside.push(...simulator.flows.filter((flow) => flow.cookie === cookie));
        simulator.apply({
          type: 'flow-mod',
          command: 'delete',
          table: 255,
          cookie,
          cookieMask: 0xffff_ffff_ffff_ffffn,
          match: [],
          instructions: [],
        });
      }
    }
  } finally {
    simulator.load(aside);
  }
}

/** The cookie of the second of two ambiguous flows that do the same; undefined for any other error. */
function cookieOfTwin(error: unknown): bigint | undefined {
  if (!(error instanceof SimulationError) || error.code !== 'SIMULATION_AMBIGUOUS') return undefined;
  const flows = [...error.message.matchAll(/"cookie=(0x[0-9a-f]+)[^"]*,conj_id=[^"]* actions=([^"]*)"/g)];
  const [first, second] = flows;
  return first && second && first[2] === second[2] ? BigInt(second[1] as string) : undefined;
}
