import type {
  AnsweredRequest,
  AuditLog,
  Batch,
  Caller,
  Commit,
  ControllerMetrics,
  FlowUse,
  HostLiveness,
  MissingPart,
  ObservedController,
  Preview,
  Receipt,
  ReportedAnnouncement,
  ReportedPort,
  TransactionOptions,
  TransactionResult,
  WriteResult,
} from '@weft/controller';
import { SingleWrites } from '@weft/controller';
import {
  bindingId,
  type HostSpec,
  heldAddressId,
  type InstanceStatus,
  isVisible,
  type KindName,
  kinds,
  type NatGatewayCounters,
  newId,
  type ResourceOf,
  visibleChanges,
  WeftError,
} from '@weft/controller/resources';
import { completeSpec } from './complete-spec.ts';
import { type Change, type Listener, MemoryStore, type Parts } from './memory-store.ts';

const operator: Caller = { account: '123456789012', region: 'us-east-1' };

/** The controller's interface over a map in memory: for tests of the API, which is about HTTP and not about networks. */
export class FakeController extends SingleWrites implements ObservedController {
  readonly #store = new MemoryStore();
  /** Thrown by the next write, or question about counters, and then forgotten. */
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
  heartbeats: string[] = [];
  #requests = new Map<string, { fingerprint: string; result: unknown; revision: number }>();
  /** What `preview` says of flows. */
  previewedFlows = new Map<string, { added: number; removed: number }>();

  get revision(): number {
    return this.#store.revision;
  }
  get watchers(): number {
    return this.#store.watchers;
  }
  get oldestRevision(): number {
    return this.#store.oldestRevision;
  }
  set oldestRevision(revision: number) {
    this.#store.oldestRevision = revision;
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
    const changes: Change[] = [];
    const result = this.#store.attempt(() => plan(this.#batch(caller, changes)), true);
    const revision = changes.length > 0 ? this.#store.commit(changes) : this.revision;
    if (idempotencyKey) this.#requests.set(idempotencyKey.key, { ...idempotencyKey, result, revision });
    return { result, revision, replayed: false };
  }

  preview<T>(caller: Caller, plan: (batch: Batch) => T): Preview<T> {
    const changes: Change[] = [];
    const result = this.#store.attempt(() => plan(this.#batch(caller, changes)), false);
    return { result, changes, flows: this.previewedFlows, vpcs: new Map() };
  }

  flowUse(vpcId: string, caller: Caller): FlowUse {
    this.read('vpc', vpcId, caller);
    return { flows: 7, limit: 100 };
  }

  freeAddresses(_subnet: ResourceOf<'subnet'>): number {
    return 251;
  }

  #batch(caller: Caller, changes: Change[]): Batch {
    const batch: Batch = {
      read: (kind, id) => this.read(kind, id, caller),
      create: (kind, { spec: asked, tags = {} }) => {
        const { id, spec, status, alongside } = completeSpec(this, kind, asked, caller);
        for (const other of alongside) {
          this.#store.write(
            changes,
            other.kind,
            other.id,
            { spec: other.spec, status: {}, tags: {} },
            caller,
          );
        }
        const parts = { spec, status, tags };
        return this.#store.write(changes, kind, id ?? newId(kinds[kind].prefix ?? kind), parts, caller);
      },
      update: (kind, id, input, options = {}) => {
        const before = this.#store.expect(kind, id, caller, options);
        const spec: Record<string, unknown> = { ...(before.spec as object), ...input.spec };
        for (const [name, value] of Object.entries(spec)) if (value === null) delete spec[name];
        const parts = { spec, status: before.status, tags: input.tags ?? before.tags };
        return this.#store.write(changes, kind, id, parts, caller);
      },
      remove: (kind, id, options = {}) => {
        this.#store.remove(changes, this.#store.expect(kind, id, caller, options));
      },
    };
    return batch;
  }

  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K> {
    return this.#store.expect(kind, id, caller, {}) as ResourceOf<K>;
  }

  *list<K extends KindName>(kind: K, caller: Caller): Iterable<ResourceOf<K>> {
    for (const resource of this.#store.values()) {
      if (resource.kind === kind && isVisible(resource, caller, this.#store)) yield resource as ResourceOf<K>;
    }
  }

  async registerHost(name: string, spec: HostSpec): Promise<WriteResult<ResourceOf<'host'>>> {
    this.#failIfAsked();
    return this.put('host', name, { spec, status: { state: 'up' }, tags: {} }, operator);
  }

  heartbeat(name: string): void {
    this.#store.expect('host', name, operator);
    this.heartbeats.push(name);
  }

  hostLiveness(_name: string): HostLiveness {
    return { agent: 'up', openflow: 'down', appliedRevision: this.revision };
  }

  async reportPorts(host: string, ports: readonly ReportedPort[]) {
    const known = ports.filter((port) => this.#store.has('network-interface', port.networkInterfaceId));
    for (const port of known) await this.bind(host, port);
    const unknown = ports.filter((port) => !known.includes(port)).map((port) => port.networkInterfaceId);
    return { revision: this.revision, unknown };
  }

  async bind(
    host: string,
    { networkInterfaceId, ofport }: ReportedPort,
  ): Promise<WriteResult<ResourceOf<'binding'>>> {
    this.#store.expect('host', host, operator);
    const spec = { networkInterfaceId, hostId: host, ofport, zoneSlot: 1 };
    return this.put('binding', bindingId(host, networkInterfaceId), { spec, status: {}, tags: {} }, operator);
  }

  async unbind(host: string, networkInterfaceId: string) {
    const id = bindingId(host, networkInterfaceId);
    if (!this.#store.has('binding', id)) return { revision: this.revision };
    return this.remove('binding', id, operator);
  }

  async announce(
    _host: string,
    { networkInterfaceId, address, macAddress, ageMs }: ReportedAnnouncement,
  ): Promise<WriteResult<ResourceOf<'held-address'>>> {
    const owner = this.#store.expect('network-interface', networkInterfaceId, operator);
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
    const before = this.#store.expect('instance', id, { account: '*', region: '*' }, {});
    return this.put('instance', id, { spec: before.spec, status, tags: before.tags }, before);
  }

  async natGatewayCounters(id: string, caller: Caller): Promise<NatGatewayCounters> {
    this.read('nat-gateway', id, caller);
    this.#failIfAsked();
    return {
      hostId: 'h1',
      out: { packets: 3, bytes: 300 },
      back: { packets: 2, bytes: 200 },
      connections: 1,
      portAllocationErrors: 0,
    };
  }

  async applied(revision: number, timeoutMs: number): Promise<Receipt> {
    this.appliedCalls.push({ revision, timeoutMs });
    return { revision, ...this.receipt };
  }

  async missingParts(): Promise<MissingPart[]> {
    return this.missing;
  }

  visibleChanges({ changes }: Commit, caller: Caller): Change[] {
    return visibleChanges(changes, caller, this.#store);
  }

  async commitAt(revision: number) {
    return this.#store.commitAt(revision);
  }

  async watch(afterRevision: number, listener: Listener) {
    return this.#store.watch(afterRevision, listener);
  }

  /** Writes one resource as it is, for any account. */
  put<K extends KindName>(
    kind: K,
    id: string,
    parts: Parts,
    caller: Caller = operator,
  ): WriteResult<ResourceOf<K>> {
    const changes: Change[] = [];
    const resource = this.#store.write(changes, kind, id, parts, caller);
    return { resource, revision: this.#store.commit(changes) };
  }

  #failIfAsked(): void {
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure) throw failure;
  }
}
