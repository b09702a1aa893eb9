import type { AnsweredRequest, ControllerMetrics, MissingPart } from './metrics/types.ts';
import type { HostSpec, InstanceStatus, KindName, Receipt, ResourceOf } from './resources/index.ts';
import type { Commit } from './store/store.ts';

export type { AnsweredRequest, ControllerMetrics, MissingPart, Receipt };

/** On whose behalf a call is made. Resources of other accounts are invisible. */
export interface Caller {
  readonly account: string;
  readonly region: string;
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
