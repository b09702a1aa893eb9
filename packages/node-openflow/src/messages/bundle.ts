import { bitSet, enumeration } from '../wire/enumeration.ts';
import type { BundleAdd, BundleControl } from './bundle-types.ts';
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
const bundleFlags = bitSet('bundle flag', { atomic: 1, ordered: 2 });

/** `u32 bundle, u16 command, u16 flags`, properties. In 1.3 a message of the ONF. */
export const bundleControl: MessageCodec<BundleControl> = {
  type: 'bundle-control',
  forms: [
    { number: 33, versions: [5, 6] },
    { number: 2300, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encode(writer, message) {
    writer.u32(message.bundle, 'bundle');
    writer.u16(commands.number(message.command));
    writer.u16(bundleFlags.bits(message.flags));
  },
  decode(reader) {
    const bundle = reader.u32();
    const command = commands.strictName(reader.u16(), reader.offset - 2);
    return { type: 'bundle-control', bundle, command, flags: bundleFlags.names(reader.u16()) };
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
    context.encodeMessage(writer, message.message);
  },
  decode(reader, context) {
    const bundle = reader.u32();
    reader.skip(2);
    const flags = bundleFlags.names(reader.u16());
    return { type: 'bundle-add', bundle, flags, message: context.decodeMessage(reader) };
  },
};
