import type { FieldValue } from '../fields/names.ts';
import { number, type Payload, property, propertyTable } from '../wire/property-table.ts';
import { type MessageCodec, niciraExperimenter } from './codec.ts';
import type { ConntrackFlush, ConntrackTuple } from './extension-types.ts';

/** IPv4 addresses travel as IPv6 addresses that begin like this. */
const mappedPrefix = 0xffffn << 32n;

function toIpv6(address: FieldValue): bigint {
  return typeof address === 'number' ? mappedPrefix | BigInt(address) : address;
}

function fromIpv6(address: bigint): FieldValue {
  return address >> 32n === 0xffffn ? Number(address & 0xffff_ffffn) : address;
}

const address: Payload<FieldValue> = {
  write: (writer, value, _, name) => writer.u128(toIpv6(value), name),
  read: (reader) => fromIpv6(reader.u128()),
};
/** Numbers of 16 bits are followed by two zeros that count. */
const paddedU16 = number('u16', { after: 2 });
const part = property<ConntrackTuple>();

export const tupleProperties = propertyTable<ConntrackTuple>('nx_ct_flush tuple', [
  part(0, 'source', address),
  part(1, 'destination', address),
  part(2, 'sourcePort', paddedU16),
  part(3, 'destinationPort', paddedU16),
  part(4, 'icmpId', paddedU16),
  part(5, 'icmpType', number('u8')),
  part(6, 'icmpCode', number('u8')),
]);

/** `4 zeros`, properties. */
const tuple: Payload<ConntrackTuple> = {
  write(writer, value, version) {
    writer.pad(4);
    tupleProperties.encode(writer, value, version);
  },
  read(reader, version) {
    reader.skip(4);
    return tupleProperties.decode(reader, version);
  },
};

type FlushProperties = Omit<ConntrackFlush, 'type' | 'protocol'>;
const row = property<FlushProperties>();

export const flushProperties = propertyTable<FlushProperties>('nx_ct_flush', [
  row(0, 'original', tuple),
  row(1, 'reply', tuple),
  row(2, 'zone', paddedU16),
  row(3, 'mark', number('u32')),
  row(4, 'markMask', number('u32')),
  row(5, 'label', number('u128')),
  row(6, 'labelMask', number('u128')),
]);

/** Nicira 32: `u8 protocol, 7 zeros`, properties. */
export const conntrackFlush: MessageCodec<ConntrackFlush> = {
  type: 'ct-flush',
  forms: [{ number: 32, experimenter: niciraExperimenter }],
  encode(writer, message, { version }) {
    writer.u8(message.protocol, 'protocol');
    writer.pad(7);
    flushProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const protocol = reader.u8();
    reader.skip(7);
    return { type: 'ct-flush', protocol, ...flushProperties.decode(reader, version) };
  },
};
