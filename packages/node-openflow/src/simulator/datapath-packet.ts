import type { Connection } from './connection.ts';
import type { WirePacket } from './packet-slots.ts';
import type { Slots } from './slots.ts';
import type { SimulatedPacket } from './types.ts';

/** What the connection tracker found out about a packet, so that a second visit of the zone need not look again. */
export interface CachedConnection {
  readonly connection: Connection;
  readonly reply: boolean;
  readonly related: boolean;
}

/** A packet in the datapath, which operations change. */
export class DatapathPacket implements WirePacket {
  readonly slots: Slots;
  readonly echoId: number | undefined;
  readonly payload: Uint8Array | undefined;
  readonly untaggedLength: number;
  inner: SimulatedPacket | undefined;
  cached: CachedConnection | undefined;

  constructor(wire: WirePacket, cached?: CachedConnection) {
    this.slots = new Map(wire.slots);
    this.echoId = wire.echoId;
    this.payload = wire.payload;
    this.untaggedLength = wire.untaggedLength;
    this.inner = wire.inner;
    this.cached = cached;
  }

  copy(): DatapathPacket {
    return new DatapathPacket(this, this.cached);
  }
}
