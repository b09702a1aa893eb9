import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIP } from 'node:net';
import { AgentError } from '../errors.ts';

const answerTimeoutMs = 2000;
/** Questions under way at a time; more are answered with a failure at once. */
const mostPending = 256;
const longestMessage = 65_535;
const headerLength = 12;
const dnsPort = 53;

interface Server {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.53` or `192.0.2.53:5300`. @throws AgentError `wrong-dns-server` */
export function parseServer(text: string): Server {
  if (isIP(text) !== 0) return { address: text, port: dnsPort };
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const number = Number(port);
  if (isIP(address) !== 0 && number >= 1 && number <= 65_535) return { address, port: number };
  throw new AgentError('wrong-dns-server', `${JSON.stringify(text)} is not the address of a DNS server`, {
    value: text,
    fix: 'Give it as --dns-server ADDRESS or ADDRESS:PORT.',
  });
}

/** Asks the DNS servers of the host's own network for names that are of no VPC: one after the other, bounded in number and time. */
export class Upstream {
  readonly #servers: readonly Server[];
  #pending = 0;

  /** @param servers default: those that the host itself asks */
  constructor(servers: readonly string[] = getServers()) {
    this.#servers = servers.map(parseServer);
  }

  /** The answer as it came, with the id of the question; undefined when nobody answered in time. */
  async ask(question: Buffer, tcp: boolean): Promise<Buffer | undefined> {
    if (this.#pending >= mostPending || question.length < headerLength) return undefined;
    this.#pending++;
    try {
      for (const server of this.#servers) {
        const answer = await (tcp ? askTcp : askUdp)(server, question);
        if (answer) return answer;
      }
      return undefined;
    } finally {
      this.#pending--;
    }
  }
}

/** An id of our own, and a port of our own for each question, so that nobody else can guess an answer (RFC 5452). */
function disguise(question: Buffer): { sent: Buffer; restore: (answer: Buffer) => Buffer | undefined } {
  const id = randomInt(0x10000);
  const sent = Buffer.from(question);
  sent.writeUInt16BE(id, 0);
  const restore = (answer: Buffer) => {
    const fits =
      answer.length >= headerLength && answer.readUInt16BE(0) === id && (answer.readUInt8(2) & 0x80) !== 0;
    if (!fits) return undefined;
    const restored = Buffer.from(answer);
    restored.writeUInt16BE(question.readUInt16BE(0), 0);
    return restored;
  };
  return { sent, restore };
}

function askUdp({ address, port }: Server, question: Buffer): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  const { sent, restore } = disguise(question);
  const timer = setTimeout(() => resolve(undefined), answerTimeoutMs);
  socket.on('error', () => resolve(undefined));
  socket.on('message', (message) => {
    const answer = restore(message);
    if (answer) resolve(answer);
  });
  // Connected: the kernel takes answers from this server alone.
  socket.connect(port, address, (failure?: Error) => {
    if (failure) resolve(undefined);
    else socket.send(sent);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

function askTcp({ address, port }: Server, question: Buffer): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const { sent, restore } = disguise(question);
  const socket = connect({ host: address, port });
  const timer = setTimeout(() => resolve(undefined), answerTimeoutMs);
  let received = Buffer.alloc(0);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sent.length);
  socket.on('connect', () => socket.write(Buffer.concat([length, sent])));
  socket.on('error', () => resolve(undefined));
  socket.on('close', () => resolve(undefined));
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    const wanted = received.length >= 2 ? 2 + received.readUInt16BE(0) : longestMessage;
    if (received.length >= wanted) resolve(restore(received.subarray(2, wanted)));
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}
