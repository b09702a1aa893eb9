import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ServiceRecord } from '@weft/api/contract';
import { documentsOf, lookUp } from './documents.ts';
import type { Records } from './records.ts';
import { longestSeconds, type Tokens } from './tokens.ts';

const port = 80;
const tokenPath = '/latest/api/token';
const tokenHeader = 'x-aws-ec2-metadata-token';
const lifetimeHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const requestTimeoutMs = 5000;
const mostConnections = 1024;

interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The metadata service (AWS, "Use the Instance Metadata Service"), in its second version only: without the token of a session
 * there is nothing to read.
 */
export class MetadataServer {
  readonly #records: Records;
  readonly #tokens: Tokens;

  constructor(records: Records, tokens: Tokens) {
    this.#records = records;
    this.#tokens = tokens;
  }

  async listen(addresses: readonly string[]): Promise<void> {
    const limits = {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      maxHeaderSize: 8192,
    };
    for (const address of addresses) {
      const server = createServer(limits, (request, response) => void this.#serve(request, response));
      server.maxConnections = mostConnections;
      server.listen(port, address);
      await once(server, 'listening');
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Requests have no body that matters.
    request.resume();
    const record = await this.#records.of(request.socket.remoteAddress ?? '');
    const others = record ? await this.#othersOf(record) : [];
    const reply = record ? this.reply(record, request, others) : { status: 503 };
    const { status, body = '', headers = {} }: Reply = reply;
    const bytes = Buffer.from(body, 'latin1');
    response.writeHead(status, { 'content-type': 'text/plain', 'content-length': bytes.length, ...headers });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  /** The other interfaces of the instance, as far as they are on this host. */
  async #othersOf({ instance }: ServiceRecord): Promise<ServiceRecord[]> {
    const found = await Promise.all((instance?.others ?? []).map((slot) => this.#records.ofSlot(slot)));
    // A slot that was given on meanwhile is another machine's.
    return found.filter((one) => one?.instance?.id === instance?.id) as ServiceRecord[];
  }

  /**
   * What an interface is answered.
   *
   * @param others those of its instance
   */
  reply(
    record: ServiceRecord,
    request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    others: readonly ServiceRecord[] = [],
  ): Reply {
    const path = (request.url ?? '/').split('?')[0] as string;
    if (path === tokenPath) return this.#session(record, request);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return { status: 405, headers: { allow: 'GET, HEAD' } };
    const token = request.headers[tokenHeader];
    if (typeof token !== 'string' || !this.#tokens.accepts(record.interfaceId, token)) return { status: 401 };
    const names = path
      .split('/')
      .filter((name) => name !== '')
      .map(decode);
    if (names.length === 0) return { status: 200, body: 'latest' };
    const [version, ...rest] = names;
    const body = version === 'latest' ? lookUp(documentsOf(record, others), rest) : undefined;
    return body === undefined ? { status: 404 } : { status: 200, body };
  }

  #session(record: ServiceRecord, { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): Reply {
    if (method !== 'PUT') return { status: 405, headers: { allow: 'PUT' } };
    // A proxy in front of the service must not give sessions to others.
    if (headers['x-forwarded-for'] !== undefined) return { status: 403 };
    const text = headers[lifetimeHeader];
    const seconds = Number(text);
    if (typeof text !== 'string' || !/^\d{1,5}$/.test(text) || seconds < 1 || seconds > longestSeconds) {
      return { status: 400 };
    }
    return {
      status: 200,
      body: this.#tokens.issue(record.interfaceId, seconds),
      headers: { [lifetimeHeader]: text },
    };
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // No document has such a name.
    return name;
  }
}
