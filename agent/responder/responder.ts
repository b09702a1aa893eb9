import { type Message, type PacketIn2, ports } from 'node-openflow';
import type { Logger } from 'pino';
import { AgentError, reasonOf } from '../errors.ts';
import { asBuffer, malformed } from './bytes.ts';
import { answerDhcp, type DhcpOutcome } from './dhcp/answer.ts';
import { answerDhcpV6, type DhcpV6Outcome } from './dhcpv6/answer.ts';
import { untagged, withTag } from './ethernet.ts';
import { type IcmpErrorKind, icmpError } from './icmp-error.ts';
import { advertiseRouter } from './neighbour-discovery.ts';
import { PipelineFields } from './pipeline-fields.ts';
import { RateLimitedLog } from './rate-limited-log.ts';
import { NeighbourResolver } from './resolver.ts';

/** An interface has announced a shared address. */
export interface Announcement {
  readonly networkInterfaceId: string;
  readonly address: string;
  readonly macAddress: string;
}

/** First byte of `userdata`: what a flow wants of the agent. */
export const opcodes = {
  dhcpV4: 1,
  resolveNeighbour: 2,
  neighbourSeen: 3,
  timeExceeded: 4,
  packetTooLarge: 5,
  addressAnnounced: 6,
  interfaceAwake: 7,
  routerAdvertisement: 16,
  dhcpV6: 17,
} as const;

export interface ResponderCounters {
  packets: number;
  dhcpAnswers: number;
  dhcpSilent: number;
  /** Answers to router solicitations. */
  routerAdvertisements: number;
  /** Packets whose sender was told that they go no further, and those about which nothing may be said. */
  icmpErrors: number;
  icmpSilent: number;
  /** Shared addresses that interfaces have announced. */
  announcements: number;
  /** Packets out of ports in standby. */
  awakenings: number;
  malformed: number;
  unknownOpcodes: number;
}

/**
 * Answers the packets that flows send to the agent. A flow carries in its `userdata` all that the answer needs, so
 * nothing is asked of the controller and nothing is lost when the agent restarts.
 */
export class Responder {
  readonly counters: ResponderCounters = {
    packets: 0,
    dhcpAnswers: 0,
    dhcpSilent: 0,
    routerAdvertisements: 0,
    icmpErrors: 0,
    icmpSilent: 0,
    announcements: 0,
    awakenings: 0,
    malformed: 0,
    unknownOpcodes: 0,
  };
  readonly resolver: NeighbourResolver;
  #logger: Logger;
  #log: RateLimitedLog;
  #send: (message: Message) => void;
  #onAnnounced: (announcement: Announcement) => void;
  #onAwake: (networkInterfaceId: string) => void;

  /**
   * @param onAnnounced told of shared addresses that interfaces of this host announce
   * @param onAwake told of interfaces in standby that have sent something
   */
  constructor(
    send: (message: Message) => void,
    logger: Logger,
    onAnnounced: (announcement: Announcement) => void = () => undefined,
    onAwake: (networkInterfaceId: string) => void = () => undefined,
  ) {
    this.#send = send;
    this.#onAnnounced = onAnnounced;
    this.#onAwake = onAwake;
    this.#logger = logger;
    this.#log = new RateLimitedLog(logger);
    this.resolver = new NeighbourResolver(send);
  }

  /** Answers one packet. Nothing in it can make this throw: what cannot be answered is counted and logged. */
  handle(message: PacketIn2): void {
    this.counters.packets++;
    try {
      this.#dispatch(message);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.counters.malformed++;
      this.#log.warn(error.code, { reason: reasonOf(error) }, 'a packet from the switch cannot be answered');
    }
  }

  #dispatch(message: PacketIn2): void {
    const userdata = asBuffer(message.userdata ?? new Uint8Array());
    const payload = userdata.subarray(1);
    switch (userdata.at(0)) {
      case opcodes.dhcpV4:
        this.#dhcp(message, answerDhcp(packetOf(message), payload));
        break;
      case opcodes.dhcpV6:
        this.#dhcp(message, answerDhcpV6(packetOf(message), payload));
        break;
      case opcodes.routerAdvertisement:
        this.#advertise(message, payload);
        break;
      case opcodes.resolveNeighbour:
        this.resolver.resolve(message, payload);
        break;
      case opcodes.neighbourSeen:
        this.resolver.seen(message);
        break;
      case opcodes.timeExceeded:
        this.#icmpError(message, payload, 'time-exceeded');
        break;
      case opcodes.packetTooLarge:
        this.#icmpError(message, payload, 'packet-too-large');
        break;
      case opcodes.addressAnnounced:
        this.#announced(payload);
        break;
      case opcodes.interfaceAwake:
        this.counters.awakenings++;
        this.#onAwake(payload.toString());
        break;
      default:
        this.#unknown(message, userdata.at(0));
    }
  }

  #unknown({ cookie }: PacketIn2, opcode: number | undefined): void {
    this.counters.unknownOpcodes++;
    this.#log.warn(
      'unknown-opcode',
      { opcode, cookie: cookie?.toString(16) },
      'a flow asks for something that this agent does not know; is the agent older than the controller?',
    );
  }

  /** Payload: id of the interface, address and MAC, as text. */
  #announced(payload: Buffer): void {
    const [networkInterfaceId = '', address = '', macAddress = ''] = payload.toString().split(' ');
    this.counters.announcements++;
    this.#onAnnounced({ networkInterfaceId, address, macAddress });
  }

  #dhcp(message: PacketIn2, outcome: DhcpOutcome | DhcpV6Outcome): void {
    const { inPort } = new PipelineFields(message.metadata ?? []);
    if (outcome.type === 'silence') {
      this.counters.dhcpSilent++;
      this.#logger.debug({ inPort, reason: outcome.reason }, 'DHCP message without an answer');
      return;
    }
    this.counters.dhcpAnswers++;
    this.#sendBack(inPort, outcome.frame);
  }

  #advertise(message: PacketIn2, payload: Buffer): void {
    const { inPort } = new PipelineFields(message.metadata ?? []);
    this.#sendBack(inPort, advertiseRouter(packetOf(message), payload));
    this.counters.routerAdvertisements++;
  }

  #icmpError(message: PacketIn2, payload: Buffer, kind: IcmpErrorKind): void {
    const { inPort } = new PipelineFields(message.metadata ?? []);
    const { frame, tag } = untagged(packetOf(message));
    const answer = icmpError(frame, payload, kind);
    if (!answer) {
      this.counters.icmpSilent++;
      return;
    }
    this.counters.icmpErrors++;
    this.#sendBack(inPort, withTag(answer, tag));
  }

  /** Out of the port where the question came in. */
  #sendBack(port: number, data: Buffer): void {
    const actions = [{ type: 'output', port }] as const;
    this.#send({ type: 'packet-out', inPort: ports.controller, actions, data });
  }
}

function packetOf({ packet }: PacketIn2): Buffer {
  if (packet === undefined) throw malformed('a packet-in without its packet');
  return asBuffer(packet);
}
