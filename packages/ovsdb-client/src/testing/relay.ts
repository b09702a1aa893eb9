/** A relay in front of a real server that records what the server says and can be shut like a door. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { JsonStreamSplitter } from '../jsonrpc/splitter.ts';

class Relay {
  /** Every message of the server, in the order in which they came. */
  readonly messages: object[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #open = true;

  /** Use `startRelay`. */
  constructor(socketPath: string) {
    this.#server = createServer((client) => this.#join(client, socketPath));
  }

  /** The endpoint that clients connect to. */
  get endpoint(): string {
    const address = this.#server.address();
    return `tcp:127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Breaks all connections and, until `open`, every new one. */
  shut(): void {
    this.#open = false;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  open(): void {
    this.#open = true;
  }

  async close(): Promise<void> {
    this.shut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, socketPath: string): void {
    if (!this.#open) {
      client.destroy();
      return;
    }
    const server = connect(socketPath);
    const splitter = new JsonStreamSplitter({ maxMessageBytes: 1 << 26, maxDepth: 100 });
    server.on('data', (chunk: Buffer) => this.messages.push(...splitter.push(chunk)));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      // Either side may go at any time; then the other goes, too.
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

/** Starts a relay on the loopback interface to the server that listens at `socketPath`. */
export async function startRelay(socketPath: string): Promise<Relay> {
  const relay = new Relay(socketPath);
  await relay.listen();
  return relay;
}
