import type { HostSpec, InstanceStatus, NatGatewayCounters, ResourceOf } from '@weft/controller/resources';
import { ApiError, errorFromAnswer } from './errors.ts';
import type { OperationId, Operations } from './generated/operations.ts';
import { addressOf, type OperationRequest } from './operation.ts';
import { type ApiKind, paths } from './paths.ts';
import { type Call, type ClientAccess, Transport } from './transport.ts';
import type {
  ApiResource,
  AuditFilter,
  AuditPage,
  BatchAnswer,
  BatchOperation,
  BatchPreview,
  BindingsAnswer,
  CreatedAccessKey,
  CreateQuery,
  CreateRequest,
  Health,
  ListQuery,
  NewAccessKey,
  OpenapiDocument,
  Page,
  Receipt,
  Receipted,
  RegisteredHost,
  Removed,
  ReportedAnnouncement,
  ReportedPort,
  UpdateRequest,
  VpcFlows,
  WatchCommit,
  WriteQuery,
} from './types.ts';
import { type WatchOptions, watch } from './watch.ts';

export interface WeftClientOptions {
  /** Address of the API, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Time for one call, in milliseconds; a call that waits for hosts gets its waiting time on top. Default 10 s. */
  readonly timeoutMs?: number;
  /** Who calls, and for which account and region. Without credentials only development mode answers. */
  readonly access?: ClientAccess;
}

type Written<R> = R & Receipted;

/** The API, one method a call. Every method throws `ApiError`. */
export class WeftClient {
  readonly url: string;
  #transport: Transport;
  #timeoutMs: number;
  constructor(options: WeftClientOptions) {
    this.#transport = new Transport(options.url, options.access);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.url = this.#transport.url.origin;
  }

  /**
   * Any operation of the OpenAPI document by its operationId, with the types that are generated from there. The other
   * methods are for convenience: they page, wait and watch.
   */
  operation<O extends OperationId>(name: O, request: OperationRequest<O>): Promise<Operations[O]['answer']> {
    const { method, path, body, headers, waitSeconds } = addressOf(name, request);
    const repeatable = method !== 'POST' || headers['idempotency-key'] !== undefined;
    return this.#call(method, path, { body, headers, repeatable, extraMs: waitSeconds * 1000 });
  }

  /** One page. */
  list<K extends ApiKind>(kind: K, query: ListQuery = {}): Promise<Page<ApiResource<K>>> {
    const search = new URLSearchParams({ ...query.filter });
    if (query.limit !== undefined) search.set('limit', String(query.limit));
    if (query.cursor !== undefined) search.set('cursor', query.cursor);
    return this.#call('GET', withQuery(paths.collection(kind), search));
  }

