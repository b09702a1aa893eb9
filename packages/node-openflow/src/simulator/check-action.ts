import type { Action } from '../actions/types.ts';
import type { FieldName } from '../fields/names.ts';
import { ethertype, vlanPresent } from '../fields/protocols.ts';
import { checkTunnelOption, type Known } from './check-match.ts';
import { refuse } from './errors.ts';
import { maximumVlans, readTags, writeTags } from './packet-slots.ts';
import { hasField } from './prerequisites.ts';
import { connectionState } from './protocols.ts';
import { readNumber, type Slots } from './slots.ts';

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

/** What is known where an action stands. */
export interface ActionContext {
  /** What the packet is known to be there; it follows what actions do to the VLAN header. */
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

/** Refuses what a switch would refuse of a list of actions. */
export function checkActions(actions: readonly Action[], context: ActionContext): void {
  for (const action of actions) {
    if (context.insideConntrack && !['set-field', 'load', 'move'].includes(action.type)) {
      refuse('OFPBAC_BAD_ARGUMENT', `${action.type} does not stand inside of ct(exec)`);
    }
    checkAction(action, context);
  }
}
