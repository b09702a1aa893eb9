import type { AnsweredRequest, ControllerMetrics, MissingPart } from './metrics/types.ts';
import type {
  HostLiveness,
  HostSpec,
  InstanceStatus,
  KindName,
  NatGatewayCounters,
  Receipt,
  ReferenceType,
  ReportedAnnouncement,
  ReportedPort,
  ResourceOf,
  Role,
} from './resources/index.ts';
import type { AuditLog, AuditOrigin } from './store/audit.ts';
import type { Change, Commit } from './store/store.ts';
import type { Lookup } from './topology/lookup.ts';

export type { AuditEntry, AuditLog, AuditOrigin, AuditQuery, StoredAuditEntry } from './store/audit.ts';
export type { Lookup } from './topology/lookup.ts';
export type {
  AnsweredRequest,
  ControllerMetrics,
  HostLiveness,
  MissingPart,
  Receipt,
  ReportedAnnouncement,
  ReportedPort,
};

/** On whose behalf a call is made. Resources of other accounts, and of other regions, are invisible. */
export interface Caller {
  /** `*`: of every account. Nothing can be created so. */
  readonly account: string;
  /** `*`: of every region. Nothing can be created so. */
  readonly region: string;
  /** What it may do. Absent: everything, for calls that the controller's own programs make. */
  readonly role?: Role;
  /** With the role agent: the host that it is for. */
  readonly hostId?: string;
  /** Who asked for a write and from where: stands in the audit log. Without it nothing is written there. */
  readonly origin?: AuditOrigin;
}

