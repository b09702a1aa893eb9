import { number, property, propertyTable, structure } from '../wire/property-table.ts';
import type { MessageCodec } from './codec.ts';
import { opticalConfiguration } from './port-optical.ts';
import type { PortMod } from './port-types.ts';

const row = property<PortMod>();

/** Since 1.4: 0 `u32 advertise`, 1 optical. */
export const portModProperties = propertyTable<Pick<PortMod, 'advertise' | 'optical'>>('ofp_port_mod', [
  row(0, 'advertise', number('u32')),
  row(1, 'optical', structure(opticalConfiguration)),
]);

/**
 * `u32 port, 4 zeros, 6 bytes address, 2 zeros, u32 config, u32 mask`; then in 1.3 `u32 advertise, 4 zeros`, since 1.4
 * properties.
 */
export const portMod: MessageCodec<PortMod> = {
  type: 'port-mod',
  forms: [{ number: 16 }],
  encode(writer, message, { version }) {
    writer.u32(message.port, 'port');
    writer.pad(4);
    writer.u48(message.hardwareAddress, 'hardwareAddress');
    writer.pad(2);
    writer.u32(message.config, 'config');
    writer.u32(message.mask, 'mask');
    if (version === 4) {
      writer.u32(message.advertise ?? 0, 'advertise');
      writer.pad(4);
    } else portModProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const port = reader.u32();
    reader.skip(4);
    const hardwareAddress = reader.u48();
    reader.skip(2);
    const config = reader.u32();
    const head = { type: 'port-mod', port, hardwareAddress, config, mask: reader.u32() } as const;
    if (version !== 4) return { ...head, ...portModProperties.decode(reader, version) };
    const advertise = reader.u32();
    return advertise === 0 ? head : { ...head, advertise };
  },
};
