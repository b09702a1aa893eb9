import { formatActions } from '../actions/registry.ts';
import type { Action, ControllerAction } from '../actions/types.ts';
import { ports } from '../ports.ts';
import { type ActionHandler, actionHandlers, type ItemResult } from './action-handlers.ts';
import { orderedActionSet } from './action-set.ts';
import { unsupported } from './errors.ts';
import type { FlowEntry } from './flow-entry.ts';
import {
  type FrozenState,
  freezePipeline,
  type Item,
  type QueuedItem,
  thawPipeline,
} from './frozen-state.ts';
import { type LookupOptions, lookupKey } from './lookup-key.ts';
import type { Operation } from './operations.ts';
import { packetInOf } from './output-actions.ts';
import { allFieldsOf } from './packet-slots.ts';
import { isIp } from './prerequisites.ts';
import { readNumber } from './slots.ts';
import { formatItem } from './trace-item.ts';
import { WalkedPacket } from './walked-packet.ts';

/** Limits of Open vSwitch on the work for one packet. */
const maximumDepth = 64;
const maximumResubmits = 4096;
const maximumStackBytes = 65_536;
/** No flow was carried out yet. */
const noCookie = 0xffff_ffff_ffff_ffffn;

/** Behind these nothing is put aside: what they lead to has done that. */
const leadsOn = new Set<Item['type']>(['resubmit', 'goto-table']);

/** One walk of a packet through the tables, up to the point where it is output, dropped or given to the connection tracker. */
export class Translation extends WalkedPacket {
  actionSetHasGroup = false;
  inActionSet = false;
  inBucket = false;
  table = 0;
  cookie = noCookie;
  rule: FlowEntry | undefined;
  resubmits = 0;
  /** The rest of all action lists is skipped. */
  exit = false;
  /** Why the packet is dropped, whatever was asked for. */
  failure: string | undefined;
  /** A pause is under way, and what it leaves behind is collected while the walk unwinds. */
  freezing = false;
  frozen: QueuedItem[] = [];
  paused: { action: ControllerAction; table: number; cookie: bigint } | undefined;

  /** Walks through the tables from the first one, or from where the packet left them. */
  run(state?: FrozenState): Operation[] {
    if (state) this.#thaw(state);
    if (state?.items) this.runQueue(state.items);
    else this.#enter();
    this.finish();
    this.trace.push({ type: 'final', depth: 0, fields: allFieldsOf(this.flow) });
    if (this.failure === undefined) return this.operations;
    this.report(`${this.failure}: the packet is dropped`);
    return [];
  }

