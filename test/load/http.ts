import * as http from 'node:http';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** No answer came: nobody can tell whether the request was carried out. */
export class Lost extends Error {}

/** Longer than any answer may take, and shorter than a test may. */
const patienceMs = 20_000;

/** Kept connections of one client: one for what it does, and a second one for a request that it sends twice. */
export class Connections {
  readonly #origin: URL;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /**
   * @param hangUp closes the connection as soon as the request is on its way
   * @throws Lost
   */
  async send({ method, path, headers, body }: Request, hangUp = false): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = http.request(new URL(path, this.#origin), {
      agent: this.#agent,
      method,
      headers: { ...headers, ...length },
      timeout: patienceMs,
    });
    const lose = (error: Error) => reject(new Lost(error.message, { cause: error }));
    request.on('error', lose).on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', lose);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.end(body, () => {
      if (hangUp) request.destroy(new Error('hung up'));
    });
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}
