import { badText, hexadecimal, keyValues, parseHexBytes, parseInteger } from '../text/syntax.ts';
import { enumeration } from '../wire/enumeration.ts';
import { hexOf } from '../wire/hex.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { bareAction } from './bare.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import type {
  DecapsulateAction,
  DecrementNshTtlAction,
  EncapsulateAction,
  EncapsulationProperty,
} from './types.ts';

/*
 * Nicira 46: u16 size of the header (0: not said), u32 packet type, properties: u16 class, u8 type, u8 length (padding not
 * included), payload, zeros up to a multiple of eight bytes. Class 4 is NSH: type 1 is `u8 metadata type`, type 2 is
 * `u16 option class, u8 option type, u8 length, bytes`.
 * Nicira 47: 2 zeros, u32 packet type of the result.
 */

const experimenter = niciraExperimenter;
const headers = enumeration('header to add', {
  ethernet: 0x00000000,
  nsh: 0x0001894f,
  mpls: 0x00018847,
  mpls_mc: 0x00018848,
});
const nshClass = 4;
const nshProperty = { metadataType: 1, option: 2 } as const;
/** "Whatever the removed header says comes next." */
const useNextProtocol = 0x0000fffe;

function decodeProperty(reader: Reader): EncapsulationProperty {
  const start = reader.offset;
  const propertyClass = reader.u16();
  const type = reader.u8();
  const length = reader.u8();
  if (length < 4) reader.fail('OPENFLOW_BAD_LENGTH', `an encap property has a length of ${length}`, start);
  const outer = reader.enter(length - 4);
  let property: EncapsulationProperty;
  if (propertyClass === nshClass && type === nshProperty.metadataType) {
    property = { type: 'nsh-metadata-type', metadataType: reader.u8() };
  } else if (propertyClass === nshClass && type === nshProperty.option) {
    const optionClass = reader.u16();
    const optionType = reader.u8();
    property = { type: 'nsh-option', optionClass, optionType, data: reader.copy(reader.u8()) };
  } else {
    property = { type: 'unknown', propertyClass, propertyType: type, data: reader.rest() };
  }
  reader.leave(outer);
  reader.align8(start);
  return property;
}

function encodeProperty(writer: Writer, property: EncapsulationProperty): void {
  const start = writer.length;
  writer.u16(property.type === 'unknown' ? property.propertyClass : nshClass, 'property class');
  let type: number = nshProperty.option;
  if (property.type === 'unknown') type = property.propertyType;
  else if (property.type === 'nsh-metadata-type') type = nshProperty.metadataType;
  writer.u8(type, 'property type');
  writer.u8(0);
  if (property.type === 'nsh-metadata-type') {
    writer.u8(property.metadataType, 'metadata type');
  } else if (property.type === 'nsh-option') {
    writer.u16(property.optionClass, 'option class');
    writer.u8(property.optionType, 'option type');
    writer.u8(property.data.length, 'length of the option');
    writer.raw(property.data);
    writer.align8(start);
  } else {
    writer.raw(property.data);
  }
  writer.patch8(start + 3, writer.length - start, 'the encap property');
  writer.align8(start);
}

function parseProperty(key: string, value: string): EncapsulationProperty {
  if (key === 'md_type') {
    const metadataType = parseInteger(value, 8, key);
    if (metadataType !== 1 && metadataType !== 2) badText(`encap: md_type ${value} is neither 1 nor 2`);
    return { type: 'nsh-metadata-type', metadataType };
  }
  const parts = key === 'tlv' ? /^\s*(0x\w+)\s*,\s*(\d+)\s*,\s*0x([0-9a-f]+)\s*$/i.exec(value) : null;
  if (!parts) return badText(`encap: "${key}=${value}" is neither md_type=… nor tlv(0xclass,type,0xdata)`);
  return {
    type: 'nsh-option',
    optionClass: parseInteger(parts[1] as string, 16, 'option class'),
    optionType: parseInteger(parts[2] as string, 8, 'option type'),
    data: parseHexBytes(parts[3] as string, 'option'),
  };
}

function formatProperty(property: EncapsulationProperty): string {
  if (property.type === 'nsh-metadata-type') return `md_type=${property.metadataType}`;
  if (property.type === 'nsh-option') {
    const optionClass = property.optionClass.toString(16).padStart(4, '0');
    return `tlv(0x${optionClass},${property.optionType},0x${hexOf(property.data)})`;
  }
  return `unknown(${property.propertyClass},${property.propertyType},${hexOf(property.data)})`;
}

export const encapsulate: ActionCodec<EncapsulateAction> = {
  type: 'encapsulate',
  words: ['encap'],
  forms: [
    {
      number: 46,
      experimenter,
      decode(reader) {
        const headerSize = reader.u16();
        const header = headers.name(reader.u32());
        const properties: EncapsulationProperty[] = [];
        while (reader.remaining > 0) properties.push(decodeProperty(reader));
        return { type: 'encapsulate', header, ...(headerSize === 0 ? {} : { headerSize }), properties };
      },
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 46);
    writer.u16(action.headerSize ?? 0, 'size of the header');
    writer.u32(headers.number(action.header), 'packet type');
    for (const property of action.properties) encodeProperty(writer, property);
    finishAction(writer, start);
  },
  parse(argument) {
    const [item, ...others] = keyValues(argument);
    if (!item || others.length > 0) return badText(`encap: "${argument}" is not one header`);
    const header = item.key as EncapsulateAction['header'];
    headers.number(header);
    const items = keyValues(item.value);
    if (header !== 'nsh' && items.length > 0) badText(`encap: ${item.key} has no properties`);
    return {
      type: 'encapsulate',
      header,
      properties: items.map(({ key, value }) => parseProperty(key, value)),
    };
  },
  format({ header, properties }) {
    const inner = properties.length === 0 ? '' : `(${properties.map(formatProperty).join(',')})`;
    return `encap(${header}${inner})`;
  },
};

export const decapsulate: ActionCodec<DecapsulateAction> = {
  type: 'decapsulate',
  words: ['decap'],
  forms: [
    {
      number: 47,
      experimenter,
      decode(reader) {
        reader.skip(2);
        const packetType = reader.u32();
        return packetType === useNextProtocol ? { type: 'decapsulate' } : { type: 'decapsulate', packetType };
      },
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 47);
    writer.pad(2);
    writer.u32(action.packetType ?? useNextProtocol, 'packet type');
    finishAction(writer, start);
  },
  parse(argument) {
    const [item] = keyValues(argument);
    if (!item) return { type: 'decapsulate' };
    const parts = item.key === 'packet_type' ? /^\s*ns=(\w+)\s*,\s*type=(\w+)\s*$/.exec(item.value) : null;
    if (!parts) return badText(`decap: "${argument}" is not like packet_type(ns=0,type=0)`);
    const namespace = parseInteger(parts[1] as string, 16, 'ns');
    return {
      type: 'decapsulate',
      packetType: namespace * 0x10000 + parseInteger(parts[2] as string, 16, 'type'),
    };
  },
  format({ packetType }) {
    if (packetType === undefined) return 'decap()';
    return `decap(packet_type(ns=${packetType >>> 16},type=${hexadecimal(packetType & 0xffff)}))`;
  },
};

/** Nicira 48. */
export const decrementNshTtl = bareAction<DecrementNshTtlAction>(
  'decrement-nsh-ttl',
  48,
  ['dec_nsh_ttl'],
  experimenter,
);