  /** Every page. `revision` is the one of the first page: a watch from there misses nothing. */
  async listAll<K extends ApiKind>(
    kind: K,
    filter: Readonly<Record<string, string>> = {},
  ): Promise<{ items: ApiResource<K>[]; revision: number }> {
    const first = await this.list(kind, { filter });
    const items = [...first.items];
    let cursor = first.nextCursor;
    while (cursor !== undefined) {
      const page = await this.list(kind, { filter, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return { items, revision: first.revision };
  }

  get<K extends ApiKind>(kind: K, id: string): Promise<ApiResource<K>> {
    return this.#call('GET', paths.resource(kind, id));
  }

  create<K extends ApiKind>(
    kind: K,
    body: CreateRequest,
    query: CreateQuery = {},
  ): Promise<Written<ApiResource<K>>> {
    return this.#call('POST', paths.collection(kind), { body, query, ...repeatableBy(query) });
  }

  /** Several writes as one: all of them or, when one is refused, none. */
  batch(operations: readonly BatchOperation[], query: CreateQuery = {}): Promise<BatchAnswer> {
    return this.#call('POST', paths.batch, { body: { operations }, query, ...repeatableBy(query) });
  }

  /** What a batch would do. Writes nothing. */
  previewBatch(operations: readonly BatchOperation[]): Promise<BatchPreview> {
    return this.#call('POST', paths.batchPreview, { body: { operations }, repeatable: true });
  }

  update<K extends ApiKind>(
    kind: K,
    id: string,
    body: UpdateRequest,
    query: WriteQuery = {},
  ): Promise<Written<ApiResource<K>>> {
    return this.#call('PATCH', paths.resource(kind, id), { body, query });
  }

  remove(kind: ApiKind, id: string, query: WriteQuery = {}): Promise<Removed> {
    return this.#call('DELETE', paths.resource(kind, id), { query });
  }

  createAccessKey(accountId: string, body: NewAccessKey): Promise<CreatedAccessKey> {
    return this.#call('POST', paths.accountKeys(accountId), { body });
  }

  /** Who wrote what. */
  audit(filter: AuditFilter = {}): Promise<AuditPage> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(filter))
      if (value !== undefined) search.set(name, String(value));
    return this.#call('GET', withQuery(paths.audit, search));
  }

  /** Agent: makes the host known, or changes what it says of itself. */
  registerHost(name: string, spec: HostSpec): Promise<RegisteredHost> {
    return this.#call('PUT', paths.host(name), { body: { spec } });
  }

  /** Agent: renews the lease of 15 s. @throws ApiError `not-found`: register again */
  async heartbeat(name: string): Promise<void> {
    await this.#call('POST', paths.heartbeat(name), { repeatable: true });
  }

  /** Agent: the complete list of ports with interfaces; what is missing in it is unbound. */
  reportBindings(
    host: string,
    ports: readonly ReportedPort[],
    query: WriteQuery = {},
  ): Promise<BindingsAnswer> {
    return this.#call('PUT', paths.hostBindings(host), { body: { ports }, query });
  }

  /** Agent: one more port. */
  bind(host: string, port: ReportedPort, query: WriteQuery = {}): Promise<Written<ResourceOf<'binding'>>> {
    const { networkInterfaceId, ...body } = port;
    return this.#call('PUT', paths.hostBinding(host, networkInterfaceId), { body, query });
  }

  /** Agent: a port is gone. An absent binding is no error. */
  unbind(host: string, networkInterfaceId: string, query: WriteQuery = {}): Promise<Removed> {
    return this.#call('DELETE', paths.hostBinding(host, networkInterfaceId), { query });
  }

  /** Agent: an interface has announced a shared address. Answers who has it now. */
  announce(host: string, announcement: ReportedAnnouncement): Promise<ResourceOf<'held-address'>> {
    return this.#call('POST', paths.announcements(host), { body: announcement, repeatable: true });
  }

  /** Agent: what became of an instance. */
  setInstanceStatus(id: string, status: InstanceStatus): Promise<ResourceOf<'instance'>> {
    return this.#call('PUT', paths.instanceStatus(id), { body: { status } });
  }

  /** What a NAT gateway has translated. */
  natGatewayCounters(id: string): Promise<NatGatewayCounters> {
    return this.#call('GET', paths.natGatewayCounters(id));
  }

  /** How many flows a VPC costs each of its hosts, and may cost. */
  vpcFlows(id: string): Promise<VpcFlows> {
    return this.#call('GET', paths.vpcFlows(id));
  }

  /** Waits until every host that a commit touches has confirmed it, at most so long (0 to 60 s). */
  receipt(revision: number, waitSeconds: number): Promise<Receipt> {
    return this.#call('GET', `${paths.receipt(revision)}?timeout=${waitSeconds}`, {
      extraMs: waitSeconds * 1000,
    });
  }

  /** What the API says of itself, OpenAPI 3.1. */
  openapi(): Promise<OpenapiDocument> {
    return this.#call('GET', paths.openapi);
  }

  health(): Promise<Health> {
    return this.#call('GET', paths.health);
  }

  /** Commits as they happen; see `WatchOptions`. Breaking out of the loop closes the connection. */
  watch(options: WatchOptions = {}): AsyncGenerator<WatchCommit> {
    return watch(this.#transport, options);
  }

  /** Closes kept connections. Watches are ended by their signal. */
  close(): void {
    this.#transport.close();
  }

  async #call<T>(
    method: Call['method'],
    path: string,
    { body, query = {}, headers = {}, extraMs = 0, repeatable = method !== 'POST' }: CallDetails = {},
  ): Promise<T> {
    const { ifRevision, waitSeconds, idempotencyKey } = query;
    const search = new URLSearchParams(
      waitSeconds === undefined ? {} : { wait: 'applied', timeout: String(waitSeconds) },
    );
    const answer = await this.#transport.call({
      method,
      path: withQuery(path, search),
      body,
      headers: {
        ...headers,
        ...(ifRevision === undefined ? {} : { 'if-match': `"${ifRevision}"` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      timeoutMs: this.#timeoutMs + (waitSeconds ?? 0) * 1000 + extraMs,
      repeatable,
    });
    const parsed = parseAnswer(answer.text, answer.status, `${method} ${path}`);
    if (answer.status >= 400) throw errorFromAnswer(answer.status, parsed, `${method} ${path}`);
    return parsed as T;
  }
}

interface CallDetails {
  readonly body?: unknown;
  readonly query?: CreateQuery;
  readonly headers?: Readonly<Record<string, string>>;
  readonly repeatable?: boolean;
  /** Time on top, for calls that wait. */
  readonly extraMs?: number;
}

/** With a key, what was cut off can be sent again. */
const repeatableBy = ({ idempotencyKey }: CreateQuery) => ({ repeatable: idempotencyKey !== undefined });

const withQuery = (path: string, search: URLSearchParams) => (search.size > 0 ? `${path}?${search}` : path);

function parseAnswer(text: string, status: number, where: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(`${where} answered ${status} with something that is not JSON`, {
      status,
      code: 'unexpected-answer',
      value: text.slice(0, 80),
      fix: 'Check that the address is the one of a weft controller.',
      cause,
    });
  }
}
