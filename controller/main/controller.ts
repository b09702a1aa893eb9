import type {
  Caller,
  Controller,
  CreateInput,
  HostLiveness,
  Receipt,
  ReportedPort,
  UpdateInput,
  WriteOptions,
  WriteResult,
} from '../controller.ts';
import { isVisible } from '../features/operations/checks.ts';
import { operationsByKind } from '../features/operations/registry.ts';
import {
  type HostSpec,
  type InstanceStatus,
  type KindName,
  kinds,
  type ResourceOf,
  WeftError,
} from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import type { Commit, Store } from '../store/index.ts';
import type { TopologyView } from '../topology/index.ts';
import type { Executor } from './executor.ts';
import type { Hosts } from './hosts.ts';
import { withOwnTags } from './tags.ts';

/** What the APIs call: operations of the features, run on the store, answered from the topology. */
export class EmbeddedController implements Controller {
  readonly #store: Store;
  readonly #view: TopologyView;
  readonly #executor: Executor;
  readonly #hosts: Hosts;
  readonly #southbound: Southbound;

  constructor(parts: {
    store: Store;
    view: TopologyView;
    executor: Executor;
    hosts: Hosts;
    southbound: Southbound;
  }) {
    this.#store = parts.store;
    this.#view = parts.view;
    this.#executor = parts.executor;
    this.#hosts = parts.hosts;
    this.#southbound = parts.southbound;
  }

  get revision(): number {
    return this.#view.revision;
  }

  async create<K extends KindName>(
    kind: K,
    input: CreateInput,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<K>>> {
    const create = operationsByKind.get(kind)?.create;
    if (!create) throw notSupported(kind, 'created');
    const request = { spec: input.spec, tags: withOwnTags(input.tags ?? {}) };
    const { result, revision } = await this.#executor.run(caller, (draft) => create(draft, request).id);
    return { resource: this.read(kind, result, caller), revision };
  }

  async update<K extends KindName>(
    kind: K,
    id: string,
    input: UpdateInput,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<WriteResult<ResourceOf<K>>> {
    const update = operationsByKind.get(kind)?.update;
    if (!update && Object.keys(input.spec ?? {}).length > 0) throw notSupported(kind, 'changed');
    const { revision } = await this.#executor.run(caller, (draft) => {
      const current = this.#forWrite(kind, id, caller, options);
      const changed = update && input.spec ? update(draft, current, { spec: input.spec }) : current;
      if (input.tags) draft.update(changed, { tags: withOwnTags(input.tags, current.tags) });
    });
    return { resource: this.read(kind, id, caller), revision };
  }

  async remove(
    kind: KindName,
    id: string,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<{ revision: number }> {
    const remove = operationsByKind.get(kind)?.remove;
    if (!remove) throw notSupported(kind, 'deleted');
    const { revision } = await this.#executor.run(caller, (draft) => {
      remove(draft, this.#forWrite(kind, id, caller, options));
    });
    return { revision };
  }

  read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K> {
    const resource = this.#view.get(kind, id);
    if (resource && isVisible(resource, caller)) return resource;
    throw new WeftError('not-found', `there is no ${kind} ${id}`, {
      field: 'id',
      value: id,
      fix: `List them with GET /v1/${kinds[kind].path ?? kind}.`,
    });
  }

  *list<K extends KindName>(kind: K, caller: Caller): Iterable<ResourceOf<K>> {
    for (const resource of this.#view.all(kind)) if (isVisible(resource, caller)) yield resource;
  }

  registerHost(name: string, spec: HostSpec): Promise<WriteResult<ResourceOf<'host'>>> {
    return this.#hosts.register(name, spec);
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
    const { revision } = await this.#executor.run({ account: '', region: '' }, (draft) => {
      draft.update(instance(), { status });
    });
    return { resource: instance(), revision };
  }

  applied(revision: number, timeoutMs: number): Promise<Receipt> {
    return this.#southbound.applied(revision, timeoutMs);
  }
  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<{ close(): void }> {
    return this.#store.watch(afterRevision, listener);
  }

  #forWrite<K extends KindName>(
    kind: K,
    id: string,
    caller: Caller,
    { ifRevision }: WriteOptions,
  ): ResourceOf<K> {
    const current = this.read(kind, id, caller);
    if (ifRevision === undefined || current.revision === ifRevision) return current;
    throw new WeftError(
      'precondition-failed',
      `${kind} ${id} is at revision ${current.revision}, not ${ifRevision}`,
      {
        field: 'If-Match',
        value: ifRevision,
        fix: 'Read it again, and decide whether the change is still right.',
      },
    );
  }
}

function notSupported(kind: KindName, verb: string): WeftError {
  return new WeftError('method-not-allowed', `a ${kind} cannot be ${verb} through the API`, {
    field: 'kind',
    value: kind,
    fix: 'See /v1/openapi.json for what each kind supports.',
  });
}
