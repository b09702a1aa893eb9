import type {
  Batch,
  Caller,
  FlowUse,
  GraphController,
  HostLiveness,
  Preview,
  Receipt,
  ReportedAnnouncement,
  ReportedPort,
  TransactionOptions,
  TransactionResult,
  WriteResult,
} from '../controller.ts';
import { requireQuotas } from '../features/access/quotas.ts';
import { reportStatus } from '../features/instance/operations.ts';
import { countedFlows, countersFrom } from '../features/nat-gateway/counters.ts';
import { Draft } from '../features/operations/draft.ts';
import { freeAddresses } from '../features/subnet/free-addresses.ts';
import {
  everywhere,
  type HostSpec,
  type InstanceStatus,
  isVisible,
  type KindName,
  type NatGatewayCounters,
  type ReferenceType,
  type ResourceOf,
  visibleChanges,
  WeftError,
} from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import type { AuditLog, AuditOrigin, Change, Commit, Store } from '../store/index.ts';
import type { ListView, Lookup } from '../topology/index.ts';
import { DraftBatch, requireVisible } from './batch.ts';
import { type Executor, operator } from './executor.ts';
import type { FlowQuota } from './flow-quota.ts';
import type { Hosts } from './hosts.ts';
import { earlierResult, keepResult } from './idempotency.ts';
import type { Placements } from './placements.ts';
import { previewOf } from './preview.ts';
import { SingleWrites } from './single-writes.ts';

/** What the APIs call: operations of the features, run on the store, answered from the topology. */
export class EmbeddedController extends SingleWrites implements GraphController {
  readonly #store: Store;
  readonly #view: ListView;
  readonly #executor: Executor;
  readonly #flowQuota: FlowQuota;
  readonly #placements: Pick<Placements, 'applied'>;
  readonly #hosts: Hosts;
  readonly #southbound: Southbound;

  constructor(parts: {
    store: Store;
    view: ListView;
    executor: Executor;
    flowQuota: FlowQuota;
    placements: Pick<Placements, 'applied'>;
    hosts: Hosts;
    southbound: Southbound;
  }) {
    super();
    this.#store = parts.store;
    this.#view = parts.view;
    this.#executor = parts.executor;
    this.#flowQuota = parts.flowQuota;
    this.#placements = parts.placements;
    this.#hosts = parts.hosts;
    this.#southbound = parts.southbound;
  }

  get audit(): AuditLog {
    return this.#store.audit;
  }

  get revision(): number {
    return this.#view.revision;
  }

