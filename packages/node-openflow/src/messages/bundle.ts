import { bitSet, enumeration } from '../wire/enumeration.ts';
import { layout } from '../wire/layout.ts';
import { behindZeros, property, propertyTable } from '../wire/property-table.ts';
import type { BundleAdd, BundleControl, BundleTime } from './bundle-types.ts';
import { type MessageCodec, onfExperimenter } from './codec.ts';

const commands = enumeration('bundle command', [
  'open-request',
  'open-reply',
  'close-request',
  'close-reply',
  'commit-request',
  'commit-reply',
  'discard-request',
  'discard-reply',
]);
const bundleFlags = bitSet('bundle flag', { atomic: 1, ordered: 2, time: 4 });

/** 16 bytes: `u64 seconds, u32 nanoseconds, 4 zeros`. */
export const time = layout<BundleTime>(['u64', 'seconds'], ['u32', 'nanoseconds'], ['pad', 4]);

/** 1 (1.5): `4 zeros, time`. */
export const bundleProperties = propertyTable<Pick<BundleControl, 'time'>>('ofp_bundle_ctrl_msg', [
  property<BundleControl>()(1, 'time', behindZeros(time), { versions: [6, 6] }),
]);

/** `u32 bundle, u16 command, u16 flags`, properties. In 1.3 a message of the ONF. */
export const bundleControl: MessageCodec<BundleControl> = {
  type: 'bundle-control',
  forms: [
    { number: 33, versions: [5, 6] },
    { number: 2300, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encode(writer, message, { version }) {
    writer.u32(message.bundle, 'bundle');
    writer.u16(commands.number(message.command));
    writer.u16(bundleFlags.bits(message.flags));
    bundleProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const bundle = reader.u32();
    const command = commands.strictName(reader.u16(), reader.offset - 2);
    const flags = bundleFlags.names(reader.u16());
    return { type: 'bundle-control', bundle, command, flags, ...bundleProperties.decode(reader, version) };
  },
};

/** `u32 bundle, 2 zeros, u16 flags`, the message, properties. */
export const bundleAdd: MessageCodec<BundleAdd> = {
  type: 'bundle-add',
  forms: [
    { number: 34, versions: [5, 6] },
    { number: 2301, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encode(writer, message, context) {
    writer.u32(message.bundle, 'bundle');
    writer.pad(2);
    writer.u16(bundleFlags.bits(message.flags));
    const start = writer.length;
    context.encodeMessage(writer, message.message);
    if (!message.time && !message.unknown) return;
    // Properties begin at a multiple of eight bytes behind the message.
    writer.align8(start);
    bundleProperties.encode(writer, message, context.version);
  },
  decode(reader, context) {
    const bundle = reader.u32();
    reader.skip(2);
    const flags = bundleFlags.names(reader.u16());
    const start = reader.offset;
    const message = context.decodeMessage(reader);
    // OpenFlow 1.5.1, section 7.3.9.6; Open vSwitch refuses such messages as well.
    if (message.xid !== context.xid || message.version !== context.version) {
      reader.fail('OPENFLOW_BAD_VALUE', 'the message in a bundle-add has another xid or version', start);
    }
    reader.align8(start);
    return {
      type: 'bundle-add',
      bundle,
      flags,
      message,
      ...bundleProperties.decode(reader, context.version),
    };
  },
};
