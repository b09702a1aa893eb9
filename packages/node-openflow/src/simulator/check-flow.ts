import type { Action } from '../actions/types.ts';
import type { FieldName } from '../fields/names.ts';
import { missingPrerequisites } from '../fields/prerequisites.ts';
import { ethertype, vlanPresent } from '../fields/protocols.ts';
import { matchTable } from '../fields/registry.ts';
import type { Instruction } from '../instructions/types.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { allTables } from '../ports.ts';
import { type Condition, compileMatch } from './compiled-match.ts';
import { refuse } from './errors.ts';
import { allActions } from './flow-entry.ts';
import type { Meters } from './meters.ts';
import { maximumVlans, readTags, writeTags } from './packet-slots.ts';
import { hasField } from './prerequisites.ts';
import { connectionState } from './protocols.ts';
import { readNumber, type Slots } from './slots.ts';
import type { TlvTable } from './tlv-table.ts';

/** What flows may refer to. */
export interface Known {
  readonly groups: ReadonlyMap<number, unknown>;
  readonly meters: Pick<Meters, 'has'>;
  readonly tunnelOptions: Pick<TlvTable, 'bits'>;
}

const lastTable = 253;

function checkMatch({ match }: FlowMod, { tunnelOptions }: Known): void {
  const seen = new Set<FieldName>();
  for (const { field, value, mask } of match) {
    const { allOnes } = matchTable.get(field);
    if (seen.has(field)) refuse('OFPBMC_DUP_FIELD', `${field} stands twice in the match`);
    seen.add(field);
    const number = BigInt(value);
    if (number < 0n || number > allOnes) refuse('OFPBMC_BAD_VALUE', `${field}=${value} is too wide`);
    if (mask !== undefined && (number & ~BigInt(mask)) !== 0n) {
      refuse('OFPBMC_BAD_WILDCARDS', `${field}=${value}/${mask} sets bits outside of its mask`);
    }
    checkTunnelOption(field, tunnelOptions);
  }
  const [missing] = missingPrerequisites(match);
  if (missing) refuse('OFPBMC_BAD_PREREQ', missing);
}

function checkTunnelOption(field: FieldName, tunnelOptions: Known['tunnelOptions']): void {
  if (field.startsWith('tun_metadata') && tunnelOptions.bits(field) === undefined) {
    refuse('NXFMFC_INVALID_TLV_FIELD', `${field} is no Geneve option: map one to it first`);
  }
}

function checkTable({ table, command }: FlowMod): void {
  const deletion = command.startsWith('delete');
  if (table === allTables && deletion) return;
  if (table === allTables) refuse('OFPBRC_BAD_TABLE_ID', `${command} needs one table`);
  if (table > lastTable) refuse('OFPBRC_EPERM', `table ${table} belongs to the switch itself`);
}

/** What a packet that matches is known to be, as far as actions ask. */
function knownPacket({ match }: FlowMod): Slots {
  const conditions = compileMatch(match);
  const packet: Slots = new Map(conditions.map(({ slot, value }) => [slot, value]));
  const state = conditions.find(({ slot }) => slot === 'ct_state');
  // Only valid connections show their addresses; each of them is new, established or a reply.
  if (state) {
    const invalid = state.value & BigInt(connectionState.invalid);
    packet.set('ct_state', invalid | (impliesConnection(state) ? BigInt(connectionState.new) : 0n));
  }
  return packet;
}

/** Whether packets that meet this condition on `ct_state` belong to a connection that is not invalid. */
function impliesConnection({ value, mask }: Condition): boolean {
  const {
    new: isNew,
    established,
    related,
    reply,
    sourceNat,
    destinationNat,
    tracked,
    invalid,
  } = connectionState;
  const state = Number(value);
  if ((state & (isNew | established | related | reply | sourceNat | destinationNat)) !== 0) return true;
  return (state & tracked) !== 0 && (Number(mask) & invalid) !== 0 && (state & invalid) === 0;
}

const readOnly = new Set<FieldName>([
  'packet_type',
  'dp_hash',
  'recirc_id',
  'conj_id',
  'actset_output',
  'in_port_oxm',
  'eth_type',
  'ip_proto',
  'ip_frag',
  'tcp_flags',
  'ct_state',
  'ct_zone',
  'ct_nw_src',
  'ct_nw_dst',
  'ct_nw_proto',
  'ct_tp_src',
  'ct_tp_dst',
  'ct_ipv6_src',
  'ct_ipv6_dst',
]);

