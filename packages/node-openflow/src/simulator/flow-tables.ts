import type { LearnAction } from '../actions/learn-types.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { allTables, defaultPriority, groups, ports } from '../ports.ts';
import { formatFlow } from '../text/flow-format.ts';
import { Classifier } from './classifier.ts';
import {
  type CompiledMatch,
  canOverlap,
  compileMatch,
  isNarrower,
  maskKey,
  valueKey,
} from './compiled-match.ts';
import { refuse } from './errors.ts';
import { allActions, FlowEntry } from './flow-entry.ts';

const allOnes = 0xffff_ffff_ffff_ffffn;

function sameMatch(a: CompiledMatch, b: CompiledMatch): boolean {
  return maskKey(a) === maskKey(b) && valueKey(a) === valueKey(b);
}

function identity(table: number, priority: number, match: CompiledMatch): string {
  return `${table} ${priority} ${maskKey(match)} ${valueKey(match)}`;
}

function learnsToDelete(flow: FlowEntry): LearnAction[] {
  return [...allActions(flow.items)].filter(
    (item): item is LearnAction => item.type === 'learn' && (item.flags?.includes('delete-learned') ?? false),
  );
}

/** The flow tables of a switch, changed by flow-mods (OpenFlow 1.5.1, section 6.4). */
export class FlowTables {
  readonly #classifiers = new Map<number, Classifier>();
  readonly #flows = new Map<string, FlowEntry>();

  flows(): Iterable<FlowEntry> {
    return this.#flows.values();
  }

  lookup(table: number, state: ReadonlyMap<string, bigint>): FlowEntry | undefined {
    return this.#classifiers.get(table)?.find(state);
  }

  /** Obeys a flow-mod that was checked. */
  apply(flowMod: FlowMod, now: number): void {
    if (flowMod.command === 'add') this.#add(flowMod, now);
    else if (flowMod.command === 'modify' || flowMod.command === 'modify-strict') {
      for (const flow of this.#selected(flowMod)) this.#modify(flow, flowMod, now);
    } else {
      for (const flow of this.#selected(flowMod)) this.#remove(flow);
    }
  }

  /**
   * Adds a learned flow. Where it exists already, it starts its hard timeout anew; where one with the same match exists, it
   * takes over that flow's timeouts.
   */
  learn(flowMod: FlowMod, limit: number, now: number): boolean {
    const known = this.#find(flowMod);
    if (known && known.text === formatFlow(flowMod)) {
      known.modified = now;
      return true;
    }
    if (known) {
      const { idleTimeout = 0, hardTimeout = 0 } = known.flowMod;
      this.#add({ ...flowMod, idleTimeout, hardTimeout }, now);
      return true;
    }
    if (limit > 0 && this.#count(flowMod.table, flowMod.cookie ?? 0n) >= limit) return false;
    this.#add(flowMod, now);
    return true;
  }

  #count(table: number, cookie: bigint): number {
    let count = 0;
    for (const flow of this.flows()) if (flow.table === table && flow.cookie === cookie) count++;
    return count;
  }

  removeExpired(now: number): void {
    for (const flow of [...this.flows()]) {
      if (this.#flows.has(this.#key(flow)) && flow.expired(now)) this.#remove(flow);
    }
  }

  removeWhere(condition: (flow: FlowEntry) => boolean): void {
    for (const flow of [...this.flows()]) if (condition(flow)) this.#remove(flow);
  }

  #key(flow: FlowEntry): string {
    return identity(flow.table, flow.priority, flow.compiled);
  }

  #find(flowMod: FlowMod): FlowEntry | undefined {
    const { table, priority = defaultPriority, match } = flowMod;
    return this.#flows.get(identity(table, priority, compileMatch(match)));
  }

  #add(flowMod: FlowMod, now: number): void {
    const flow = new FlowEntry(flowMod, now);
    const known = this.#find(flowMod);
    if (flowMod.flags?.includes('check-overlap')) this.#checkOverlap(flow);
    if (known) this.#take(known);
    if (known && !flowMod.flags?.includes('reset-counts')) flow.packets = known.packets;
    this.#put(flow);
  }

  #checkOverlap(flow: FlowEntry): void {
    for (const other of this.flows()) {
      if (other.table !== flow.table || other.priority !== flow.priority) continue;
      if (!canOverlap(other.compiled, flow.compiled)) continue;
      refuse('OFPFMFC_OVERLAP', `"${flow.text}" overlaps "${other.text}" of the same priority`);
    }
  }

  #modify(flow: FlowEntry, { instructions }: FlowMod, now: number): void {
    const changed = new FlowEntry({ ...flow.flowMod, instructions }, now);
    changed.used = flow.used;
    changed.packets = flow.packets;
    this.#take(flow);
    this.#put(changed);
    this.#deleteLearned(flow);
  }

  #put(flow: FlowEntry): void {
    let classifier = this.#classifiers.get(flow.table);
    if (!classifier) {
      classifier = new Classifier(flow.table);
      this.#classifiers.set(flow.table, classifier);
    }
    classifier.add(flow);
    this.#flows.set(this.#key(flow), flow);
  }

  #take(flow: FlowEntry): void {
    this.#classifiers.get(flow.table)?.remove(flow);
    this.#flows.delete(this.#key(flow));
  }

  #remove(flow: FlowEntry): void {
    if (!this.#flows.has(this.#key(flow))) return;
    this.#take(flow);
    this.#deleteLearned(flow);
  }

  /** Removes what a flow that went away had learned with `delete_learned`, unless another flow learns the same. */
  #deleteLearned(gone: FlowEntry): void {
    for (const { table, cookie = 0n } of learnsToDelete(gone)) {
      const still = [...this.flows()].some((flow) =>
        learnsToDelete(flow).some((other) => other.table === table && (other.cookie ?? 0n) === cookie),
      );
      if (!still) this.removeWhere((flow) => flow.table === table && flow.cookie === cookie);
    }
  }

  /** The flows that a modification or deletion is about. */
  #selected(flowMod: FlowMod): FlowEntry[] {
    const { table, priority = defaultPriority, cookie = 0n, cookieMask = 0n, command } = flowMod;
    const match = compileMatch(flowMod.match);
    const strict = command.endsWith('-strict');
    return [...this.flows()].filter((flow) => {
      if (table !== allTables && flow.table !== table) return false;
      if (((flow.cookie ^ cookie) & cookieMask & allOnes) !== 0n) return false;
      if (!sendsTo(flow, flowMod)) return false;
      if (strict) return flow.priority === priority && sameMatch(flow.compiled, match);
      return isNarrower(flow.compiled, match);
    });
  }
}

function sendsTo(flow: FlowEntry, { outPort = ports.any, outGroup = groups.any, command }: FlowMod): boolean {
  if (!command.startsWith('delete')) return true;
  const items = [...allActions(flow.items)];
  const toPort = items.some((item) => item.type === 'output' && item.port === outPort);
  const toGroup = items.some((item) => item.type === 'group' && item.group === outGroup);
  return (outPort === ports.any || toPort) && (outGroup === groups.any || toGroup);
}
