import type { Action, FieldMatch, FieldName, FieldValue, FlowMod, Instruction } from 'node-openflow';
import { flagBit, flags, type RegisterName, registers, whole } from './registers.ts';
import type { Stage } from './stage.ts';
import { type StageName, stages, tableOf } from './stages.ts';

/** One flow as a feature writes it: stages by name, no table numbers, no cookie. */
export interface Flow {
  readonly stage: StageName;
  readonly priority: number;
  readonly match: readonly FieldMatch[];
  readonly actions: readonly Action[];
  readonly goto?: StageName;
}

/** An exact or masked match on one field. Fields that others need (eth_type, ip_proto) must stand first. */
export function on(field: FieldName, value: FieldValue, mask?: FieldValue): FieldMatch {
  return mask === undefined ? { field, value } : { field, value, mask };
}
export function onRegister(register: RegisterName, value: FieldValue): FieldMatch {
  return { field: registers[register], value };
}
export function load(register: RegisterName, value: FieldValue): Action {
  return { type: 'set-field', field: registers[register], value };
}
export function set(field: FieldName, value: FieldValue): Action {
  return { type: 'set-field', field, value };
}
/** Copies `bits` bits from the start of one field to the start of another. */
export function move(source: FieldName, destination: FieldName, bits: number): Action {
  return {
    type: 'move',
    source: { field: source, offset: 0, bits },
    destination: { field: destination, offset: 0, bits },
  };
}
/** Calls a stage that returns. */
export function call(stage: StageName): Action {
  return { type: 'resubmit', table: tableOf(stage) };
}

export const ethertype = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const isIpv4 = on('eth_type', ethertype.ipv4);
export const isArp = on('eth_type', ethertype.arp);
export const isIpv6 = on('eth_type', ethertype.ipv6);
export const protocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
/** Types of ICMPv6: echo (RFC 4443, section 4) and neighbour discovery (RFC 4861, section 4). */
export const icmpv6Types = {
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
} as const;
/** Matches one type of ICMPv6. */
export function isIcmpv6(type: keyof typeof icmpv6Types): FieldMatch[] {
  return [isIpv6, on('ip_proto', protocol.icmpv6), on('icmpv6_type', icmpv6Types[type])];
}

/** ct_state bits, ovs-fields(7). */
const conntrackBits = { new: 1, est: 2, rel: 4, rpl: 8, inv: 16, trk: 32, snat: 64 } as const;
type ConntrackBit = keyof typeof conntrackBits;

/** Matches `+trk` and the given bits set (`yes`) or clear (`no`). */
export function conntrackState(yes: readonly ConntrackBit[], no: readonly ConntrackBit[] = []): FieldMatch {
  const sum = (names: readonly ConntrackBit[]) => names.reduce((bits, name) => bits | conntrackBits[name], 0);
  const value = sum(yes) | conntrackBits.trk;
  return on('ct_state', value, value | sum(no));
}

/** Sets flags register bits: the value is applied under the mask of one bit. */
export function setFlag(bit: number, value: 0 | 1): Action {
  return { type: 'set-field', field: registers.flags, value: value << bit, mask: 1 << bit };
}
/** Sets the flag `tooLarge` for packets with more than `mtu` bytes behind their Ethernet header (14 bytes), clears it for others. */
export function checkSize(mtu: number): Action {
  return { type: 'check-packet-larger', length: mtu + 14, destination: flagBit('tooLarge') };
}
/** Matches one flag. */
export function onFlag(flag: keyof typeof flags, value: 0 | 1 = 1): FieldMatch {
  return on(registers.flags, value << flags[flag], 1 << flags[flag]);
}
/** Matches the flag `tooLarge`. */
export function isTooLarge(value: 0 | 1): FieldMatch {
  return onFlag('tooLarge', value);
}
/** The last thing before a packet goes to the agent: one interface cannot keep it busy for all. */
export const limit: Action = call('limit');
export const outputToRegister: Action = { type: 'output-register', source: whole('outputPort') };

/** Thrown when a flow does what its stage does not declare: a defect in a feature. */
export class PipelineViolation extends Error {
  constructor(flow: Flow, problem: string) {
    super(`flow of stage ${flow.stage} (priority ${flow.priority}) ${problem}`);
    this.name = 'PipelineViolation';
  }
}

const byName = new Map<StageName, { stage: Stage; matches: ReadonlySet<FieldName> }>(
  stages.map((stage) => [stage.name, { stage, matches: new Set<FieldName>(stage.matches) }]),
);

/** Checks a flow against the declaration of its stage. @throws PipelineViolation */
export function checkFlow(flow: Flow): void {
  const declared = byName.get(flow.stage);
  if (!declared) throw new PipelineViolation(flow, 'is in no declared stage');
  for (const { field } of flow.match) {
    if (!declared.matches.has(field))
      throw new PipelineViolation(flow, `matches ${field}, which is not declared`);
  }
  if (flow.goto !== undefined && !declared.stage.next.includes(flow.goto)) {
    throw new PipelineViolation(flow, `goes to ${flow.goto}, which is not declared`);
  }
  for (const action of flow.actions) {
    if (action.type === 'resubmit' && action.table !== undefined) {
      const target = stages[action.table]?.name;
      if (!target || !declared.stage.calls?.includes(target)) {
        throw new PipelineViolation(flow, `calls ${target ?? action.table}, which is not declared`);
      }
    }
    if (action.type === 'conntrack' && action.table !== undefined) {
      const target = stages[action.table]?.name;
      const allowed = [...declared.stage.next, ...(declared.stage.back ?? [])];
      if (!target || !allowed.includes(target)) {
        throw new PipelineViolation(flow, `continues in ${target ?? action.table}, which is not declared`);
      }
    }
  }
}

/** The OpenFlow message that adds the flow. */
export function toFlowMod(flow: Flow, cookie: bigint): FlowMod {
  const instructions: Instruction[] = [];
  if (flow.actions.length > 0) instructions.push({ type: 'apply-actions', actions: [...flow.actions] });
  if (flow.goto !== undefined) instructions.push({ type: 'goto-table', table: tableOf(flow.goto) });
  return {
    type: 'flow-mod',
    command: 'add',
    table: tableOf(flow.stage),
    priority: flow.priority,
    cookie,
    match: flow.match,
    instructions,
  };
}