interface ActionContext {
  readonly packet: Slots;
  readonly known: Known;
  readonly insideConntrack: boolean;
}

function checkDestination(field: FieldName, context: ActionContext, refusal: string): void {
  checkTunnelOption(field, context.known.tunnelOptions);
  if (readOnly.has(field)) refuse('OFPBAC_BAD_SET_ARGUMENT', `${field} cannot be written`);
  const ofConnection = field === 'ct_mark' || field === 'ct_label';
  if (ofConnection !== context.insideConntrack) {
    const where = ofConnection
      ? `${field} is written inside of ct(exec) only`
      : `ct(exec) does not write ${field}`;
    refuse(ofConnection ? 'OFPBAC_BAD_SET_ARGUMENT' : 'OFPBAC_BAD_ARGUMENT', where);
  }
  checkPresence(field, context, refusal);
}

function checkPresence(field: FieldName, { packet, known }: ActionContext, refusal: string): void {
  checkTunnelOption(field, known.tunnelOptions);
  const untagged = field === 'vlan_vid' && (readNumber(packet, 'vlan_tci') & vlanPresent) === 0;
  if (!hasField(packet, field) || untagged) {
    refuse(refusal, `the match does not say that the packet has ${field}: say it, or take another field`);
  }
}

function checkIp({ packet }: ActionContext, what: string): void {
  const type = readNumber(packet, 'eth_type');
  if (type !== ethertype.ipv4 && type !== ethertype.ipv6) {
    refuse('OFPBAC_MATCH_INCONSISTENT', `${what} needs a match on IPv4 or IPv6`);
  }
}

function hasState(packet: Slots, bit: number): boolean {
  return (readNumber(packet, 'ct_state') & bit) !== 0;
}

/** Refuses what a switch would refuse of one action, and follows what it does to the VLAN header. */
function checkAction(action: Action, context: ActionContext): void {
  const { packet, known } = context;
  switch (action.type) {
    case 'set-field':
      if (action.field === 'vlan_vid' && (Number(action.value) & vlanPresent) === 0) {
        refuse(
          'OFPBAC_BAD_SET_ARGUMENT',
          `vlan_vid=${action.value}: add 0x1000, which says that there is a VLAN header`,
        );
      }
      checkDestination(action.field, context, 'OFPBAC_MATCH_INCONSISTENT');
      if (action.field === 'vlan_tci') packet.set('vlan_tci', BigInt(action.value));
      return;
    case 'load':
      checkDestination(action.destination.field, context, 'OFPBAC_MATCH_INCONSISTENT');
      return;
    case 'move':
      checkDestination(action.destination.field, context, 'OFPBAC_MATCH_INCONSISTENT');
      checkPresence(action.source.field, context, 'OFPBAC_MATCH_INCONSISTENT');
      return;
    case 'stack-pop':
      checkDestination(action.destination.field, context, 'OFPBAC_MATCH_INCONSISTENT');
      return;
    case 'push-vlan':
      if (readTags(packet).length === maximumVlans) {
        refuse('OFPBAC_BAD_TAG', `push_vlan: more than ${maximumVlans} VLAN headers`);
      }
      writeTags(packet, [{ ethertype: action.ethertype, tci: vlanPresent }, ...readTags(packet)]);
      return;
    case 'pop-vlan':
      if ((readNumber(packet, 'vlan_tci') & vlanPresent) === 0) {
        refuse('OFPBAC_MATCH_INCONSISTENT', 'pop_vlan: the match does not say that there is a VLAN header');
      }
      writeTags(packet, readTags(packet).slice(1));
      return;
    case 'group':
      if (!known.groups.has(action.group))
        refuse('OFPBAC_BAD_OUT_GROUP', `group ${action.group} does not exist`);
      return;
    case 'meter':
      if (!known.meters.has(action.meter))
        refuse('OFPMMFC_INVALID_METER', `meter ${action.meter} does not exist`);
      return;
    case 'decrement-ttl':
    case 'decrement-ttl-to-controllers':
    case 'set-ttl':
      checkIp(context, action.type);
      return;
    case 'conntrack':
      checkIp(context, 'ct');
      if (action.commit && hasState(packet, connectionState.invalid)) {
        refuse('OFPBAC_MATCH_INCONSISTENT', 'ct(commit) of what the match says is +inv');
      }
      checkActions(action.exec ?? [], { ...context, insideConntrack: true });
      return;
    case 'resubmit':
      if (action.conntrack && !hasState(packet, connectionState.new)) {
        refuse(
          'OFPBAC_MATCH_INCONSISTENT',
          'resubmit(,,ct): the match does not say that the packet is tracked',
        );
      }
      return;
    case 'clone':
      checkActions(action.actions, { ...context, packet: new Map(packet) });
      return;
    case 'output':
      if (action.port === 0) refuse('OFPBAC_BAD_OUT_PORT', 'there is no port 0');
      return;
    case 'unknown':
      refuse('OFPBAC_BAD_TYPE', 'the action is unknown');
  }
}

