import { type Match, type Message, type PacketIn2, ports } from 'node-openflow';
import { formatArpRequest, parseArp } from './arp.ts';
import { asBuffer, malformed, slice } from './bytes.ts';
import { etherTypes, parseEthernet, payloadOf, untagged, withTag } from './ethernet.ts';
import { parseIpv6 } from './ipv6.ts';
import { advertisedNeighbour, formatNeighbourSolicitation } from './neighbour-discovery.ts';
import { type NeighbourQuestion, NeighbourTable } from './neighbours.ts';
import { PipelineFields } from './pipeline-fields.ts';

/** Registers that a packet carries into the question: the pipeline's next hop and output port. */
const nextHopRegister = 15;
/** The first of the four registers that hold it in IPv6. */
const nextHop6Register = 12;
const outputPortRegister = 6;

interface HeldPacket {
  readonly inPort: number;
  readonly pipeline: Match;
  readonly table: number;
  readonly packet: Uint8Array;
}

export interface ResolverCounters {
  asked: number;
  released: number;
  droppedUnanswered: number;
  droppedFull: number;
}

/** Finds the MACs of next hops outside: asks by ARP or neighbour discovery, holds the packets, and sends them on when the answer has come. */
export class NeighbourResolver {
  readonly counters: ResolverCounters = { asked: 0, released: 0, droppedUnanswered: 0, droppedFull: 0 };
  #send: (message: Message) => void;
  #timer: NodeJS.Timeout | undefined;
  #table = new NeighbourTable<HeldPacket>({
    ask: (question) => {
      this.counters.asked++;
      const { port } = question;
      const data = withTag(formatQuestion(question), question.tag);
      this.#send({ type: 'packet-out', inPort: ports.controller, actions: [{ type: 'output', port }], data });
    },
    release: (held) => {
      this.counters.released++;
      this.#send({
        type: 'packet-out',
        inPort: held.inPort,
        match: held.pipeline,
        actions: [{ type: 'resubmit', table: held.table }],
        data: held.packet,
      });
    },
    drop: (_held, reason) => {
      if (reason === 'full') this.counters.droppedFull++;
      else this.counters.droppedUnanswered++;
    },
  });

  constructor(send: (message: Message) => void) {
    this.#send = send;
  }

  /**
   * A packet whose next hop is unknown. Payload: the table that it goes on in.
   * @throws AgentError `malformed-packet`
   */
  resolve(message: PacketIn2, payload: Buffer): void {
    const packet = asBuffer(message.packet ?? malformedPacketIn('packet'));
    const { frame, tag } = untagged(packet);
    const pipeline = new PipelineFields(message.metadata ?? []);
    const ethernet = parseEthernet(frame);
    const six = ethernet.etherType === etherTypes.ipv6;
    const question: NeighbourQuestion = {
      port: pipeline.register(outputPortRegister),
      address: six ? pipeline.fourRegisters(nextHop6Register) : pipeline.register(nextHopRegister),
      sourceMac: ethernet.source,
      sourceAddress: six
        ? parseIpv6(frame).source
        : slice(payloadOf(ethernet, etherTypes.ipv4), 0, 20).readUInt32BE(12),
      tag,
    };
    const held: HeldPacket = {
      inPort: pipeline.inPort,
      pipeline: pipeline.carried,
      table: slice(payload, 0, 1).readUInt8(0),
      packet,
    };
    this.#table.hold(question, held, performance.now());
    this.#schedule();
  }

  /** An ARP packet or a neighbour advertisement from outside. @throws AgentError `malformed-packet` */
  seen(message: PacketIn2): void {
    const packet = asBuffer(message.packet ?? malformedPacketIn('packet'));
    const six = parseEthernet(packet).etherType === etherTypes.ipv6;
    const address = six ? advertisedNeighbour(packet) : parseArp(packet).senderAddress;
    const { inPort } = new PipelineFields(message.metadata ?? []);
    this.#table.answered(inPort, address, performance.now());
    this.#schedule();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#table.clear();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const next = this.#table.nextTick();
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#table.tick(performance.now());
        this.#schedule();
      },
      Math.max(1, next - performance.now()),
    );
  }
}

function formatQuestion({ address, sourceMac, sourceAddress }: NeighbourQuestion): Buffer {
  const source = sourceMac;
  if (typeof address === 'bigint') {
    return formatNeighbourSolicitation({ source, sender: BigInt(sourceAddress), target: address });
  }
  return formatArpRequest({ source, sender: Number(sourceAddress), target: address });
}

function malformedPacketIn(property: string): never {
  throw malformed(`the packet-in has no ${property}`);
}
