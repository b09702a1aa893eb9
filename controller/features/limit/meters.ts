import type { Action, Message } from 'node-openflow';
import type { ResourceOf } from '../../resources/index.ts';

/**
 * Packets a second that one interface may send to the agent (DHCP, errors of the router, next hops). What comes
 * from no interface shares one such allowance.
 */
const packetsToAgent = 100;
/** AWS, "DNS quotas": 1,024 packets a second for each interface to all services at link-local addresses together. */
const packetsToServices = 1024;

/** A meter with what makes and removes it. */
export interface Meter {
  readonly action: Action;
  /** Makes the meter, whether there was another one of its number or not. */
  readonly create: readonly Message[];
  /** Removes it, with the flows that use it. */
  readonly remove: readonly Message[];
}

function meter(number: number, rate: number): Meter {
  const bands = [{ type: 'drop', rate, burst: rate }] as const;
  const remove: Message = { type: 'meter-mod', command: 'delete', flags: [], meter: number, bands: [] };
  return {
    action: { type: 'meter', meter: number },
    // One that is there already could not be added, and one that is not there could not be changed.
    create: [
      remove,
      { type: 'meter-mod', command: 'add', flags: ['packets', 'burst'], meter: number, bands },
    ],
    remove: [remove],
  };
}

/** For packets of a binding to the agent. Meters are numbered as conntrack zones are: at most 64,001 of 262,144. */
export const agentMeter = ({ spec }: ResourceOf<'binding'>) => meter(2 * spec.zoneSlot, packetsToAgent);
/** For packets of a binding to the services of its host. */
export const serviceMeter = ({ spec }: ResourceOf<'binding'>) =>
  meter(2 * spec.zoneSlot + 1, packetsToServices);
/** For packets to the agent that no interface of the host has sent. Slots begin with 1. */
export const othersMeter = meter(1, packetsToAgent);
/** Numbers that weft gives to meters. */
export const ourMeters = { first: 1, last: 0xffff } as const;
