import type { ServerResponse } from 'node:http';

export interface EventStreamOptions {
  /** Bytes that may wait for a client; a client that lets more pile up is dropped. */
  readonly backlogBytes: number;
  readonly keepAliveMs: number;
}

/** After the last event a client gets so long to take what waits for it. */
const lingerMs = 5_000;

/** One client of server-sent events (WHATWG HTML, section 9.2). Bounded: a slow client is dropped, never waited for. */
export class EventStream {
  #response: ServerResponse;
  #options: EventStreamOptions;
  #timer: NodeJS.Timeout;
  #position: number;
  #onEnd: () => void;
  ended = false;

  /** @param position revision that the client has seen; sent at once, so that it can come back from there */
  constructor(response: ServerResponse, position: number, options: EventStreamOptions, onEnd: () => void) {
    this.#response = response;
    this.#options = options;
    this.#position = position;
    this.#onEnd = onEnd;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // The end of the stream is the end of the connection, which then need not wait for another request.
      connection: 'close',
      // Proxies that buffer answers would hold events back.
      'x-accel-buffering': 'no',
    });
    response.on('close', () => this.#finish());
    response.on('error', () => this.#finish());
    this.#timer = setInterval(() => this.#keepAlive(), options.keepAliveMs);
    this.#keepAlive();
  }

  /** The client has seen everything up to this revision, because the rest does not concern it. */
  skipTo(revision: number): void {
    this.#position = revision;
  }

  send(event: string, revision: number, data: unknown): void {
    this.#position = revision;
    this.#write(`id: ${revision}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Sends a last event and closes. */
  end(event: string, data: unknown): void {
    if (this.ended) return;
    this.#response.end(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.#finish();
    setTimeout(() => this.#response.destroy(), lingerMs).unref();
  }

  /** A comment keeps proxies content; the id without data moves the client's position and dispatches no event. */
  #keepAlive(): void {
    this.#write(`: keep-alive\nid: ${this.#position}\n\n`);
  }

  #write(text: string): void {
    if (this.ended) return;
    if (this.#response.writableLength > this.#options.backlogBytes) {
      this.end('error', { code: 'too-slow', detail: 'the client reads more slowly than changes happen' });
      return;
    }
    this.#response.write(text);
  }

  #finish(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.#timer);
    this.#onEnd();
  }
}