  async transaction<T>(
    caller: Caller,
    plan: (batch: Batch) => T,
    { idempotencyKey }: TransactionOptions = {},
  ): Promise<TransactionResult<T>> {
    const { result: done, revision } = await this.#executor.run(caller, (draft) => {
      const earlier = idempotencyKey && earlierResult<T>(draft, idempotencyKey);
      if (earlier) return { ...earlier, replayed: true };
      const result = plan(new DraftBatch(draft));
      if (idempotencyKey) keepResult(draft, idempotencyKey, result);
      return { result, replayed: false };
    });
    return { revision, ...done };
  }

  preview<T>(caller: Caller, plan: (batch: Batch) => T): Preview<T> {
    const draft = new Draft(this.#view, caller, new Date().toISOString());
    const result = plan(new DraftBatch(draft));
    requireQuotas(this.#view, draft.transaction());
    this.#flowQuota.require(draft);
    const { vpcs, ...rest } = previewOf(draft, this.#view, this.#flowQuota);
    const isSeen = ([id]: [string, FlowUse]) => {
      const vpc = draft.get('vpc', id);
      return vpc !== undefined && isVisible(vpc, caller);
    };
    return { result, ...rest, vpcs: new Map([...vpcs].filter(isSeen)) };
  }

  flowUse(vpcId: string, caller: Caller): FlowUse {
    return this.#flowQuota.use(this.read('vpc', vpcId, caller).id);
  }

  freeAddresses(subnet: ResourceOf<'subnet'>): number {
    return freeAddresses(this.#view, subnet);
  }

  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K> {
    return requireVisible(kind, id, this.#view.get(kind, id), caller, this.#view);
  }

  *list<K extends KindName>(
    kind: K,
    caller: Caller,
    lookups: readonly Lookup[] = [],
  ): Iterable<ResourceOf<K>> {
    // An agent sees by its host and not by an account.
    const owner = caller.role === 'agent' ? { ...caller, account: everywhere } : caller;
    for (const resource of this.#view.select(kind, lookups, owner)) {
      if (isVisible(resource, caller, this.#view)) yield resource;
    }
  }

  *referrers<K extends KindName>(
    kind: K,
    type: ReferenceType,
    target: { kind: KindName; id: string },
    caller: Caller,
  ): Iterable<ResourceOf<K>> {
    for (const resource of this.#view.referrers(target, type, kind)) {
      if (isVisible(resource, caller, this.#view)) yield resource;
    }
  }
  countReferrers(kind: KindName, type: ReferenceType, target: { kind: KindName; id: string }): number {
    return this.#view.countReferrers(target, type, kind);
  }

  registerHost(name: string, spec: HostSpec, origin?: AuditOrigin): Promise<WriteResult<ResourceOf<'host'>>> {
    return this.#hosts.register(name, spec, origin);
  }
  heartbeat(name: string): void {
    this.#hosts.heartbeat(name);
  }
  hostLiveness(name: string): HostLiveness {
    return this.#hosts.liveness(name);
  }
  reportPorts(
    host: string,
    ports: readonly ReportedPort[],
  ): Promise<{ revision: number; unknown: string[] }> {
    return this.#hosts.report(host, ports);
  }
  bind(host: string, port: ReportedPort): Promise<WriteResult<ResourceOf<'binding'>>> {
    return this.#hosts.bind(host, port);
  }
  unbind(host: string, networkInterfaceId: string): Promise<{ revision: number }> {
    return this.#hosts.unbind(host, networkInterfaceId);
  }

  announce(host: string, heard: ReportedAnnouncement): Promise<WriteResult<ResourceOf<'held-address'>>> {
    return this.#hosts.announce(host, heard);
  }

  async setInstanceStatus(id: string, status: InstanceStatus): Promise<WriteResult<ResourceOf<'instance'>>> {
    const instance = () => {
      const found = this.#view.get('instance', id);
      if (found) return found;
      throw new WeftError('not-found', `there is no instance ${id}`, {
        field: 'id',
        value: id,
        fix: 'Stop it: it was deleted.',
      });
    };
    const { revision } = await this.#executor.run(operator, (draft) => {
      reportStatus(draft, instance(), status);
    });
    return { resource: instance(), revision };
  }

  async natGatewayCounters(id: string, caller: Caller): Promise<NatGatewayCounters> {
    const gateway = this.read('nat-gateway', id, caller);
    const placement = this.#view.get('placement', id);
    if (!placement) {
      throw new WeftError('wrong-state', `NAT gateway ${id} has no host`, {
        field: 'id',
        value: id,
        fix: 'Bring up a host that reaches its network.',
      });
    }
    const { hostId } = placement.spec;
    return countersFrom(hostId, await this.#southbound.flowsOf(hostId, countedFlows(gateway)));
  }

  applied(revision: number, timeoutMs: number): Promise<Receipt> {
    const confirm = (one: number, within: number) => this.#southbound.applied(one, within);
    return this.#placements.applied(revision, timeoutMs, confirm);
  }
  visibleChanges({ changes }: Commit, caller: Caller): Change[] {
    return visibleChanges(changes, caller, this.#view);
  }
  commitAt(revision: number): Promise<Commit | undefined> {
    return this.#store.commitAt(revision);
  }
  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<{ close(): void }> {
    return this.#store.watchDurable(afterRevision, listener);
  }
}
