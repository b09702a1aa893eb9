import { badText, hexadecimal, parseBigInteger } from '../text/syntax.ts';

/** Names of single bits, from bit 0 upwards; an empty name is a bit without one. */
export const flagNames = {
  ctState: ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'],
  tcp: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns', '[200]', '[400]', '[800]'],
  tunnel: ['oam'],
} as const;

type Names = readonly string[];

function bitOf(name: string, names: Names): bigint {
  const index = names.indexOf(name);
  if (index < 0) badText(`"${name}" is none of the flags ${names.join(', ')}`);
  return 1n << BigInt(index);
}

/**
 * Reads flags in one of ovs-ofctl's three forms: `+new-est` (these bits set and cleared, others ignored), `new|est` (exactly
 * these), or a number with or without a mask.
 */
export function parseFlags(text: string, names: Names, bits: number): { value: bigint; mask: bigint } {
  const allOnes = (1n << BigInt(bits)) - 1n;
  if (/^[0-9]/.test(text)) {
    const [value = '', mask] = text.split('/');
    return {
      value: parseBigInteger(value, bits, 'flags'),
      mask: mask === undefined ? allOnes : parseBigInteger(mask, bits, 'flags mask'),
    };
  }
  if (!/^[+-]/.test(text)) {
    return { value: text.split('|').reduce((sum, name) => sum | bitOf(name, names), 0n), mask: allOnes };
  }
  let value = 0n;
  let mask = 0n;
  for (const [, sign, name] of text.matchAll(/([+-])([^+-]*)/g)) {
    const bit = bitOf(name as string, names);
    if ((mask & bit) !== 0n) badText(`"${text}" names ${name} twice`);
    mask |= bit;
    if (sign === '+') value |= bit;
  }
  return { value, mask };
}

/** Writes flags; `known` is the mask that counts as "every bit matters". */
export function formatFlags(
  { value, mask }: { value: bigint; mask: bigint },
  names: Names,
  known: bigint,
): string {
  if ((mask & known) === known) return formatExactFlags(value, names);
  if (mask === 0n) return '0/0';
  let text = '';
  for (let bit = 0n; mask >> bit !== 0n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    text += `${((value >> bit) & 1n) === 1n ? '+' : '-'}${names[Number(bit)] ?? '[Unknown]'}`;
  }
  return text;
}

function formatExactFlags(value: bigint, names: Names): string {
  if (value === 0n) return '0';
  const shown = names.filter((_, bit) => ((value >> BigInt(bit)) & 1n) === 1n);
  const rest = (value >> BigInt(names.length)) << BigInt(names.length);
  return [...shown, ...(rest === 0n ? [] : [hexadecimal(rest)])].join('|');
}
