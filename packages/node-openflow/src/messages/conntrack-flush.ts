import type { FieldValue } from '../fields/names.ts';
import { decodeProperties, wholeProperty, writeProperty, writeWholeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type MessageCodec, niciraExperimenter } from './codec.ts';
import type { ConntrackFlush, ConntrackTuple } from './extension-types.ts';

type TupleDraft = { -readonly [Key in keyof ConntrackTuple]: ConntrackTuple[Key] };
type FlushDraft = { -readonly [Key in keyof ConntrackFlush]: ConntrackFlush[Key] };

/** IPv4 addresses travel as IPv6 addresses that begin like this. */
const mappedPrefix = 0xffffn << 32n;

function toIpv6(address: FieldValue): bigint {
  return typeof address === 'number' ? mappedPrefix | BigInt(address) : address;
}

function fromIpv6(address: bigint): FieldValue {
  return address >> 32n === 0xffffn ? Number(address & 0xffff_ffffn) : address;
}

/** Properties of a tuple, in the order of their numbers. Numbers of 16 bits are followed by two zeros that count. */
const tupleProperties = [
  { name: 'source', bits: 128 },
  { name: 'destination', bits: 128 },
  { name: 'sourcePort', bits: 16 },
  { name: 'destinationPort', bits: 16 },
  { name: 'icmpId', bits: 16 },
  { name: 'icmpType', bits: 8 },
  { name: 'icmpCode', bits: 8 },
] as const;

function encodeTuple(writer: Writer, tuple: ConntrackTuple): void {
  writer.pad(4);
  for (const [type, { name, bits }] of tupleProperties.entries()) {
    const value = tuple[name];
    if (value === undefined) continue;
    writeProperty(writer, type, () => {
      if (bits === 128) writer.u128(toIpv6(value), name);
      else if (bits === 16) {
        writer.u16(Number(value), name);
        writer.pad(2);
      } else writer.u8(Number(value), name);
    });
  }
  for (const property of tuple.unknown ?? []) writeWholeProperty(writer, property);
}

function decodeTuple(reader: Reader): ConntrackTuple {
  reader.skip(4);
  const tuple: TupleDraft = {};
  decodeProperties(reader, (type, payload, start) => {
    const property = tupleProperties[type];
    if (!property) tuple.unknown = [...(tuple.unknown ?? []), wholeProperty(payload, start)];
    else if (property.bits === 128) tuple[property.name] = fromIpv6(payload.u128());
    else tuple[property.name] = property.bits === 16 ? payload.u16() : payload.u8();
  });
  return tuple;
}

const flushProperty = {
  original: 0,
  reply: 1,
  zone: 2,
  mark: 3,
  markMask: 4,
  label: 5,
  labelMask: 6,
} as const;

const readers: Readonly<Record<number, (payload: Reader, flush: FlushDraft) => void>> = {
  [flushProperty.original]: (payload, flush) => {
    flush.original = decodeTuple(payload);
  },
  [flushProperty.reply]: (payload, flush) => {
    flush.reply = decodeTuple(payload);
  },
  [flushProperty.zone]: (payload, flush) => {
    flush.zone = payload.u16();
  },
  [flushProperty.mark]: (payload, flush) => {
    flush.mark = payload.u32();
  },
  [flushProperty.markMask]: (payload, flush) => {
    flush.markMask = payload.u32();
  },
  [flushProperty.label]: (payload, flush) => {
    flush.label = payload.u128();
  },
  [flushProperty.labelMask]: (payload, flush) => {
    flush.labelMask = payload.u128();
  },
};

/**
 * Nicira 32: `u8 protocol, 7 zeros`, properties: tuples (0, 1: 4 zeros, properties of their own), zone u16 (2), mark u32 and
 * mask (3, 4), label 128 bits and mask (5, 6).
 */
export const conntrackFlush: MessageCodec<ConntrackFlush> = {
  type: 'ct-flush',
  forms: [{ number: 32, experimenter: niciraExperimenter }],
  encode(writer, message) {
    const { original, reply, zone, mark, markMask, label, labelMask } = message;
    writer.u8(message.protocol, 'protocol');
    writer.pad(7);
    if (original) writeProperty(writer, flushProperty.original, () => encodeTuple(writer, original));
    if (reply) writeProperty(writer, flushProperty.reply, () => encodeTuple(writer, reply));
    if (zone !== undefined) {
      writeProperty(writer, flushProperty.zone, () => {
        writer.u16(zone, 'zone');
        writer.pad(2);
      });
    }
    if (mark !== undefined) writeProperty(writer, flushProperty.mark, () => writer.u32(mark, 'mark'));
    if (markMask !== undefined)
      writeProperty(writer, flushProperty.markMask, () => writer.u32(markMask, 'markMask'));
    if (label !== undefined) writeProperty(writer, flushProperty.label, () => writer.u128(label, 'label'));
    if (labelMask !== undefined)
      writeProperty(writer, flushProperty.labelMask, () => writer.u128(labelMask, 'labelMask'));
    for (const property of message.unknown ?? []) writeWholeProperty(writer, property);
  },
  decode(reader) {
    const flush: FlushDraft = { type: 'ct-flush', protocol: reader.u8() };
    reader.skip(7);
    decodeProperties(reader, (type, payload, start) => {
      const read = readers[type];
      if (read) read(payload, flush);
      else flush.unknown = [...(flush.unknown ?? []), wholeProperty(payload, start)];
    });
    return flush;
  },
};
