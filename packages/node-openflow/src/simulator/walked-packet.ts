import type { Action } from '../actions/types.ts';
import { unsupported } from './errors.ts';
import type { StackEntry } from './frozen-state.ts';
import { datapathBytes, maximumDatapathBytes } from './operation-size.ts';
import type { Operation } from './operations.ts';
import { isHeaderSlot, readTags, type WirePacket } from './packet-slots.ts';
import type { Slots } from './slots.ts';
import type { SwitchState } from './switch-state.ts';
import type { TraceStep } from './types.ts';

/**
 * A packet on its walk through the tables. The walk changes `flow`, what the tables see; `operations` tell the datapath what to
 * do with the packet itself.
 */
export class WalkedPacket {
  readonly switch: SwitchState;
  readonly trace: TraceStep[];
  flow: Slots;
  /** The headers as the operations so far leave them, address translation apart, which the tables do not see. */
  base: Slots;
  operations: Operation[] = [];
  stack: StackEntry[] = [];
  actionSet: Action[] = [];
  /** How deep resubmits, groups and clones are nested. */
  depth = 0;
  /** Whether the tables may see what the connection tracker said. */
  tracked = false;
  readonly untaggedLength: number;
  /** What all operations so far take among the datapath actions at most, those of ways not taken included. */
  #datapathBytes = 0;
  /** Destination of the tunnel that the packet came by. */
  readonly ownTunnelAddress: readonly [ipv4: bigint, ipv6: bigint];

  constructor(state: SwitchState, wire: WirePacket, trace: TraceStep[]) {
    this.switch = state;
    this.trace = trace;
    // Open vSwitch looks behind one VLAN header only (other_config:vlan-limit).
    if (readTags(wire.slots).length > 1) unsupported('a packet with two VLAN headers comes into the tables');
    this.flow = new Map(wire.slots);
    this.base = new Map(wire.slots);
    this.untaggedLength = wire.untaggedLength;
    this.ownTunnelAddress = this.tunnelDestination();
  }

  /** Address to which a tunnel port would send the packet now. */
  tunnelDestination(): readonly [ipv4: bigint, ipv6: bigint] {
    return [this.flow.get('tun_ipv4_dst') ?? 0n, this.flow.get('tun_ipv6_dst') ?? 0n];
  }

  /** Brings the packet's headers up to what the tables have made of them. */
  commit(): void {
    const changes = new Map<string, bigint>();
    for (const slot of new Set([...this.flow.keys(), ...this.base.keys()])) {
      const value = this.flow.get(slot) ?? 0n;
      if (isHeaderSlot(slot) && value !== (this.base.get(slot) ?? 0n)) changes.set(slot, value);
    }
    if (changes.size === 0) return;
    this.ask({ type: 'set', slots: changes });
    for (const [slot, value] of changes) this.base.set(slot, value);
  }

  /** Asks the datapath to do something. */
  ask(operation: Operation): void {
    this.#datapathBytes += datapathBytes(operation);
    if (this.#datapathBytes > maximumDatapathBytes) {
      unsupported(
        'one packet may cause more than 64 kB of datapath actions: Open vSwitch drops it, or ovs-vswitchd 3.1 aborts',
      );
    }
    this.operations.push(operation);
  }

  /** Undoes what `body` does to the stack and to the action set. */
  keepingLists(body: () => void): void {
    const { stack, actionSet } = this;
    this.stack = [...stack];
    this.actionSet = [...actionSet];
    body();
    this.stack = stack;
    this.actionSet = actionSet;
  }

  /** Undoes what `body` does to the fields. */
  keepingFields(body: () => void): void {
    const { flow } = this;
    this.flow = new Map(flow);
    body();
    this.flow = flow;
  }

  /** The operations that `body` asks for, which are meant for a copy of the packet. */
  apart(body: () => void): Operation[] {
    this.commit();
    const { base, operations, tracked } = this;
    const nested: Operation[] = [];
    this.base = new Map(base);
    this.operations = nested;
    body();
    this.operations = operations;
    this.base = base;
    this.tracked = tracked;
    return nested;
  }

  clearConnection(): void {
    for (const slot of [...this.flow.keys()]) if (slot.startsWith('ct_')) this.flow.delete(slot);
  }

  report(text: string): void {
    this.trace.push({ type: 'note', depth: this.depth, text });
  }
}
