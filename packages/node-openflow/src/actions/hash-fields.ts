import { enumeration } from '../wire/enumeration.ts';

/** Which headers of the packet are hashed to choose a link (NX_HASH_FIELDS_*), in the spelling of ovs-actions(7). */
export const hashFields = enumeration('choice of fields to hash', [
  'eth_src',
  'symmetric_l4',
  'symmetric_l3l4',
  'symmetric_l3l4+udp',
  'nw_src',
  'nw_dst',
  'symmetric_l3',
]);

/** A word of text as it is in an enumeration whose names are in lower case; numbers stand for themselves. */
export function nameOrNumber(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text.toLowerCase();
}
