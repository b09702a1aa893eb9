import type { AnsweredRequest, ControllerMetrics, MissingPart } from './metrics/types.ts';
import type {
  HostSpec,
  InstanceStatus,
  KindName,
  Receipt,
  ReferenceType,
  ResourceOf,
  Role,
} from './resources/index.ts';
import type { Commit } from './store/store.ts';

export type { AnsweredRequest, ControllerMetrics, MissingPart, Receipt };

/** On whose behalf a call is made. Resources of other accounts, and of other regions, are invisible. */
export interface Caller {
  /** `*`: of every account. Nothing can be created so. */
  readonly account: string;
  /** `*`: of every region. Nothing can be created so. */
  readonly region: string;
  /** What it may do. Absent: everything, for calls that the controller's own programs make. */
  readonly role?: Role;
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

/**
 * Writes that are committed together, or not at all. Each finds by id what the ones before it have written; checks that
 * follow references (what is in a VPC, how many rules a group has) see what stood before.
 */
export interface Batch {
  create<K extends KindName>(kind: K, input: CreateInput): ResourceOf<K>;
  update<K extends KindName>(kind: K, id: string, input: UpdateInput): ResourceOf<K>;
  remove(kind: KindName, id: string): void;
}

/** Liveness as of now; it expires when the agent or the switch falls silent. */
export interface HostLiveness {
  readonly agent: 'up' | 'down';
  readonly openflow: 'up' | 'down';
  /** Newest revision that the switch has confirmed. */
  readonly appliedRevision: number;
}

export interface ReportedPort {
  readonly networkInterfaceId: string;
  readonly ofport: number;
}

/** The controller as the APIs see it. All methods throw `WeftError` for the caller's mistakes; then nothing was written. */
export interface Controller {
  readonly revision: number;
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
  /** @throws WeftError `not-found` */
  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K>;
  list<K extends KindName>(kind: K, caller: Caller): Iterable<ResourceOf<K>>;

  /** Called by agents. Creates the host or changes what it says of itself; keeps its number. */
  registerHost(name: string, spec: HostSpec): Promise<WriteResult<ResourceOf<'host'>>>;
  /** Renews the lease (15 s) of the host's agent. @throws WeftError `not-found` when it is not registered. */
  heartbeat(name: string): void;
  hostLiveness(name: string): HostLiveness;
  /** The complete list of the host's ports: binds what is new, unbinds what is missing. Unknown interfaces are skipped and returned. */
  reportPorts(host: string, ports: readonly ReportedPort[]): Promise<{ revision: number; unknown: string[] }>;
  bind(host: string, port: ReportedPort): Promise<WriteResult<ResourceOf<'binding'>>>;
  /** Absent bindings are no error. */
  unbind(host: string, networkInterfaceId: string): Promise<{ revision: number }>;
  setInstanceStatus(id: string, status: InstanceStatus): Promise<WriteResult<ResourceOf<'instance'>>>;

  /** Resolves when every host that the revision touches has confirmed it, or after the timeout with what is missing. */
  applied(revision: number, timeoutMs: number): Promise<Receipt>;
  /** Every commit after the revision, in order, without gaps. @throws StoreCompacted */
  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<{ close(): void }>;
}

/** The controller with what tells how it is doing itself. */
export interface ObservedController extends Controller {
  readonly metrics: ControllerMetrics;
  /** What keeps the controller from serving writes and switches now; empty when it is ready. */
  missingParts(): Promise<readonly MissingPart[]>;
}

/** The controller with what APIs need that change several resources at once, or follow references. */
export interface GraphController extends Controller {
  /** Plans several writes and commits them as one. A plan that was overtaken by another write is made anew. */
  transaction<T>(caller: Caller, plan: (batch: Batch) => T): Promise<{ result: T; revision: number }>;
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
