import type { MeterBand, MeterMod } from '../messages/group-meter-types.ts';
import { meters as meterNumbers } from '../ports.ts';
import { refuse } from './errors.ts';

/** A drop band. Its bucket is full at first, as in the userspace datapath. */
interface Band {
  readonly rate: number;
  readonly size: number;
  bucket: number;
  dropped: number;
}

interface Meter {
  readonly bands: readonly Band[];
  readonly inPackets: boolean;
  packets: number;
}

/** What a meter has counted. */
export interface MeterCounters {
  readonly packets: number;
  /** Packets that each band dropped. */
  readonly dropped: readonly number[];
}

function bandOf(band: MeterBand): Band {
  if (band.type !== 'drop') {
    return refuse('OFPMMFC_BAD_BAND', `a band of type ${band.type}; Open vSwitch drops or does nothing`);
  }
  const size = band.burst || band.rate;
  return { rate: band.rate, size, bucket: size, dropped: 0 };
}

/** The meters of a switch. Buckets fill when the simulator's clock advances, and at no other time. */
export class Meters {
  readonly #meters = new Map<number, Meter>();

  has(meter: number): boolean {
    return this.#meters.has(meter);
  }

  counters(meter: number): MeterCounters | undefined {
    const known = this.#meters.get(meter);
    return known && { packets: known.packets, dropped: known.bands.map(({ dropped }) => dropped) };
  }

  apply(message: MeterMod): void {
    const { meter, command } = message;
    if (command === 'delete') {
      if (meter === meterNumbers.all) this.#meters.clear();
      else this.#meters.delete(meter);
      return;
    }
    if (meter === 0 || meter > meterNumbers.maximum)
      refuse('OFPMMFC_INVALID_METER', `there is no meter ${meter}`);
    if (command === 'add' && this.has(meter)) refuse('OFPMMFC_METER_EXISTS', `meter ${meter} exists`);
    if (command === 'modify' && !this.has(meter)) {
      refuse('OFPMMFC_UNKNOWN_METER', `meter ${meter} does not exist`);
    }
    const inPackets = message.flags.includes('packets');
    this.#meters.set(meter, { bands: message.bands.map(bandOf), inPackets, packets: 0 });
  }

  /** Counts a packet of `length` bytes. Returns whether it may go on. */
  pass(meter: number, length: number): boolean {
    const known = this.#meters.get(meter);
    if (!known) return true;
    known.packets++;
    // A bucket holds packets or kilobits.
    const volume = known.inPackets ? 1 : (length * 8) / 1000;
    let strongest: Band | undefined;
    for (const band of known.bands) {
      if (band.bucket >= volume) band.bucket -= volume;
      else if (!strongest || band.rate > strongest.rate) strongest = band;
    }
    if (strongest) strongest.dropped++;
    return strongest === undefined;
  }

  advance(seconds: number): void {
    for (const { bands } of this.#meters.values()) {
      for (const band of bands) band.bucket = Math.min(band.size, band.bucket + band.rate * seconds);
    }
  }
}
