import type {
  AnsweredRequest,
  Caller,
  Commit,
  ControllerMetrics,
  CreateInput,
  HostLiveness,
  MissingPart,
  ObservedController,
  Receipt,
  ReportedPort,
  UpdateInput,
  WriteOptions,
  WriteResult,
} from '@weft/controller';
import {
  type AnyResource,
  bindingId,
  type HostSpec,
  type InstanceStatus,
  type KindName,
  kinds,
  newId,
  type ResourceOf,
  WeftError,
} from '@weft/controller/resources';
import { completeSpec } from './complete-spec.ts';

type Listener = (commit: Commit) => void;

/** As the store's error: the API knows it by its name. */
export class StoreCompacted extends Error {
  readonly oldestRevision: number;
  constructor(oldestRevision: number) {
    super(`history starts with revision ${oldestRevision}`);
    this.name = 'StoreCompacted';
    this.oldestRevision = oldestRevision;
  }
}

const operator: Caller = { account: '123456789012', region: 'us-east-1' };

/** The controller's interface over a map in memory: for tests of the API, which is about HTTP and not about networks. */
export class FakeController implements ObservedController {
  revision = 0;
  /** Thrown by the next write, and then forgotten. */
  nextFailure: Error | undefined;
  /** What `applied` answers; the revision is filled in. */
  receipt: Omit<Receipt, 'revision'> = { applied: true, hosts: [] };
  appliedCalls: { revision: number; timeoutMs: number }[] = [];
  /** What the API has told the metrics. */
  answered: AnsweredRequest[] = [];
  receiptsAwaited: { seconds: number; applied: boolean }[] = [];
  /** What `missingParts` answers. */
  missing: MissingPart[] = [];
  readonly metrics: ControllerMetrics = {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    exposition: async () => `answers_total ${this.answered.length}\n`,
    requestAnswered: (request) => void this.answered.push(request),
    receiptAwaited: (seconds, applied) => void this.receiptsAwaited.push({ seconds, applied }),
  };
  oldestRevision = 1;
  heartbeats: string[] = [];
  #resources = new Map<string, AnyResource>();
  #history: Commit[] = [];
  #listeners = new Set<Listener>();

  get watchers(): number {
    return this.#listeners.size;
  }

