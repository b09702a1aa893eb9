import type {
  DeleteFieldAction,
  LoadAction,
  MoveAction,
  PushVlanAction,
  SetFieldAction,
  SetTtlAction,
  SetTunnelAction,
  StackPopAction,
  StackPushAction,
  WriteMetadataAction,
} from '../actions/types.ts';
import type { Subfield } from '../fields/match.ts';
import type { FieldName } from '../fields/names.ts';
import { vlanPresent } from '../fields/protocols.ts';
import { actionTable } from '../fields/registry.ts';
import { packetInOf } from './output-actions.ts';
import { readTags, writeTags } from './packet-slots.ts';
import { hasField, isIp } from './prerequisites.ts';
import { readActionField, readNumber, readSubfield, writeActionField, writeSubfield } from './slots.ts';
import type { Translation } from './translation.ts';

/** Whether the packet has the field; where not, says that the action is without effect. */
function checkField(translation: Translation, field: FieldName): boolean {
  if (hasField(translation.flow, field)) return true;
  translation.report(`the packet has no ${field}: the action is ignored`);
  return false;
}

/** Options are cut to the length of their mapping. */
function fitted({ switch: state }: Translation, field: FieldName, value: bigint): bigint {
  return field.startsWith('tun_metadata')
    ? BigInt.asUintN(state.tunnelOptions.bits(field) ?? 0, value)
    : value;
}

/** Writes the bits of a field that are set in `mask`, when the packet has the field. */
export function writeMasked(translation: Translation, field: FieldName, value: bigint, mask: bigint): void {
  if (!checkField(translation, field)) return;
  const old = readActionField(translation.flow, field);
  writeActionField(translation.flow, field, fitted(translation, field, (old & ~mask) | (value & mask)));
}

/** The mask that covers the subfield. */
export function maskOf({ offset, bits }: Subfield): bigint {
  return ((1n << BigInt(bits)) - 1n) << BigInt(offset);
}

export function setField(translation: Translation, action: SetFieldAction): undefined {
  const mask = action.mask === undefined ? actionTable.get(action.field).allOnes : BigInt(action.mask);
  writeMasked(translation, action.field, BigInt(action.value), mask);
}

export function load(translation: Translation, { value, destination }: LoadAction): undefined {
  const shifted = BigInt(value) << BigInt(destination.offset);
  writeMasked(translation, destination.field, shifted, maskOf(destination));
}

export function move(translation: Translation, { source, destination }: MoveAction): undefined {
  if (!checkField(translation, destination.field) || !checkField(translation, source.field)) return;
  writeSubfield(translation.flow, destination, readSubfield(translation.flow, source));
}

export function setTtl(translation: Translation, { ttl }: SetTtlAction): undefined {
  writeMasked(translation, 'ip_ttl', BigInt(ttl), 0xffn);
}

export function setTunnel({ flow }: Translation, { tunnel }: SetTunnelAction): undefined {
  flow.set('tunnel_id', tunnel);
}

export function writeMetadata({ flow }: Translation, { metadata, mask }: WriteMetadataAction): undefined {
  const bits = mask ?? actionTable.get('metadata').allOnes;
  flow.set('metadata', ((flow.get('metadata') ?? 0n) & ~bits) | (metadata & bits));
}

export function stackPush({ stack, flow }: Translation, { source }: StackPushAction): undefined {
  stack.push({ value: readSubfield(flow, source), bits: source.bits });
}

export function stackPop(translation: Translation, { destination }: StackPopAction): undefined {
  const entry = translation.stack.pop();
  if (entry) writeSubfield(translation.flow, destination, BigInt.asUintN(destination.bits, entry.value));
  else translation.report('the stack is empty: nothing is written');
}

export function deleteField({ flow }: Translation, { field }: DeleteFieldAction): undefined {
  flow.delete(field);
}

export function pushVlan({ flow }: Translation, { ethertype }: PushVlanAction): undefined {
  writeTags(flow, [{ ethertype, tci: vlanPresent }, ...readTags(flow)]);
}

export function popVlan({ flow }: Translation): undefined {
  writeTags(flow, readTags(flow).slice(1));
}

/** Decrements the TTL. A packet that would be left without goes to the controllers, and this list of actions ends. */
export function decrementTtl(translation: Translation, controllerIds: readonly number[]): 'stop' | undefined {
  const { flow } = translation;
  if (!isIp(flow)) return undefined;
  const ttl = readNumber(flow, 'ip_ttl');
  if (ttl > 1) {
    flow.set('ip_ttl', BigInt(ttl - 1));
    return undefined;
  }
  translation.report('the TTL has run out');
  translation.commit();
  for (const id of controllerIds) {
    translation.ask(packetInOf(translation, { type: 'controller', id, reason: 'invalid-ttl' }));
  }
  return 'stop';
}
