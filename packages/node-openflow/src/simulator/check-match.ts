import type { FieldName } from '../fields/names.ts';
import { missingPrerequisites } from '../fields/prerequisites.ts';
import { matchTable } from '../fields/registry.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { type Condition, compileMatch } from './compiled-match.ts';
import { refuse } from './errors.ts';
import type { Meters } from './meters.ts';
import { connectionState } from './protocols.ts';
import type { Slots } from './slots.ts';
import type { TlvTable } from './tlv-table.ts';

/** What flows may refer to. */
export interface Known {
  readonly groups: ReadonlyMap<number, unknown>;
  readonly meters: Pick<Meters, 'has'>;
  readonly tunnelOptions: Pick<TlvTable, 'bits'>;
}

/** Refuses a match that contradicts itself, or says something about a header that it does not promise. */
export function checkMatch({ match }: FlowMod, { tunnelOptions }: Known): void {
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

/** Refuses a tunnel option that no TLV mapping has given a place. */
export function checkTunnelOption(field: FieldName, tunnelOptions: Known['tunnelOptions']): void {
  if (field.startsWith('tun_metadata') && tunnelOptions.bits(field) === undefined) {
    refuse('NXFMFC_INVALID_TLV_FIELD', `${field} is no Geneve option: map one to it first`);
  }
}

/** What a packet that matches is known to be, as far as actions ask. */
export function knownPacket({ match }: FlowMod): Slots {
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
