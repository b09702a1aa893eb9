import { enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { emptyMessage, type MessageCodec, niciraExperimenter } from './codec.ts';
import type {
  CtFlushZone,
  SetControllerId,
  SetPacketInFormat,
  TlvMapping,
  TlvTableMod,
  TlvTableReply,
  TlvTableRequest,
} from './extension-types.ts';

const experimenter = niciraExperimenter;
const formats = enumeration('packet-in format', ['standard', 'nxt-packet-in', 'packet-in2']);
const tlvCommands = enumeration('TLV table command', ['add', 'delete', 'clear']);

/** `u32 format`. */
export const setPacketInFormat: MessageCodec<SetPacketInFormat> = {
  type: 'set-packet-in-format',
  forms: [{ number: 16, experimenter }],
  encode: (writer, message) => writer.u32(formats.number(message.format)),
  decode: (reader) => ({
    type: 'set-packet-in-format',
    format: formats.strictName(reader.u32(), reader.offset - 4),
  }),
};

/** `6 zeros, u16 id`. */
export const setControllerId: MessageCodec<SetControllerId> = {
  type: 'set-controller-id',
  forms: [{ number: 20, experimenter }],
  encode(writer, message) {
    writer.pad(6);
    writer.u16(message.id, 'controller id');
  },
  decode(reader) {
    reader.skip(6);
    return { type: 'set-controller-id', id: reader.u16() };
  },
};

/** `6 zeros, u16 zone`. */
export const ctFlushZone: MessageCodec<CtFlushZone> = {
  type: 'ct-flush-zone',
  forms: [{ number: 29, experimenter }],
  encode(writer, message) {
    writer.pad(6);
    writer.u16(message.zone, 'zone');
  },
  decode(reader) {
    reader.skip(6);
    return { type: 'ct-flush-zone', zone: reader.u16() };
  },
};

/** `u16 class, u8 type, u8 length, u16 index, 2 zeros`. */
function encodeMappings(writer: Writer, mappings: readonly TlvMapping[]): void {
  for (const mapping of mappings) {
    writer.u16(mapping.optionClass, 'optionClass');
    writer.u8(mapping.optionType, 'optionType');
    writer.u8(mapping.optionLength, 'optionLength');
    writer.u16(mapping.index, 'index');
    writer.pad(2);
  }
}

function decodeMappings(reader: Reader): TlvMapping[] {
  const mappings: TlvMapping[] = [];
  while (reader.remaining > 0) {
    const optionClass = reader.u16();
    const optionType = reader.u8();
    const optionLength = reader.u8();
    mappings.push({ optionClass, optionType, optionLength, index: reader.u16() });
    reader.skip(2);
  }
  return mappings;
}

/** `u16 command, 6 zeros, mappings`. */
export const tlvTableMod: MessageCodec<TlvTableMod> = {
  type: 'tlv-table-mod',
  forms: [{ number: 24, experimenter }],
  encode(writer, message) {
    writer.u16(tlvCommands.number(message.command));
    writer.pad(6);
    encodeMappings(writer, message.mappings);
  },
  decode(reader) {
    const command = tlvCommands.strictName(reader.u16(), reader.offset - 2);
    reader.skip(6);
    return { type: 'tlv-table-mod', command, mappings: decodeMappings(reader) };
  },
};

export const tlvTableRequest = emptyMessage<TlvTableRequest>(
  { type: 'tlv-table-request' },
  { number: 25, experimenter },
);

/** `u32 space, u16 fields, 10 zeros, mappings`. */
export const tlvTableReply: MessageCodec<TlvTableReply> = {
  type: 'tlv-table-reply',
  forms: [{ number: 26, experimenter }],
  encode(writer, message) {
    writer.u32(message.maximumSpace, 'maximumSpace');
    writer.u16(message.maximumFields, 'maximumFields');
    writer.pad(10);
    encodeMappings(writer, message.mappings);
  },
  decode(reader) {
    const maximumSpace = reader.u32();
    const maximumFields = reader.u16();
    reader.skip(10);
    return { type: 'tlv-table-reply', maximumSpace, maximumFields, mappings: decodeMappings(reader) };
  },
};
