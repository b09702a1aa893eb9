import { SimulationError } from 'node-openflow/testing';
import { Classifier } from '../../../packages/node-openflow/src/simulator/classifier.ts';
import type { FlowEntry } from '../../../packages/node-openflow/src/simulator/flow-entry.ts';

/*
 * A packet may fulfil several rules at once. Open vSwitch then takes the flow of any of them, and all do the same; the
 * simulator refuses to choose. Here, one of two flows that do the same is passed over, for this one look-up.
 */

const flowsOf = new WeakMap<Classifier, Map<bigint, FlowEntry>>();
const { add, remove, find } = Classifier.prototype;

/** Conjunctions of all simulators of this process may be fulfilled together, if they do the same. */
export function allowTwins(): void {
  Classifier.prototype.add = function (flow) {
    if (!flowsOf.has(this)) flowsOf.set(this, new Map());
    if (isAccepting(flow)) flowsOf.get(this)?.set(flow.cookie, flow);
    add.call(this, flow);
  };
  Classifier.prototype.find = function (state) {
    const aside: FlowEntry[] = [];
    try {
      for (;;) {
        try {
          return find.call(this, state);
        } catch (error) {
          const twin = flowsOf.get(this)?.get(cookieOfTwin(error));
          if (!twin) throw error;
          remove.call(this, twin);
          aside.push(twin);
        }
      }
    } finally {
      for (const flow of aside) add.call(this, flow);
    }
  };
}

function isAccepting({ flowMod }: FlowEntry): boolean {
  return flowMod.match.some(({ field }) => field === 'conj_id');
}

/** The cookie of the second of two ambiguous flows that do the same; that of no flow for any other error. */
function cookieOfTwin(error: unknown): bigint {
  if (!(error instanceof SimulationError) || error.code !== 'SIMULATION_AMBIGUOUS') return -1n;
  const flows = [...error.message.matchAll(/"cookie=(0x[0-9a-f]+)[^"]*,conj_id=[^"]* actions=([^"]*)"/g)];
  const [first, second] = flows;
  return first && second && first[2] === second[2] ? BigInt(second[1] as string) : -1n;
}
