import { formatPort, fromPort16, parsePort, toPort16 } from '../text/context.ts';
import { badText, hexadecimal, parseBigInteger } from '../text/syntax.ts';
import { ipv4, ipv6, mac } from './addresses.ts';
import type { FieldDefinition, ValueFormat } from './definition.ts';
import { flagNames, formatFlags, parseFlags } from './flags-text.ts';
import type { FieldValue } from './names.ts';

/** Value and mask of a field, before they are turned into numbers or big integers. */
export interface BigValue {
  readonly value: bigint;
  readonly mask: bigint;
}

const fragments: readonly (readonly [name: string, value: bigint, mask: bigint])[] = [
  ['no', 0n, 3n],
  ['yes', 1n, 1n],
  ['first', 1n, 3n],
  ['later', 3n, 3n],
  ['not_later', 0n, 2n],
];

/** The mask whose first `length` bits of `bits` are set. */
function prefixMask(length: number, bits: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
}

/** Number of leading ones when the mask is a prefix, else -1. */
function prefixLength(mask: bigint, bits: number): number {
  const zeros = ((1n << BigInt(bits)) - 1n) ^ mask;
  return (zeros & (zeros + 1n)) === 0n ? bits - (zeros === 0n ? 0 : zeros.toString(2).length) : -1;
}

function parseAddress(text: string, bits: number, parse: (part: string) => bigint): BigValue {
  const [address = '', mask] = text.split('/');
  const value = parse(address);
  if (mask === undefined) return { value, mask: prefixMask(bits, bits) };
  if (!/^\d+$/.test(mask)) return { value, mask: parse(mask) };
  if (Number(mask) > bits) badText(`"${text}": a prefix is at most ${bits} bits long`);
  return { value, mask: prefixMask(Number(mask), bits) };
}

function parseFragment(text: string): BigValue {
  const found = fragments.find(([name]) => name === text.toLowerCase());
  if (!found) return badText(`"${text}" is none of no, yes, first, later, not_later`);
  return { value: found[1], mask: found[2] };
}

function parseNumber(definition: FieldDefinition, text: string): BigValue {
  const [value = '', mask] = text.split('/');
  const bits = definition.bytes === 0 ? definition.bits : definition.bytes * 8;
  return {
    value: parseBigInteger(value, bits, definition.textName),
    mask: mask === undefined ? definition.allOnes : parseBigInteger(mask, bits, definition.textName),
  };
}

function parsePacketType(text: string): BigValue {
  const parts = /^\(\s*(\w+)\s*,\s*(\w+)\s*\)$/.exec(text);
  if (!parts) return badText(`"${text}" is not a packet type; write it like (1,0x800)`);
  const space = parseBigInteger(parts[1] as string, 16, 'packet_type');
  return {
    value: (space << 16n) | parseBigInteger(parts[2] as string, 16, 'packet_type'),
    mask: 0xffff_ffffn,
  };
}

type Parse = (definition: FieldDefinition, text: string) => BigValue;

const parsers: Record<ValueFormat, Parse> = {
  decimal: parseNumber,
  hexadecimal: parseNumber,
  ethernet: (_, text) => parseAddress(text, 48, mac.parse),
  ipv4: (_, text) => parseAddress(text, 32, (part) => BigInt(ipv4.parse(part))),
  ipv6: (_, text) => parseAddress(text, 128, ipv6.parse),
  port: (definition, text) => ({ value: BigInt(parsePort(text)), mask: definition.allOnes }),
  port16: (definition, text) => ({ value: BigInt(toPort16(parsePort(text))), mask: definition.allOnes }),
  fragment: (_, text) => parseFragment(text),
  'ct-state': (_, text) => parseFlags(text, flagNames.ctState, 32),
  'tcp-flags': (_, text) => parseFlags(text, flagNames.tcp, 12),
  'tunnel-flags': (_, text) => parseFlags(text, flagNames.tunnel, 16),
  'packet-type': (_, text) => parsePacketType(text),
};

/** Reads the value of a field as ovs-ofctl writes it, with or without a mask. */
export function parseFieldValue(definition: FieldDefinition, text: string): BigValue {
  return parsers[definition.format](definition, text.trim());
}

/** Value and mask in the types of the API: big integers for fields wider than 32 bits, no mask when all bits count. */
export function asFieldValue(
  definition: FieldDefinition,
  { value, mask }: BigValue,
): { value: FieldValue; mask?: FieldValue } {
  const wide = definition.bits > 32;
  const exact = (mask & definition.allOnes) === definition.allOnes;
  const shown = wide ? value : Number(value);
  return exact ? { value: shown } : { value: shown, mask: wide ? mask : Number(mask) };
}

function formatAddress(
  { value, mask }: BigValue,
  bits: number,
  format: (part: bigint) => string,
  prefix: boolean,
): string {
  const length = prefixLength(mask, bits);
  if (length === bits) return format(value);
  return `${format(value)}/${prefix && length >= 0 ? length : format(mask)}`;
}

function formatFragment({ value, mask }: BigValue): string {
  const bits = mask & 3n;
  const found = fragments.find(([, wanted, wantedMask]) => wanted === (value & bits) && wantedMask === bits);
  return found?.[0] ?? '<error>';
}

function formatNumber(definition: FieldDefinition, { value, mask }: BigValue, decimal: boolean): string {
  const shown = decimal ? String(value) : hexadecimal(value);
  return (mask & definition.allOnes) === definition.allOnes ? shown : `${shown}/${hexadecimal(mask)}`;
}

type Format = (
  definition: FieldDefinition,
  value: BigValue,
  portNames?: ReadonlyMap<number, string>,
) => string;

const formatters: Record<ValueFormat, Format> = {
  decimal: (definition, value) => formatNumber(definition, value, true),
  hexadecimal: (definition, value) => formatNumber(definition, value, false),
  ethernet: (_, value) => formatAddress(value, 48, mac.format, false),
  ipv4: (_, value) => formatAddress(value, 32, (part) => ipv4.format(Number(part)), true),
  ipv6: (_, value) => formatAddress(value, 128, ipv6.format, true),
  port: (_, { value }, portNames) => formatPort(Number(value), portNames),
  port16: (_, { value }, portNames) => formatPort(fromPort16(Number(value)), portNames),
  fragment: (_, value) => formatFragment(value),
  'ct-state': (_, value) => formatFlags(value, flagNames.ctState, 0xffn),
  'tcp-flags': (_, value) => formatFlags(value, flagNames.tcp, 0xfffn),
  'tunnel-flags': (_, value) => formatFlags(value, flagNames.tunnel, 0xffffn),
  'packet-type': (_, { value }) => `(${value >> 16n},${hexadecimal(value & 0xffffn)})`,
};

/** Writes the value of a field as ovs-ofctl does in actions. */
export function formatFieldValue(
  definition: FieldDefinition,
  value: FieldValue,
  mask: FieldValue | undefined,
  portNames?: ReadonlyMap<number, string>,
): string {
  const big = { value: BigInt(value), mask: mask === undefined ? definition.allOnes : BigInt(mask) };
  return formatters[definition.format](definition, big, portNames);
}
