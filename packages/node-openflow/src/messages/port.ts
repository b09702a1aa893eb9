import { decodeFieldFeature, encodeFieldFeature } from '../fields/oxm.ts';
import { enumeration } from '../wire/enumeration.ts';
import { decodeList, layout } from '../wire/layout.ts';
import { behindZeros, type Payload, property, propertyTable, structure } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import { opticalFeatures } from './port-optical.ts';
import type { EthernetPortFeatures, PortDescription, PortStatus } from './port-types.ts';
import type { FieldFeature } from './table-types.ts';
import type { Version } from './types.ts';

const nameLength = 16;
const noFeatures: EthernetPortFeatures = {
  current: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  currentSpeed: 0,
  maximumSpeed: 0,
};

const features = layout<EthernetPortFeatures>(
  ['u32', 'current'],
  ['u32', 'advertised'],
  ['u32', 'supported'],
  ['u32', 'peer'],
  ['u32', 'currentSpeed'],
  ['u32', 'maximumSpeed'],
);
const fieldIds: Payload<readonly FieldFeature[]> = {
  write(writer, fields, version) {
    for (const field of fields) encodeFieldFeature(writer, field, version);
  },
  read: (reader) => decodeList(reader, decodeFieldFeature),
};
const portNumbers: Payload<readonly number[]> = {
  write(writer, numbers) {
    for (const number of numbers) writer.u32(number, 'port');
  },
  read: (reader) => decodeList(reader, () => reader.u32()),
};
const row = property<PortDescription>();
const since15 = { versions: [6, 6] } as const;
type PortProperties = Pick<
  PortDescription,
  'ethernet' | 'optical' | 'pipelineInput' | 'pipelineOutput' | 'recirculate'
>;

/** Since 1.4: 0 `4 zeros, features`, 1 optical; in 1.5 2 and 3 headers of fields, 4 numbers of ports. */
export const portProperties = propertyTable<PortProperties>('ofp_port', [
  row(0, 'ethernet', behindZeros(features)),
  row(1, 'optical', structure(opticalFeatures)),
  row(2, 'pipelineInput', fieldIds, since15),
  row(3, 'pipelineOutput', fieldIds, since15),
  row(4, 'recirculate', portNumbers, since15),
]);

/**
 * From 1.4: `u32 port, u16 length, 2 zeros, 6 bytes address, 2 zeros, 16 bytes name, u32 config, u32 state`, properties.
 * In 1.3: `u32 port, 4 zeros`, the same up to state, features.
 */
export function encodePort(writer: Writer, port: PortDescription, version: Version): void {
  const start = writer.length;
  writer.u32(port.port, 'port');
  writer.pad(4);
  writer.u48(port.hardwareAddress, 'hardwareAddress');
  writer.pad(2);
  writer.text(port.name, nameLength, 'port name');
  writer.u32(port.config, 'config');
  writer.u32(port.state, 'state');
  if (version === 4) {
    features.encode(writer, port.ethernet ?? noFeatures);
    return;
  }
  portProperties.encode(writer, port, version);
  writer.patch16(start + 4, writer.length - start, 'the port');
}

/** Reads what `encodePort` wrote. */
export function decodePort(reader: Reader, version: Version): PortDescription {
  const start = reader.offset;
  const port = reader.u32();
  const length = reader.u16();
  reader.skip(2);
  if (version !== 4 && length < 40)
    reader.fail('OPENFLOW_BAD_LENGTH', `a port has a length of ${length}`, start);
  const outer = reader.enter(version === 4 ? 56 : length - 8);
  const hardwareAddress = reader.u48();
  reader.skip(2);
  const name = reader.text(nameLength);
  const config = reader.u32();
  const state = reader.u32();
  const rest = version === 4 ? { ethernet: features.decode(reader) } : portProperties.decode(reader, version);
  reader.leave(outer);
  return { port, hardwareAddress, name, config, state, ...rest };
}

const changes = enumeration('port change', ['add', 'delete', 'modify']);

/** `u8 reason, 7 zeros, port`. */
export const portStatus: MessageCodec<PortStatus> = {
  type: 'port-status',
  forms: [{ number: 12 }],
  encode(writer, message, { version }) {
    writer.u8(changes.number(message.reason));
    writer.pad(7);
    encodePort(writer, message.port, version);
  },
  decode(reader, { version }) {
    const reason = changes.strictName(reader.u8(), reader.offset - 1);
    reader.skip(7);
    return { type: 'port-status', reason, port: decodePort(reader, version) };
  },
  format: ({ reason, port }) => `${reason}: ${port.port}(${port.name})`,
};
