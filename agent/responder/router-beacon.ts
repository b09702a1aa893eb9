import type { Message } from 'node-openflow';

import { etherTypes, formatEthernet } from './ethernet.ts';
import { formatIpv6, nextHeaders } from './ipv6.ts';

/** A port with a machine behind it. */
export interface BeaconPort {
  readonly ofport: number;
  readonly mac: bigint;
}

/** All ports have their turn once in `slices` ticks: ten minutes, as RFC 4861, section 6.2.1, has it. */
export const slices = 60;
const tickMs = 10_000;
const allRouters = (0xff02n << 112n) | 2n;
const allRoutersMac = 0x3333_0000_0002n;

/** A router solicitation of a machine that has no address yet (RFC 4861, section 4.1). */
function solicitation(mac: bigint): Buffer {
  return formatEthernet({
    destination: allRoutersMac,
    source: mac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: 0n,
      destination: allRouters,
      nextHeader: nextHeaders.icmpv6,
      hopLimit: 255,
      payload: Buffer.from('8500000000000000', 'hex'),
    }),
  });
}

/**
 * Routers advertise themselves now and then, for what they said expires and machines do not ask twice. What they say
 * is in the flows alone: so the agent puts a solicitation into the pipeline, as if the machine had sent it, and answers what
 * comes of that. Ports without IPv6 have no such flow, and hear nothing.
 */
export class RouterBeacon {
  #ports: () => Iterable<BeaconPort>;
  #send: (message: Message) => void;
  #timer: NodeJS.Timeout | undefined;
  #tick = 0;

  constructor(ports: () => Iterable<BeaconPort>, send: (message: Message) => void) {
    this.#ports = ports;
    this.#send = send;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), tickMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes the ports whose turn it is, so that not all of them come at once. */
  tick(): void {
    const slice = this.#tick++ % slices;
    for (const { ofport, mac } of this.#ports()) {
      if (ofport % slices !== slice) continue;
      this.#send({
        type: 'packet-out',
        inPort: ofport,
        actions: [{ type: 'resubmit', table: 0 }],
        data: solicitation(mac),
      });
    }
  }
}
