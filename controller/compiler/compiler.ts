import { type Feature, type FragmentReference, type ScopeKey, scopeKey } from '../pipeline/index.ts';
import { kindNames } from '../resources/index.ts';
import type { Change, Commit } from '../store/store.ts';
import type { TopologyView } from '../topology/view.ts';
import { encodeFragment, fragmentKey } from './encode.ts';
import { ScopeState } from './scope-state.ts';
import { SubscriptionTracker } from './subscriptions.ts';
import type {
  ChangeSet,
  Defect,
  DesiredState,
  FragmentChange,
  ScopeContent,
  StoredFragment,
} from './types.ts';

function throwIt({ error }: Defect): never {
  throw error;
}

/**
 * Turns commits into changed fragments. The work is that of the fragments which the features name for a change,
 * never that of the network. A full compile is the same as a commit that creates everything, so both ways share
 * all of their code; a property test holds them against each other.
 */
export class Compiler implements DesiredState {
  readonly #view: TopologyView;
  readonly #features: readonly Feature[];
  readonly #scopes = new Map<ScopeKey, ScopeState>();
  /** Where each fragment is, for finding it again when its scope changes. */
  readonly #scopeOfFragment = new Map<string, ScopeKey>();
  readonly #subscriptions = new SubscriptionTracker();
  readonly #onDefect: (defect: Defect) => void;

  /** @param onDefect told of fragments that cannot be compiled; by default it ends the compile, as tests want it */
  constructor(
    view: TopologyView,
    features: readonly Feature[],
    onDefect: (defect: Defect) => void = throwIt,
  ) {
    this.#view = view;
    this.#features = features;
    this.#onDefect = onDefect;
  }

  get revision(): number {
    return this.#view.revision;
  }

  /** Compiles everything that the view has. Called once, before the first `apply`. */
  load(): ChangeSet {
    const changes: Change[] = [];
    for (const kind of kindNames) {
      for (const after of this.#view.all(kind))
        changes.push({ kind, id: after.id, before: undefined, after });
    }
    const always = this.#features.flatMap((feature) => feature.always ?? []);
    return this.#compile({ revision: this.#view.revision, changes }, always);
  }

  /** Compiles what the commit touches. The view must stand at the commit's revision. */
  apply(commit: Commit): ChangeSet {
    return this.#compile(commit, []);
  }

  scope(key: ScopeKey): ScopeContent | undefined {
    return this.#scopes.get(key);
  }

  scopesOfHost(hostId: string): readonly ScopeKey[] {
    const vpcs = [...this.#subscriptions.vpcsOf(hostId)].map((id): ScopeKey => `vpc:${id}`);
    return ['global', ...vpcs, `host:${hostId}`];
  }

  locate({ definition, id }: FragmentReference): { scope: ScopeKey; key: string } | undefined {
    const key = fragmentKey(definition, id);
    const scope = this.#scopeOfFragment.get(key);
    return scope && { scope, key };
  }

  /** What the compiled state costs: for metrics and benchmarks. */
  statistics(): { scopes: number; fragments: number; flows: number; bytes: number } {
    const total = { scopes: this.#scopes.size, fragments: 0, flows: 0, bytes: 0 };
    for (const { fragments } of this.#scopes.values()) {
      total.fragments += fragments.size;
      for (const fragment of fragments.values()) {
        total.flows += fragment.flowCount;
        total.bytes += fragment.bytes.length;
      }
    }
    return total;
  }

  #compile({ revision, changes }: Commit, always: readonly FragmentReference[]): ChangeSet {
    const references = new Map<string, FragmentReference>();
    const add = (reference: FragmentReference) =>
      references.set(fragmentKey(reference.definition, reference.id), reference);
    always.forEach(add);
    for (const change of changes) {
      for (const feature of this.#features) {
        for (const reference of feature.affected(change, this.#view)) add(reference);
      }
    }
    const scopes = new Map<ScopeKey, FragmentChange[]>();
    for (const [key, reference] of references) this.#recompile(key, reference, scopes);
    return { revision, scopes, ...this.#subscriptions.update(changes, this.#view) };
  }

  #recompile(
    key: string,
    { definition, id }: FragmentReference,
    scopes: Map<ScopeKey, FragmentChange[]>,
  ): void {
    const oldScope = this.#scopeOfFragment.get(key);
    const before = oldScope && this.#scopes.get(oldScope)?.fragments.get(key);
    const after = this.#encode({ definition, id }, before);
    const newScope = after && scopeKey(after.scope);
    const sameScope = newScope === oldScope ? before : undefined;
    if (sameScope && after?.cookie === sameScope.cookie) return;
    const record = (scope: ScopeKey, change: FragmentChange) => {
      this.#replace(scope, change);
      const list = scopes.get(scope);
      if (list) list.push(change);
      else scopes.set(scope, [change]);
    };
    if (oldScope && before && newScope !== oldScope) record(oldScope, { before, after: undefined });
    if (newScope && after) record(newScope, { before: sameScope, after });
    if (newScope) this.#scopeOfFragment.set(key, newScope);
    else this.#scopeOfFragment.delete(key);
  }

  /**
   * The fragment as it is now. One that cannot be compiled counts as absent, so that its flows go and its packets are
   * dropped: one bad resource must not stop the controller, at this commit and at every start after it.
   */
  #encode(reference: FragmentReference, before: StoredFragment | undefined): StoredFragment | undefined {
    const { definition, id } = reference;
    try {
      const compiled = definition.compile(this.#view, id);
      const sameScope = compiled && before && scopeKey(compiled.scope) === scopeKey(before.scope);
      return compiled && encodeFragment(definition, id, compiled, sameScope ? before : undefined);
    } catch (error) {
      this.#onDefect({ fragment: definition.name, id, error });
      return undefined;
    }
  }

  #replace(key: ScopeKey, { before, after }: FragmentChange): void {
    let state = this.#scopes.get(key);
    if (!state) {
      state = new ScopeState((after as StoredFragment).scope);
      this.#scopes.set(key, state);
    }
    state.replace(before, after);
    if (state.fragments.size === 0) this.#scopes.delete(key);
  }
}
