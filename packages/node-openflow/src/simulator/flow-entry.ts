import type { ConjunctionAction } from '../actions/types.ts';
import { formatMatch } from '../fields/match-format.ts';
import type { Instruction } from '../instructions/types.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { defaultPriority } from '../ports.ts';
import { formatFlow } from '../text/flow-format.ts';
import { type CompiledMatch, compileMatch } from './compiled-match.ts';
import type { Item } from './frozen-state.ts';
import type { MatchedFlow } from './types.ts';

/** Instructions are carried out in this order, in whatever order they were given (OpenFlow 1.5.1, section 5.10). */
const order = ['meter', 'apply-actions', 'clear-actions', 'write-actions', 'write-metadata', 'goto-table'];

function itemsOf(instruction: Instruction): readonly Item[] {
  switch (instruction.type) {
    case 'apply-actions':
      return instruction.actions;
    case 'meter':
      return [{ type: 'meter', meter: instruction.meter }];
    case 'stat-trigger':
      // It tells the controller something and changes no packet.
      return [];
    case 'unknown':
      return [{ type: 'unknown', raw: instruction.raw }];
    default:
      return [instruction];
  }
}

/** A flow of the table. Everything but its times is fixed: a modification makes a new one. */
export class FlowEntry {
  readonly table: number;
  readonly priority: number;
  readonly flowMod: FlowMod;
  readonly compiled: CompiledMatch;
  readonly items: readonly Item[];
  /** What makes it a part of conjunctive matches; such a flow is never carried out itself. */
  readonly conjunctions: readonly ConjunctionAction[] | undefined;
  /** Seconds on the simulator's clock: when it was added or modified, and when a packet last matched. */
  modified: number;
  used: number;
  packets = 0;

  constructor(flowMod: FlowMod, now: number) {
    this.flowMod = flowMod;
    this.table = flowMod.table;
    this.priority = flowMod.priority ?? defaultPriority;
    this.compiled = compileMatch(flowMod.match);
    const sorted = flowMod.instructions.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
    this.items = sorted.flatMap(itemsOf);
    const conjunctions = this.items.filter((item) => item.type === 'conjunction');
    this.conjunctions = conjunctions.length > 0 ? conjunctions : undefined;
    this.modified = now;
    this.used = now;
  }

  get cookie(): bigint {
    return this.flowMod.cookie ?? 0n;
  }

  /** As ovs-ofctl writes it. */
  get text(): string {
    return formatFlow(this.flowMod);
  }

  /** The flow of lowest priority without conditions. */
  get isTableMiss(): boolean {
    return this.priority === 0 && this.compiled.length === 0;
  }

  expired(now: number): boolean {
    const { idleTimeout = 0, hardTimeout = 0 } = this.flowMod;
    if (hardTimeout > 0 && now >= this.modified + hardTimeout) return true;
    return idleTimeout > 0 && now >= this.used + idleTimeout;
  }

  describe(): MatchedFlow {
    const { match } = this.flowMod;
    return { cookie: this.cookie, priority: this.priority, match, matchText: formatMatch(match) };
  }
}

/** The actions in these ones and nested in them. */
export function* allActions(actions: readonly Item[]): Generator<Item> {
  for (const action of actions) {
    yield action;
    if (action.type === 'clone' || action.type === 'write-actions') yield* allActions(action.actions);
    if (action.type === 'conntrack') yield* allActions(action.exec ?? []);
  }
}