export interface CreateInput {
  /** As the kind's `create` schema says; validated by the caller against that schema before. */
  readonly spec: Record<string, unknown>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface UpdateInput {
  readonly spec?: Record<string, unknown>;
  /** Replaces all tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  /** Refuse with `precondition-failed` when the resource is not at this revision. */
  readonly ifRevision?: number;
}

export interface WriteResult<R> {
  readonly resource: R;
  readonly revision: number;
}

/** Writes that are committed together, or not at all. Each sees what the ones before it have written. */
export interface Batch {
  /** @throws WeftError `not-found` */
  read<K extends KindName>(kind: K, id: string): ResourceOf<K>;
  create<K extends KindName>(kind: K, input: CreateInput): ResourceOf<K>;
  update<K extends KindName>(kind: K, id: string, input: UpdateInput, options?: WriteOptions): ResourceOf<K>;
  remove(kind: KindName, id: string, options?: WriteOptions): void;
}

/** The caller's name for one request; sent again, it is not carried out again. */
export interface IdempotencyKey {
  /** Unique among the requests of the caller's account and region. */
  readonly key: string;
  /** What was asked, in short: the same key with another fingerprint is refused. */
  readonly fingerprint: string;
}

export interface TransactionOptions {
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

export interface TransactionResult<T> {
  readonly result: T;
  readonly revision: number;
  /** True when an earlier request with the same idempotency key has done it. */
  readonly replayed: boolean;
}

/** What a plan would do, if it were carried out now. */
export interface Preview<T> {
  readonly result: T;
  readonly changes: readonly Change[];
  /** Host → how many flows it would get and lose; hosts that keep theirs are absent. */
  readonly flows: ReadonlyMap<string, { readonly added: number; readonly removed: number }>;
  /** VPC → how many flows it would cost each of its hosts, for VPCs of which that changes. */
  readonly vpcs: ReadonlyMap<string, FlowUse>;
}

/** How many flows a VPC costs each of its hosts, and how many it may cost; without a limit undefined. */
export interface FlowUse {
  readonly flows: number;
  readonly limit: number | undefined;
}

/** The controller as the APIs see it. All methods throw `WeftError` for the caller's mistakes; then nothing was written. */
export interface Controller {
  readonly revision: number;
  /** Who has written what. */
  readonly audit: AuditLog;
  create<K extends KindName>(
    kind: K,
    input: CreateInput,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<K>>>;
  update<K extends KindName>(
    kind: K,
    id: string,
    input: UpdateInput,
    caller: Caller,
    options?: WriteOptions,
  ): Promise<WriteResult<ResourceOf<K>>>;
  remove(kind: KindName, id: string, caller: Caller, options?: WriteOptions): Promise<{ revision: number }>;
  /**
   * Carries out a plan as one commit: all of it or, when it throws, nothing. The plan may be called several times, and must
   * not do anything but write. With an idempotency key its result must be plain data, since it is kept for a day.
   */
  transaction<T>(
    caller: Caller,
    plan: (batch: Batch) => T,
    options?: TransactionOptions,
  ): Promise<TransactionResult<T>>;
  /** What `transaction` would do. Writes nothing. */
  preview<T>(caller: Caller, plan: (batch: Batch) => T): Preview<T>;
  /** How many flows a VPC costs each of its hosts. @throws WeftError `not-found` */
  flowUse(vpcId: string, caller: Caller): FlowUse;
  /** How many IPv4 addresses of a subnet are free; of one that is only planned, all that it would have. O(1). */
  freeAddresses(subnet: ResourceOf<'subnet'>): number;
  /** @throws WeftError `not-found` */
  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K>;
  /**
   * What the caller sees of a kind, in any order. With lookups it may leave out what they are not about, and does where an
   * index knows: the caller still has to filter, and does work that grows with what is found and not with the network.
   */
  list<K extends KindName>(kind: K, caller: Caller, lookups?: readonly Lookup[]): Iterable<ResourceOf<K>>;

  /** Called by agents. Creates the host or changes what it says of itself; keeps its number. */
  registerHost(name: string, spec: HostSpec, origin?: AuditOrigin): Promise<WriteResult<ResourceOf<'host'>>>;
  /** Renews the lease (15 s) of the host's agent. @throws WeftError `not-found` when it is not registered. */
  heartbeat(name: string): void;
  hostLiveness(name: string): HostLiveness;
  /** The complete list of the host's ports: binds what is new, unbinds what is missing. Unknown interfaces are skipped and returned. */
  reportPorts(host: string, ports: readonly ReportedPort[]): Promise<{ revision: number; unknown: string[] }>;
  bind(host: string, port: ReportedPort): Promise<WriteResult<ResourceOf<'binding'>>>;
  /** Absent bindings are no error. */
  unbind(host: string, networkInterfaceId: string): Promise<{ revision: number }>;
  /** Makes the address the interface's, unless another one has announced it later. Returns who has it. */
  announce(
    host: string,
    announcement: ReportedAnnouncement,
  ): Promise<WriteResult<ResourceOf<'held-address'>>>;
  setInstanceStatus(id: string, status: InstanceStatus): Promise<WriteResult<ResourceOf<'instance'>>>;

  /**
   * What a NAT gateway has translated, asked of the switch of its host.
   * @throws WeftError `not-found`; `wrong-state` while it has no host; `unavailable` when its host does not answer
   */
  natGatewayCounters(id: string, caller: Caller): Promise<NatGatewayCounters>;

  /** Resolves when every host that the revision touches has confirmed it, or after the timeout with what is missing. */
  applied(revision: number, timeoutMs: number): Promise<Receipt>;
  /** What of a commit exists for the caller: versions that do not are left out. */
  visibleChanges(commit: Commit, caller: Caller): Change[];
  /** One commit; undefined when there is none yet, or its history is gone. */
  commitAt(revision: number): Promise<Commit | undefined>;
  /** Every commit after the revision, in order, without gaps. @throws StoreCompacted */
  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<{ close(): void }>;
}

/** The controller with what tells how it is doing itself. */
export interface ObservedController extends Controller {
  readonly metrics: ControllerMetrics;
  /** What keeps the controller from serving writes and switches now; empty when it is ready. */
  missingParts(): Promise<readonly MissingPart[]>;
}

/** The controller with what APIs need that follow references. */
export interface GraphController extends Controller {
  /** Resources of `kind` that point at the target by an edge of this type, from the index. */
  referrers<K extends KindName>(
    kind: K,
    type: ReferenceType,
    target: { readonly kind: KindName; readonly id: string },
    caller: Caller,
  ): Iterable<ResourceOf<K>>;
  /** How many resources of `kind` point at the target, of all accounts. O(1). */
  countReferrers(
    kind: KindName,
    type: ReferenceType,
    target: { readonly kind: KindName; readonly id: string },
  ): number;
}
