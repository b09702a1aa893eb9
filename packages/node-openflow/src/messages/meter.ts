import { formatMeter } from '../text/meter-text.ts';
import { bitSet, enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type { MeterBand, MeterDescription, MeterMod } from './group-meter-types.ts';

const commands = enumeration('meter-mod command', ['add', 'modify', 'delete']);
const meterFlags = bitSet('meter flag', { kilobits: 1, packets: 2, burst: 4, statistics: 8 });
const bandType = { drop: 1, dscpRemark: 2 } as const;
const bandLength = 16;

/** `u16 type, u16 length, u32 rate, u32 burst, u8 precedence level, 3 zeros`. */
function encodeBand(writer: Writer, band: MeterBand): void {
  if (band.type === 'unknown') {
    writer.raw(band.raw);
    return;
  }
  writer.u16(band.type === 'drop' ? bandType.drop : bandType.dscpRemark);
  writer.u16(bandLength);
  writer.u32(band.rate, 'rate');
  writer.u32(band.burst ?? 0, 'burst');
  writer.u8(band.type === 'dscp-remark' ? band.precedenceLevel : 0, 'precedenceLevel');
  writer.pad(3);
}

function decodeBand(reader: Reader): MeterBand {
  const start = reader.offset;
  const type = reader.u16();
  const length = reader.u16();
  if (length < bandLength)
    reader.fail('OPENFLOW_BAD_LENGTH', `a meter band has a length of ${length}`, start);
  const outer = reader.enter(length - 4);
  const rate = reader.u32();
  const burstSize = reader.u32();
  const burst = burstSize === 0 ? {} : { burst: burstSize };
  let band: MeterBand;
  if (type === bandType.drop) {
    band = { type: 'drop', rate, ...burst };
  } else if (type === bandType.dscpRemark) {
    band = { type: 'dscp-remark', rate, ...burst, precedenceLevel: reader.u8() };
  } else {
    reader.offset = start;
    band = { type: 'unknown', raw: reader.rest() };
  }
  reader.leave(outer);
  return band;
}

function decodeBands(reader: Reader): MeterBand[] {
  const bands: MeterBand[] = [];
  while (reader.remaining > 0) bands.push(decodeBand(reader));
  return bands;
}

/** `u16 command, u16 flags, u32 meter, bands`. */
export const meterMod: MessageCodec<MeterMod> = {
  type: 'meter-mod',
  forms: [{ number: 29 }],
  encode(writer, message) {
    writer.u16(commands.number(message.command));
    writer.u16(meterFlags.bits(message.flags));
    writer.u32(message.meter, 'meter');
    for (const band of message.bands) encodeBand(writer, band);
  },
  decode(reader) {
    const command = commands.strictName(reader.u16(), reader.offset - 2);
    const flags = meterFlags.names(reader.u16());
    const meter = reader.u32();
    return { type: 'meter-mod', command, flags, meter, bands: decodeBands(reader) };
  },
  format: (message) => `${message.command} ${formatMeter(message)}`,
};

/** `u16 length, u16 flags, u32 meter, bands`. */
export function encodeMeterDescription(writer: Writer, description: MeterDescription): void {
  const start = writer.length;
  writer.u16(0);
  writer.u16(meterFlags.bits(description.flags));
  writer.u32(description.meter, 'meter');
  for (const band of description.bands) encodeBand(writer, band);
  writer.patch16(start, writer.length - start, 'the meter');
}

/** Reads what `encodeMeterDescription` wrote. */
export function decodeMeterDescription(reader: Reader): MeterDescription {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 8) reader.fail('OPENFLOW_BAD_LENGTH', `a meter has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const flags = meterFlags.names(reader.u16());
  const meter = reader.u32();
  const bands = decodeBands(reader);
  reader.leave(outer);
  return { flags, meter, bands };
}