  async create<K extends KindName>(
    kind: K,
    input: CreateInput,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<K>>> {
    this.#failIfAsked();
    const { spec, status, alongside } = completeSpec(this, kind, input.spec, caller);
    for (const other of alongside) await this.create(other.kind, { spec: other.spec }, caller);
    return this.put(
      kind,
      newId(kinds[kind].prefix ?? kind),
      { spec, status, tags: input.tags ?? {} },
      caller,
    );
  }

  async update<K extends KindName>(
    kind: K,
    id: string,
    input: UpdateInput,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<WriteResult<ResourceOf<K>>> {
    this.#failIfAsked();
    const before = this.#expect(kind, id, caller, options);
    const spec: Record<string, unknown> = { ...(before.spec as object), ...input.spec };
    for (const [name, value] of Object.entries(spec)) if (value === null) delete spec[name];
    return this.put(kind, id, { spec, status: before.status, tags: input.tags ?? before.tags }, caller);
  }

  async remove(kind: KindName, id: string, caller: Caller, options: WriteOptions = {}) {
    this.#failIfAsked();
    const before = this.#expect(kind, id, caller, options);
    this.#resources.delete(`${kind} ${id}`);
    return this.#commit({ kind, id, before, after: undefined });
  }

  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K> {
    return this.#expect(kind, id, caller, {}) as ResourceOf<K>;
  }

  *list<K extends KindName>(kind: K, caller: Caller): Iterable<ResourceOf<K>> {
    for (const resource of this.#resources.values()) {
      if (resource.kind === kind && isVisible(resource, caller)) yield resource as ResourceOf<K>;
    }
  }

  async registerHost(name: string, spec: HostSpec): Promise<WriteResult<ResourceOf<'host'>>> {
    this.#failIfAsked();
    return this.put('host', name, { spec, status: {}, tags: {} }, operator);
  }

  heartbeat(name: string): void {
    this.#expect('host', name, operator, {});
    this.heartbeats.push(name);
  }

  hostLiveness(_name: string): HostLiveness {
    return { agent: 'up', openflow: 'down', appliedRevision: this.revision };
  }

  async reportPorts(host: string, ports: readonly ReportedPort[]) {
    const known = ports.filter((port) => this.#resources.has(`network-interface ${port.networkInterfaceId}`));
    for (const port of known) await this.bind(host, port);
    const unknown = ports.filter((port) => !known.includes(port)).map((port) => port.networkInterfaceId);
    return { revision: this.revision, unknown };
  }

  async bind(
    host: string,
    { networkInterfaceId, ofport }: ReportedPort,
  ): Promise<WriteResult<ResourceOf<'binding'>>> {
    this.#expect('host', host, operator, {});
    const spec = { networkInterfaceId, hostId: host, ofport, zoneSlot: 1 };
    return this.put('binding', bindingId(host, networkInterfaceId), { spec, status: {}, tags: {} }, operator);
  }

  async unbind(host: string, networkInterfaceId: string) {
    const id = bindingId(host, networkInterfaceId);
    if (!this.#resources.has(`binding ${id}`)) return { revision: this.revision };
    return this.remove('binding', id, operator);
  }

  async setInstanceStatus(id: string, status: InstanceStatus): Promise<WriteResult<ResourceOf<'instance'>>> {
    const before = this.#expect('instance', id, operator, {});
    return this.put('instance', id, { spec: before.spec, status, tags: before.tags }, operator);
  }

  async applied(revision: number, timeoutMs: number): Promise<Receipt> {
    this.appliedCalls.push({ revision, timeoutMs });
    return { revision, ...this.receipt };
  }

  async missingParts(): Promise<MissingPart[]> {
    return this.missing;
  }

  async watch(afterRevision: number, listener: Listener) {
    if (afterRevision + 1 < this.oldestRevision) throw new StoreCompacted(this.oldestRevision);
    for (const commit of this.#history) if (commit.revision > afterRevision) listener(commit);
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** Writes one resource as it is, for any account. */
  put<K extends KindName>(
    kind: K,
    id: string,
    parts: { spec: unknown; status: unknown; tags: Readonly<Record<string, string>> },
    caller: Caller = operator,
  ): WriteResult<ResourceOf<K>> {
    const before = this.#resources.get(`${kind} ${id}`);
    const resource = {
      kind,
      id,
      ...caller,
      revision: this.revision + 1,
      createdAt: before?.createdAt ?? new Date(Date.UTC(2026, 0, 1) + this.revision * 1000).toISOString(),
      ...(kinds[kind].numbered ? { number: this.revision + 1 } : {}),
      ...parts,
    } as AnyResource;
    this.#resources.set(`${kind} ${id}`, resource);
    const { revision } = this.#commit({ kind, id, before, after: resource });
    return { resource: resource as ResourceOf<K>, revision };
  }

  #commit(change: Commit['changes'][number]): { revision: number } {
    this.revision++;
    const commit: Commit = { revision: this.revision, changes: [change] };
    this.#history.push(commit);
    for (const listener of [...this.#listeners]) listener(commit);
    return { revision: this.revision };
  }

  #expect(kind: KindName, id: string, caller: Caller, options: WriteOptions): AnyResource {
    const resource = this.#resources.get(`${kind} ${id}`);
    if (!resource || !isVisible(resource, caller)) {
      throw new WeftError('not-found', `there is no ${kind} ${id}`, { field: 'id', value: id });
    }
    if (options.ifRevision !== undefined && options.ifRevision !== resource.revision) {
      throw new WeftError('precondition-failed', `${id} is at revision ${resource.revision}`, {
        field: 'If-Match',
        value: options.ifRevision,
        fix: 'Read it again.',
      });
    }
    return resource;
  }

  #failIfAsked(): void {
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure) throw failure;
  }
}

const isVisible = (resource: AnyResource, caller: Caller) =>
  kinds[resource.kind].operatorOwned === true || resource.account === caller.account;
