import type { ChangeSet } from '../compiler/index.ts';
import { Compiler } from '../compiler/index.ts';
import { Binder } from '../features/binding/operations.ts';
import { features } from '../features/index.ts';
import type { Draft, Owner } from '../features/operations/draft.ts';
import { operationsByKind } from '../features/operations/registry.ts';
import { Placer } from '../features/placement/placer.ts';
import { Executor } from '../main/executor.ts';
import { FlowQuota } from '../main/flow-quota.ts';
import {
  checkFlow,
  type Feature,
  type Flow,
  type FragmentReference,
  type ScopeKey,
  scopeKey,
} from '../pipeline/index.ts';
import { type HostSpec, type KindName, kindNames, type ResourceOf } from '../resources/index.ts';
import { type Commit, openSqliteStore, type Store } from '../store/index.ts';
import { Topology } from '../topology/index.ts';

const operator = { account: '', region: '' };
export const testOwner = { account: '123456789012', region: 'us-east-1' };

/** Store, topology and compiler without switches: what feature tests stand on. */
export class World implements AsyncDisposable {
  readonly store: Store;
  readonly topology: Topology;
  readonly compiler: Compiler;
  readonly executor: Executor;
  /** Every commit since the start, and what it meant for switches. */
  readonly commits: Commit[] = [];
  readonly changes: ChangeSet[] = [];

  readonly #placer: Placer;

  private constructor(store: Store, compiled: readonly Feature[], topology: Topology) {
    this.store = store;
    this.topology = topology;
    this.compiler = new Compiler(this.topology, compiled);
    const flowQuota = new FlowQuota(this.compiler, this.topology);
    this.executor = new Executor(store, this.topology, () => Promise.resolve(), flowQuota);
    this.#placer = new Placer(this.topology, (plan) => this.executor.run(operator, plan));
  }

  /**
   * @param compiled the features that the compiler has; tests of tests plant faults there
   * @param topology empty
   */
  static async create(compiled = features, topology = new Topology()): Promise<World> {
    const store = await openSqliteStore(':memory:');
    const world = new World(store, compiled, topology);
    world.topology.load(await store.snapshot());
    world.compiler.load();
    await store.watch(store.revision, (commit) => {
      world.topology.apply(commit);
      world.commits.push(commit);
      world.changes.push(world.compiler.apply(commit));
      world.#placer.follow(commit);
    });
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }

  /** Runs a plan, and then what the controller does by itself: gateways get their hosts. */
  async run<T>(plan: (draft: Draft) => T, owner: Owner = testOwner): Promise<T> {
    const { result } = await this.executor.run(owner, plan);
    await this.#placer.settle();
    return result;
  }

  async create<K extends KindName>(
    kind: K,
    spec: Record<string, unknown>,
    owner: Owner = testOwner,
  ): Promise<ResourceOf<K>> {
    const id = await this.run((draft) => {
      const create = operationsByKind.get(kind)?.create;
      if (!create) throw new Error(`${kind} cannot be created`);
      return create(draft, { spec, tags: {} }).id;
    }, owner);
    return this.get(kind, id);
  }

  async update<K extends KindName>(
    kind: K,
    id: string,
    spec: Record<string, unknown>,
    owner: Owner = testOwner,
  ): Promise<ResourceOf<K>> {
    await this.run((draft) => {
      operationsByKind.get(kind)?.update?.(draft, this.get(kind, id) as never, { spec });
    }, owner);
    return this.get(kind, id);
  }

  async remove(kind: KindName, id: string): Promise<void> {
    await this.run((draft) => operationsByKind.get(kind)?.remove?.(draft, this.get(kind, id) as never));
  }

  get<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    const resource = this.topology.get(kind, id);
    if (!resource) throw new Error(`there is no ${kind} ${id}`);
    return resource;
  }

  async host(index: number, spec: Partial<HostSpec> = {}): Promise<ResourceOf<'host'>> {
    const id = `host-${index}`;
    await this.run((draft) => {
      draft.create('host', {
        id,
        spec: {
          tunnelAddress: `198.18.0.${index}`,
          zone: 'zone-a',
          datapathId: index.toString(16).padStart(16, '0'),
          tunnelPort: 1,
          externalPorts: {},
          computeDrivers: ['netns'],
          ...spec,
        },
        status: { state: 'up' },
      });
    });
    return this.get('host', id);
  }

  bind(
    hostId: string,
    networkInterfaceId: string,
    ofport: number,
    active?: boolean,
  ): Promise<ResourceOf<'binding'>> {
    return this.run((draft) => new Binder(draft, hostId, 0).bind(networkInterfaceId, ofport, active));
  }
  unbind(hostId: string, networkInterfaceId: string): Promise<void> {
    return this.run((draft) => new Binder(draft, hostId, 0).unbind(networkInterfaceId));
  }

  /** Every fragment of the present state with its flows, compiled from scratch by the features themselves. */
  flows(): Map<ScopeKey, Flow[]> {
    const references = new Map<string, FragmentReference>();
    const add = (reference: FragmentReference) =>
      references.set(`${reference.definition.code}:${reference.id}`, reference);
    for (const feature of features) feature.always?.forEach(add);
    for (const kind of kindNames) {
      for (const after of this.topology.all(kind)) {
        for (const feature of features) {
          for (const reference of feature.affected(
            { kind, id: after.id, before: undefined, after },
            this.topology,
          )) {
            add(reference);
          }
        }
      }
    }
    const result = new Map<ScopeKey, Flow[]>();
    for (const { definition, id } of references.values()) {
      const compiled = definition.compile(this.topology, id);
      if (!compiled) continue;
      compiled.flows.forEach(checkFlow);
      const key = scopeKey(compiled.scope);
      result.set(key, [...(result.get(key) ?? []), ...compiled.flows]);
    }
    return result;
  }
}
