import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIP, type Socket as TcpSocket } from 'node:net';
import dnsPacket, { type DecodedPacket, type OptAnswer, TRUNCATED_RESPONSE } from 'dns-packet';
import { answerFlags, answerForVpc, responseCodes } from './names.ts';
import type { Records } from './records.ts';

const port = 53;
/** RFC 1035, section 4.2.1; more where the client says so (RFC 6891). */
const smallestUdp = 512;
const largestUdp = 1232;
const idleMs = 5000;
const mostConnections = 512;
/** Bytes that one connection may have waiting for their message to be complete. */
const mostReceived = 2 + 65_535;

/** Sends a question to somebody outside. Undefined: nobody answered. */
export type Forward = (message: Buffer, tcp: boolean) => Promise<Buffer | undefined>;

/** DNS for instances, by UDP and TCP, at each of the addresses. */
export class DnsServer {
  readonly #records: Records;
  readonly #forward: Forward;

  constructor(records: Records, forward: Forward) {
    this.#records = records;
    this.#forward = forward;
  }

  async listen(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const udp = createSocket({ type: isIP(address) === 6 ? 'udp6' : 'udp4' });
      udp.on('message', (message, from) => void this.#onDatagram(udp, message, from));
      udp.bind(port, address);
      await once(udp, 'listening');
      const tcp = createServer((socket) => this.#onConnection(socket));
      tcp.maxConnections = mostConnections;
      tcp.listen(port, address);
      await once(tcp, 'listening');
    }
  }

  async #onDatagram(socket: Socket, message: Buffer, { address, port: to }: RemoteInfo): Promise<void> {
    const answer = await this.#answer(message, address, false);
    if (answer) socket.send(answer, to, address);
  }

  #onConnection(socket: TcpSocket): void {
    const address = socket.remoteAddress ?? '';
    let received = Buffer.alloc(0);
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', async (data) => {
      received = Buffer.concat([received, data]);
      if (received.length > mostReceived) socket.destroy();
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        received = received.subarray(end);
        const answer = await this.#answer(message, address, true);
        if (!answer || socket.destroyed) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  }

  /** Undefined for what is no question: an answer to it could only be misused. */
  async #answer(message: Buffer, from: string, tcp: boolean): Promise<Buffer | undefined> {
    const query = decode(message);
    if (query?.type !== 'query') return undefined;
    const [question, ...more] = query.questions ?? [];
    if (opcodeOf(message) !== standardQuery) return failure(message, responseCodes.notImplemented);
    if (!question || more.length > 0) return failure(message, responseCodes.formatError);
    const record = await this.#records.of(from);
    if (!record) return failure(message, responseCodes.serverFailure);
    if (!record.dns.enabled) return failure(message, responseCodes.refused);
    const own = await answerForVpc(record, question, this.#records);
    if (own) return encode(query, own.code, own.answers, tcp);
    const answer = await this.#forward(message, tcp);
    return answer ?? failure(message, responseCodes.serverFailure);
  }
}

function decode(message: Buffer): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(message);
  } catch {
    // Not DNS at all: whoever sends that gets nothing.
    return undefined;
  }
}

/** RFC 1035, section 4.1.1. */
const standardQuery = 0;
const opcodeOf = (message: Buffer) => (message.readUInt8(2) >> 3) & 15;

/** The question itself with a code: what could not be read cannot be written anew. */
function failure(message: Buffer, code: number): Buffer {
  const answer = Buffer.from(message);
  answer.writeUInt8((answer.readUInt8(2) & 0x79) | 0x80, 2);
  answer.writeUInt8(0x80 | code, 3);
  return answer;
}

function encode(
  query: DecodedPacket,
  code: number,
  answers: readonly dnsPacket.Answer[],
  tcp: boolean,
): Buffer {
  const extension = query.additionals?.find(({ type }) => type === 'OPT') as OptAnswer | undefined;
  const reply = (list: readonly dnsPacket.Answer[], flags: number) =>
    dnsPacket.encode({
      type: 'response',
      id: query.id ?? 0,
      flags: answerFlags | ((query.flags ?? 0) & 0x0100) | flags | code,
      questions: query.questions ?? [],
      answers: [...list],
      ...(extension ? { additionals: [optRecord] } : {}),
    });
  const whole = reply(answers, 0);
  const room = Math.min(Math.max(extension?.udpPayloadSize ?? smallestUdp, smallestUdp), largestUdp);
  return tcp || whole.length <= room ? whole : reply([], TRUNCATED_RESPONSE);
}

const optRecord: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: largestUdp,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