  #thaw(state: FrozenState): void {
    this.table = state.table;
    this.tracked = state.tracked;
    if (!state.tracked) this.clearConnection();
    thawPipeline(this.flow, state.pipeline);
    this.stack = [...state.stack];
    this.trace.push({ type: 'resume', depth: 0, table: state.table, fields: allFieldsOf(this.flow) });
  }

  #enter(): void {
    const rule = this.#lookup(this.table, {});
    if (!rule) return;
    this.rule = rule;
    this.cookie = rule.cookie;
    this.runItems(rule.items);
  }

  /** Carries out the action set, or freezes what is left. Every copy of the packet ends with this. */
  finish(): void {
    if (!this.freezing) this.#runActionSet();
    this.finishBucket();
  }

  /** A bucket has no action set of its own to carry out. */
  finishBucket(): void {
    if (!this.freezing) return;
    this.commit();
    const { paused } = this;
    const held = this.freeze(0);
    if (!paused) return;
    const packetIn = packetInOf(this, paused.action);
    this.ask({ ...packetIn, table: paused.table, cookie: paused.cookie, held });
  }

  #runActionSet(): void {
    const actions = orderedActionSet(this.actionSet);
    this.actionSet = [];
    if (actions.length === 0) return;
    this.report('carries out the action set');
    this.inActionSet = true;
    this.runItems(actions);
    this.inActionSet = false;
  }

  /** Writes into the action set, and keeps the field that tells its output port. */
  writeActions(actions: readonly Action[]): void {
    for (const action of actions) {
      if (this.actionSetHasGroup) break;
      if (action.type === 'output') this.flow.set('actset_output', BigInt(action.port));
      if (action.type !== 'group') continue;
      this.flow.set('actset_output', BigInt(ports.unset));
      this.actionSetHasGroup = true;
    }
    this.actionSet.push(...actions);
  }

  /** Carries out items one after the other. */
  runItems(items: readonly Item[]): void {
    this.runQueue(items.map((item) => ({ item, table: this.table, cookie: this.cookie })));
  }

  runQueue(queue: readonly QueuedItem[]): void {
    for (const [index, { item, table, cookie }] of queue.entries()) {
      if (this.failure !== undefined) return;
      if (this.exit) {
        if (this.freezing) this.frozen.push(...queue.slice(index));
        return;
      }
      this.table = table;
      this.cookie = cookie;
      this.trace.push({ type: 'action', depth: this.depth, text: formatItem(item, this.switch.names) });
      const rest = queue.slice(index + 1);
      const result = this.#runItem(item, rest);
      if (result === 'stop') return;
      const left = result === 'pause' ? rest : queue.slice(index);
      if (!leadsOn.has(item.type) && this.#freezeFirst(left)) return;
      if (result === 'last') return;
    }
  }

  /**
   * Puts aside what an item that ended everything leaves behind. It is needed after a pause only, but Open vSwitch does it
   * after an `exit` too. Where processing goes on nevertheless, behind a group bucket, the next ct(table) takes these items
   * for its own and carries them out instead of looking into the table.
   */
  #freezeFirst(items: readonly QueuedItem[]): boolean {
    const first = this.exit && this.failure === undefined && this.frozen.length === 0;
    if (first) this.frozen = [...items];
    return first;
  }

  #runItem(item: Item, rest: readonly QueuedItem[]): ItemResult {
    switch (item.type) {
      case 'goto-table':
        this.goTo(item.table, {});
        return undefined;
      case 'clear-actions':
        this.actionSet = [];
        this.actionSetHasGroup = false;
        this.flow.set('actset_output', BigInt(ports.unset));
        return undefined;
      case 'write-actions':
        this.writeActions(item.actions);
        return undefined;
      default:
        return this.#runAction(item, rest);
    }
  }

  #runAction(action: Action, rest: readonly QueuedItem[]): ItemResult {
    const handler = actionHandlers[action.type] as ActionHandler<Action>;
    return handler(this, action, rest);
  }

  /** Whether limits allow another table or group; otherwise the packet is dropped. */
  mayGoDeeper(): boolean {
    const stackBytes = this.stack.reduce((sum, { bits }) => sum + Math.ceil(bits / 8) + 1, 0);
    if (this.depth >= maximumDepth) this.failure = `resubmits are nested ${maximumDepth} deep`;
    else if (this.resubmits >= maximumResubmits) this.failure = `there are ${maximumResubmits} resubmits`;
    else if (stackBytes >= maximumStackBytes) this.failure = `the stack holds ${maximumStackBytes} bytes`;
    return this.failure === undefined;
  }

  /** Looks the packet up in a table, carries out what matches and comes back. */
  goTo(table: number, options: LookupOptions): void {
    if (!this.mayGoDeeper()) return;
    if (options.original && (readNumber(this.flow, 'ct_nw_proto') === 0 || !isIp(this.flow))) {
      this.report('resubmit(,,ct) of a packet that is not tracked or not IP');
      return;
    }
    const { table: oldTable, rule: oldRule, cookie: oldCookie } = this;
    const deepens = table <= oldTable ? 1 : 0;
    this.table = table;
    const rule = this.#lookup(table, options);
    this.resubmits++;
    if (rule) {
      this.depth += deepens;
      this.rule = rule;
      this.cookie = rule.cookie;
      this.runItems(rule.items);
      this.depth -= deepens;
    }
    this.table = oldTable;
    this.rule = oldRule;
    this.cookie = oldCookie;
  }

  #lookup(table: number, options: LookupOptions): FlowEntry | undefined {
    const rule = this.switch.tables.lookup(table, lookupKey(this.flow, options));
    this.trace.push({ type: 'lookup', depth: this.depth, table, ...(rule ? { flow: rule.describe() } : {}) });
    if (!rule) return undefined;
    rule.used = this.switch.now;
    rule.packets++;
    return rule;
  }

  /** The state in which the tables go on later: with what was put aside, or else with a lookup in `table`. */
  freeze(table: number): FrozenState {
    if (this.actionSet.length > 0) {
      const set = formatActions(this.actionSet);
      unsupported(
        `the action set (${set}) is not empty at ct(table) or controller(pause): ovs-vswitchd 3.1 aborts`,
      );
    }
    const items = this.frozen;
    this.freezing = false;
    this.frozen = [];
    this.paused = undefined;
    return {
      type: 'continuation',
      table,
      pipeline: freezePipeline(this.flow),
      stack: [...this.stack],
      ...(items.length > 0 ? { items } : {}),
      tracked: this.tracked,
    };
  }

  /** Stops the walk; the packet goes to a controller, and what follows goes on when it comes back. */
  pause(action: ControllerAction): void {
    this.exit = true;
    this.freezing = true;
    this.paused = { action, table: this.table, cookie: this.cookie };
  }
}
