import type {
  AnsweredRequest,
  AuditLog,
  Batch,
  Caller,
  Commit,
  ControllerMetrics,
  CreateInput,
  HostLiveness,
  MissingPart,
  ObservedController,
  Preview,
  Receipt,
  ReportedAnnouncement,
  ReportedPort,
  TransactionOptions,
  TransactionResult,
  UpdateInput,
  WriteOptions,
  WriteResult,
} from '@weft/controller';
import {
  type AnyResource,
  bindingId,
  type HostSpec,
  heldAddressId,
  type InstanceStatus,
  isVisible,
  type KindName,
  kinds,
  newId,
  type ResourceOf,
  WeftError,
} from '@weft/controller/resources';
import { completeSpec } from './complete-spec.ts';

type Change = Commit['changes'][number];
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
  readonly audit: AuditLog = { note: () => undefined, query: async () => [] };
  oldestRevision = 1;
  heartbeats: string[] = [];
  #resources = new Map<string, AnyResource>();
  #history: Commit[] = [];
  #requests = new Map<string, { fingerprint: string; result: unknown; revision: number }>();
  /** What `preview` says of flows. */
  previewedFlows = new Map<string, { added: number; removed: number }>();
  #listeners = new Set<Listener>();

  get watchers(): number {
    return this.#listeners.size;
  }

  /** Carries out the plan; when it throws, everything is as before. The first result of an idempotency key is given again. */
  async transaction<T>(
    caller: Caller,
    plan: (batch: Batch) => T,
    { idempotencyKey }: TransactionOptions = {},
  ): Promise<TransactionResult<T>> {
    this.#failIfAsked();
    const earlier = this.#requests.get(idempotencyKey?.key ?? '');
    if (idempotencyKey && earlier) {
      if (earlier.fingerprint === idempotencyKey.fingerprint) return { ...earlier, replayed: true } as never;
      throw new WeftError('idempotency-mismatch', 'this key was used for another request');
    }
    const resources = new Map(this.#resources);
    const changes: Change[] = [];
    let result: T;
    try {
      result = plan(this.#batch(caller, changes));
    } catch (error) {
      this.#resources = resources;
      throw error;
    }
    const revision = changes.length > 0 ? this.#commit(changes) : this.revision;
    if (idempotencyKey) this.#requests.set(idempotencyKey.key, { ...idempotencyKey, result, revision });
    return { result, revision, replayed: false };
  }

  preview<T>(caller: Caller, plan: (batch: Batch) => T): Preview<T> {
    const resources = new Map(this.#resources);
    const changes: Change[] = [];
    try {
      return { result: plan(this.#batch(caller, changes)), changes, flows: this.previewedFlows };
    } finally {
      this.#resources = resources;
    }
  }

  #batch(caller: Caller, changes: Change[]): Batch {
    const batch: Batch = {
      read: (kind, id) => this.read(kind, id, caller),
      create: (kind, { spec: asked, tags = {} }) => {
        const { id, spec, status, alongside } = completeSpec(this, kind, asked, caller);
        for (const other of alongside) {
          this.#write(changes, other.kind, other.id, { spec: other.spec, status: {}, tags: {} }, caller);
        }
        const parts = { spec, status, tags };
        return this.#write(changes, kind, id ?? newId(kinds[kind].prefix ?? kind), parts, caller);
      },
      update: (kind, id, input, options = {}) => {
        const before = this.#expect(kind, id, caller, options);
        const spec: Record<string, unknown> = { ...(before.spec as object), ...input.spec };
        for (const [name, value] of Object.entries(spec)) if (value === null) delete spec[name];
        const parts = { spec, status: before.status, tags: input.tags ?? before.tags };
        return this.#write(changes, kind, id, parts, caller);
      },
      remove: (kind, id, options = {}) => {
        const before = this.#expect(kind, id, caller, options);
        this.#resources.delete(`${kind} ${id}`);
        changes.push({ kind, id, before, after: undefined });
      },
    };
    return batch;
  }

  async create<K extends KindName>(
    kind: K,
    input: CreateInput,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<K>>> {
    const { result, revision } = await this.transaction(caller, (batch) => batch.create(kind, input).id);
    return { resource: this.read(kind, result, caller), revision };
  }

  async update<K extends KindName>(
    kind: K,
    id: string,
    input: UpdateInput,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<WriteResult<ResourceOf<K>>> {
    const { revision } = await this.transaction(caller, (batch) => {
      batch.update(kind, id, input, options);
    });
    return { resource: this.read(kind, id, caller), revision };
  }

  async remove(kind: KindName, id: string, caller: Caller, options: WriteOptions = {}) {
    const { revision } = await this.transaction(caller, (batch) => batch.remove(kind, id, options));
    return { revision };
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
    return this.put('host', name, { spec, status: { state: 'up' }, tags: {} }, operator);
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

  async announce(
    _host: string,
    { networkInterfaceId, address, macAddress, ageMs }: ReportedAnnouncement,
  ): Promise<WriteResult<ResourceOf<'held-address'>>> {
    const owner = this.#expect('network-interface', networkInterfaceId, operator, {});
    const { vpcId, subnetId } = (owner as ResourceOf<'network-interface'>).spec;
    const announcedAt = new Date(Date.now() - ageMs).toISOString();
    const spec = { vpcId, subnetId, networkInterfaceId, address, macAddress, announcedAt };
    return this.put(
      'held-address',
      heldAddressId(subnetId, address),
      { spec, status: {}, tags: {} },
      operator,
    );
  }

  async setInstanceStatus(id: string, status: InstanceStatus): Promise<WriteResult<ResourceOf<'instance'>>> {
    const before = this.#expect('instance', id, { account: '*', region: '*' }, {});
    return this.put('instance', id, { spec: before.spec, status, tags: before.tags }, before);
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
    const changes: Change[] = [];
    const resource = this.#write(changes, kind, id, parts, caller);
    return { resource, revision: this.#commit(changes) };
  }

  #write<K extends KindName>(
    changes: Change[],
    kind: K,
    id: string,
    parts: { spec: unknown; status: unknown; tags: Readonly<Record<string, string>> },
    caller: Caller,
  ): ResourceOf<K> {
    const before = this.#resources.get(`${kind} ${id}`);
    const made = this.revision + changes.length;
    const resource = {
      kind,
      id,
      account: kinds[kind].operatorOwned ? '' : caller.account,
      region: kinds[kind].operatorOwned ? '' : caller.region,
      revision: this.revision + 1,
      createdAt: before?.createdAt ?? new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString(),
      ...(kinds[kind].numbered ? { number: made + 1 } : {}),
      ...parts,
    } as AnyResource;
    this.#resources.set(`${kind} ${id}`, resource);
    changes.push({ kind, id, before, after: resource });
    return resource as ResourceOf<K>;
  }

  #commit(changes: readonly Change[]): number {
    this.revision++;
    const commit: Commit = { revision: this.revision, changes };
    this.#history.push(commit);
    for (const listener of [...this.#listeners]) listener(commit);
    return this.revision;
  }

  #expect(kind: KindName, id: string, caller: Caller, options: WriteOptions): AnyResource {
    const resource = this.#resources.get(`${kind} ${id}`);
    if (!resource || !isVisible(resource, caller)) {
      throw new WeftError('not-found', `there is no ${kind} ${id}`, {
        field: 'id',
        value: id,
        fix: 'Look it up in the list.',
      });
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
