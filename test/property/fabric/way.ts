import type { SimulatedPacket } from 'node-openflow/testing';
import type { Effect, Walk } from './observation.ts';

/** A packet on its way into a switch. `retried`: the agent has found the next hop for it. */
export interface Arrival {
  readonly hostId: string;
  readonly port: number;
  readonly packet: SimulatedPacket;
  readonly retried?: boolean;
  /** It came over the segment outside, where every host sees it and most are not concerned. */
  readonly shared?: boolean;
}

/** What happens to one packet, while it happens. */
export class Way {
  readonly effects: Effect[] = [];
  readonly ends: { hostId: string; stage: string }[] = [];
  readonly walks: Walk[] = [];
  readonly pending: Arrival[] = [];
  /** Port and host where the packet came in. */
  readonly origin: Arrival | undefined;
  crossed = 0;

  constructor(origin: Arrival | undefined) {
    this.origin = origin;
    if (origin) this.pending.push(origin);
  }
}
