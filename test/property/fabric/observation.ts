import type { SimulatedPacket, SimulationResult } from 'node-openflow/testing';
import type { AdvertisedRouter, Frame, Lease, LeaseV6 } from '../../../controller/reference/index.ts';

/** One thing that the switches did with a packet, in the words of the reference model. */
export type Effect =
  | { readonly type: 'delivered'; readonly interfaceId: string; readonly frame: Frame }
  | {
      readonly type: 'sent-outside';
      readonly externalNetworkId: string;
      readonly nextHop: string;
      readonly frame: Omit<Frame, 'destination'>;
    }
  | {
      readonly type: 'announced';
      readonly interfaceId: string;
      readonly address: string;
      readonly macAddress: string;
    }
  | { readonly type: 'answered'; readonly frame: Frame }
  | { readonly type: 'offered'; readonly lease: Lease | LeaseV6 }
  | { readonly type: 'advertised'; readonly router: AdvertisedRouter };

/** Everything that the switches did with a packet. */
export interface Observation {
  readonly effects: readonly Effect[];
  /** Host and stage at which a copy of the packet ended without effect. */
  readonly ends: readonly { readonly hostId: string; readonly stage: string }[];
  /** Every walk through the tables of a host's switch, in order. */
  readonly walks: readonly Walk[];
}

/** One walk of a packet through the tables of a switch. */
export interface Walk {
  readonly hostId: string;
  readonly inPort: number;
  /** The packet as it came in. */
  readonly packet: SimulatedPacket;
  readonly result: SimulationResult;
}
