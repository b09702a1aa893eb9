import { hexadecimal, parseBigInteger } from '../text/syntax.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import type { SetTunnelAction, WriteMetadataAction } from './types.ts';

const experimenter = niciraExperimenter;
const allOnes = 0xffff_ffff_ffff_ffffn;

/**
 * Nicira 2: `2 zeros, u32 tunnel id`; Nicira 9 (wide): `6 zeros, u64 tunnel id`. Texts that say `set_tunnel` become
 * set-field, as ovs-ofctl sends it since OpenFlow 1.2.
 */
export const setTunnel: ActionCodec<SetTunnelAction> = {
  type: 'set-tunnel',
  words: ['set_tunnel', 'set_tunnel64'],
  forms: [
    {
      number: 2,
      experimenter,
      decode(reader) {
        reader.skip(2);
        return { type: 'set-tunnel', tunnel: BigInt(reader.u32()) };
      },
    },
    {
      number: 9,
      experimenter,
      decode(reader) {
        reader.skip(6);
        return { type: 'set-tunnel', tunnel: reader.u64(), wide: true };
      },
    },
  ],
  encode(writer, { tunnel, wide = tunnel > 0xffffffffn }) {
    const start = startExperimenterAction(writer, wide ? 9 : 2);
    writer.pad(wide ? 6 : 2);
    if (wide) writer.u64(tunnel, 'tunnel id');
    else writer.u32(Number(tunnel), 'tunnel id');
    finishAction(writer, start);
  },
  parse: (argument) => ({
    type: 'set-field',
    field: 'tunnel_id',
    value: parseBigInteger(argument, 64, 'set_tunnel'),
  }),
  format: ({ tunnel, wide = tunnel > 0xffffffffn }) => `set_tunnel${wide ? '64' : ''}:${hexadecimal(tunnel)}`,
};

/** Nicira 22: `6 zeros, u64 metadata, u64 mask`. Texts that say `write_metadata` become the instruction. */
export const writeMetadata: ActionCodec<WriteMetadataAction> = {
  type: 'write-metadata',
  words: [],
  forms: [
    {
      number: 22,
      experimenter,
      decode(reader) {
        reader.skip(6);
        return { type: 'write-metadata', metadata: reader.u64(), mask: reader.u64() };
      },
    },
  ],
  encode(writer, { metadata, mask = allOnes }) {
    const start = startExperimenterAction(writer, 22);
    writer.pad(6);
    writer.u64(metadata, 'metadata');
    writer.u64(mask, 'mask');
    finishAction(writer, start);
  },
  parse: (argument) => ({
    type: 'write-metadata',
    metadata: parseBigInteger(argument, 64, 'write_metadata'),
    mask: allOnes,
  }),
  format: ({ metadata, mask = allOnes }) =>
    `write_metadata:${hexadecimal(metadata)}${mask === allOnes ? '' : `/${hexadecimal(mask)}`}`,
};
