import type { ConjunctionAction } from '../actions/types.ts';
import { type Condition, lookupSlot, maskKey, valueKey } from './compiled-match.ts';
import { SimulationError } from './errors.ts';
import type { FlowEntry } from './flow-entry.ts';

type State = ReadonlyMap<string, bigint>;

/** All flows that look at the same bits, by the values of those bits; highest priority first. */
class Subtable {
  readonly #conditions: readonly Condition[];
  readonly #flows = new Map<string, FlowEntry[]>();

  constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
  }

  get empty(): boolean {
    return this.#flows.size === 0;
  }

  add(flow: FlowEntry): void {
    const key = valueKey(flow.compiled);
    const others = this.#flows.get(key) ?? [];
    this.#flows.set(
      key,
      [...others, flow].sort((a, b) => b.priority - a.priority),
    );
  }

  remove(flow: FlowEntry): void {
    const key = valueKey(flow.compiled);
    const rest = (this.#flows.get(key) ?? []).filter((other) => other !== flow);
    if (rest.length > 0) this.#flows.set(key, rest);
    else this.#flows.delete(key);
  }

  /** The flows with these very conditions that match. */
  find(state: State): readonly FlowEntry[] {
    const key = this.#conditions
      .map(({ slot, mask }) => (lookupSlot(state, slot) & mask).toString(36))
      .join();
    return this.#flows.get(key) ?? [];
  }
}

/** The place of a soft match among the flows of one subtable that match. */
interface SoftMatch {
  readonly flows: readonly FlowEntry[];
  index: number;
}

function softFlow(soft: SoftMatch): FlowEntry {
  return soft.flows[soft.index] as FlowEntry;
}

/**
 * Finds the flow of a table that matches a packet, as the classifier of Open vSwitch does (ovs-fields(7), "Conjunctive
 * Match Fields"): one subtable for every set of matched bits, each of which contributes its flow of highest priority.
 */
export class Classifier {
  readonly #table: number;
  readonly #subtables = new Map<string, Subtable>();

  constructor(table: number) {
    this.#table = table;
  }

  add(flow: FlowEntry): void {
    const key = maskKey(flow.compiled);
    let subtable = this.#subtables.get(key);
    if (!subtable) {
      subtable = new Subtable(flow.compiled);
      this.#subtables.set(key, subtable);
    }
    subtable.add(flow);
  }

  remove(flow: FlowEntry): void {
    const key = maskKey(flow.compiled);
    const subtable = this.#subtables.get(key);
    subtable?.remove(flow);
    if (subtable?.empty) this.#subtables.delete(key);
  }

  /**
   * The flow that matches.
   * @throws SimulationError SIMULATION_AMBIGUOUS when two flows of the same priority do
   */
  find(state: State): FlowEntry | undefined {
    const matching = [...this.#subtables.values()]
      .map((subtable) => subtable.find(state))
      .filter((flows) => flows.length > 0);
    const hard = this.#best(
      matching.map((flows) => flows[0] as FlowEntry).filter((flow) => !flow.conjunctions),
    );
    const soft = matching.filter((flows) => flows[0]?.conjunctions).map((flows) => ({ flows, index: 0 }));
    return this.#findSoft(state, hard, soft);
  }

  #overlap(a: FlowEntry, b: FlowEntry): never {
    throw new SimulationError(
      'SIMULATION_AMBIGUOUS',
      `table ${this.#table}: the packet matches both "${a.text}" and "${b.text}"; give them different priorities or matches that exclude each other`,
    );
  }

  /** The flow of highest priority. */
  #best(flows: readonly FlowEntry[]): FlowEntry | undefined {
    let best: FlowEntry | undefined;
    let rival: FlowEntry | undefined;
    for (const flow of flows) {
      if (best && flow.priority < best.priority) continue;
      rival = best?.priority === flow.priority ? best : undefined;
      best = flow;
    }
    if (best && rival) this.#overlap(rival, best);
    return best;
  }

  /**
   * Tries conjunctive flows, highest priority first, and gives way to `hard` when only flows of its priority or less are
   * left.
   */
  #findSoft(
    state: State,
    best: FlowEntry | undefined,
    candidates: readonly SoftMatch[],
  ): FlowEntry | undefined {
    let hard = best;
    let soft = [...candidates];
    for (;;) {
      soft = soft.filter((entry) => softFlow(entry).priority > (hard?.priority ?? -1));
      if (soft.length === 0) return hard;
      const priority = Math.max(...soft.map((entry) => softFlow(entry).priority));
      const found = this.#completed(
        state,
        soft.map(softFlow).filter((flow) => flow.priority === priority),
      );
      if (found) return found;
      const remaining: SoftMatch[] = [];
      for (const entry of soft) {
        if (softFlow(entry).priority === priority) entry.index++;
        const next = entry.flows[entry.index];
        if (!next) continue;
        if (next.conjunctions) remaining.push(entry);
        // A plain flow with the very same match, but of lower priority.
        else hard = hard && hard.priority >= next.priority ? this.#best([hard, next]) : next;
      }
      soft = remaining;
    }
  }

  /** The flow for the conjunction of which these flows fill every dimension; undefined when there is none. */
  #completed(state: State, flows: readonly FlowEntry[]): FlowEntry | undefined {
    const filled = new Map<number, Set<number>>();
    const completed = new Set<number>();
    const parts = flows.flatMap((flow) => flow.conjunctions ?? []);
    this.#checkClauses(parts);
    for (const { id, clause, clauses } of parts) {
      // One flow is never enough for two dimensions, even when it has actions for both.
      if (clauses > flows.length) continue;
      const known = filled.get(id) ?? new Set();
      filled.set(id, known.add(clause));
      if (known.size === clauses) completed.add(id);
    }
    const found = new Set([...completed].flatMap((id) => this.#findConjunction(state, id) ?? []));
    const [first, second] = found;
    if (first && second) this.#overlap(first, second);
    return first;
  }

  #checkClauses(parts: readonly ConjunctionAction[]): void {
    const counts = new Map<number, number>();
    for (const { id, clauses } of parts) {
      const known = counts.get(id) ?? clauses;
      if (known !== clauses) {
        throw new SimulationError(
          'SIMULATION_AMBIGUOUS',
          `table ${this.#table}: conjunction ${id} has ${known} clauses in one flow and ${clauses} in another`,
        );
      }
      counts.set(id, known);
    }
  }

  /** The plain flow that matches when `conj_id` is `id`. */
  #findConjunction(state: State, id: number): FlowEntry | undefined {
    const withId = new Map(state).set('conj_id', BigInt(id));
    const first = [...this.#subtables.values()].flatMap((subtable) => subtable.find(withId)[0] ?? []);
    return this.#best(first.filter((flow) => !flow.conjunctions));
  }
}