function checkActions(actions: readonly Action[], context: ActionContext): void {
  for (const action of actions) {
    if (context.insideConntrack && !['set-field', 'load', 'move'].includes(action.type)) {
      refuse('OFPBAC_BAD_ARGUMENT', `${action.type} does not stand inside of ct(exec)`);
    }
    checkAction(action, context);
  }
}

const inActionSet: ReadonlySet<Action['type']> = new Set([
  'output',
  'set-field',
  'load',
  'move',
  'decrement-ttl',
  'decrement-ttl-to-controllers',
  'group',
  'push-vlan',
  'pop-vlan',
  'set-queue',
  'resubmit',
  'conntrack',
  'conntrack-clear',
]);

function checkInstruction(instruction: Instruction, { table }: FlowMod, context: ActionContext): void {
  switch (instruction.type) {
    case 'apply-actions':
      checkActions(instruction.actions, context);
      return;
    case 'write-actions': {
      const odd = instruction.actions.find(({ type }) => !inActionSet.has(type));
      if (odd) refuse('OFPBAC_BAD_TYPE', `${odd.type} cannot stand in an action set`);
      checkActions(instruction.actions, { ...context, packet: new Map(context.packet) });
      return;
    }
    case 'goto-table':
      if (instruction.table <= table || instruction.table > lastTable) {
        refuse(
          'OFPBIC_BAD_TABLE_ID',
          `goto_table:${instruction.table} in table ${table} does not lead forward`,
        );
      }
      return;
    case 'stat-trigger':
    case 'unknown':
      refuse('OFPBIC_UNKNOWN_INST', 'the switch does not know the instruction');
  }
}

function checkConjunction(flow: FlowMod): void {
  const actions = flow.instructions.flatMap((instruction) =>
    'actions' in instruction ? instruction.actions : [],
  );
  const conjunctions = [...allActions(actions)].filter(({ type }) => type === 'conjunction');
  if (conjunctions.length === 0) return;
  const other =
    flow.instructions.length > 1 || actions.some(({ type }) => type !== 'conjunction' && type !== 'note');
  if (other) refuse('NXBAC_BAD_CONJUNCTION', 'conjunction stands with nothing else than note');
  for (const action of conjunctions) {
    if (action.type !== 'conjunction') continue;
    const { clause, clauses } = action;
    if (clauses < 2 || clauses > 64 || clause < 1 || clause > clauses) {
      refuse('NXBAC_BAD_CONJUNCTION', `conjunction ${clause}/${clauses}: take 2 to 64 clauses`);
    }
  }
}

/**
 * Refuses flow-mods that Open vSwitch refuses: matches without their prerequisites, actions on headers that the match does
 * not promise, groups and meters that do not exist.
 * @throws SimulationError SIMULATION_REFUSED
 */
export function checkFlow(flow: FlowMod, known: Known): void {
  checkTable(flow);
  checkMatch(flow, known);
  if (flow.command.startsWith('delete')) return;
  checkConjunction(flow);
  const types = flow.instructions.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) refuse('OFPBIC_DUP_INST', `${twice} stands twice`);
  const context = { packet: knownPacket(flow), known, insideConntrack: false };
  for (const instruction of flow.instructions) checkInstruction(instruction, flow, context);
}
