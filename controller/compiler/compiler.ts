import {
  type Feature,
  type FragmentDefinition,
  type FragmentReference,
  type ScopeKey,
  scopeKey,
} from '../pipeline/index.ts';
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
  /** Cookie → fragment, of kinds of which several fragments may have one number. */
  readonly #sharedCookies = new Map<bigint, string>();
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
    this.#addAffected(changes, add);
    const scopes = new Map<ScopeKey, FragmentChange[]>();
    for (const [key, reference] of references) this.#recompile(key, reference, scopes);
    return { revision, scopes, ...this.#subscriptions.update(changes, this.#view) };
  }

  /**
   * Adds what the features name for the changes. One that fails at that must not stop the controller, and its fragments
   * must not stay as they were: then all of its fragments are compiled again.
   */
  #addAffected(changes: readonly Change[], add: (reference: FragmentReference) => void): void {
    for (const feature of this.#features) {
      try {
        for (const change of changes) for (const one of feature.affected(change, this.#view)) add(one);
      } catch (error) {
        this.#onDefect({ fragment: `${feature.name}.affected`, id: feature.name, error });
        this.#addEverything(feature, add);
      }
    }
  }

  /** Every fragment that a feature has, or would have in a full compile. What fails here as well is left out. */
  #addEverything(feature: Feature, add: (reference: FragmentReference) => void): void {
    for (const definition of feature.fragments) {
      for (const id of this.#idsOf(definition)) add({ definition, id });
    }
    for (const kind of kindNames) {
      for (const after of this.#view.all(kind)) {
        const change = { kind, id: after.id, before: undefined, after };
        try {
          for (const one of feature.affected(change, this.#view)) add(one);
        } catch (error) {
          this.#onDefect({ fragment: `${feature.name}.affected`, id: after.id, error });
        }
      }
    }
  }

  /** Ids of the compiled fragments of a kind: a walk over all fragments, for emergencies. */
  *#idsOf({ code }: FragmentDefinition): Iterable<string> {
    const prefix = `${code}:`;
    for (const key of this.#scopeOfFragment.keys()) {
      if (key.startsWith(prefix)) yield key.slice(prefix.length);
    }
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
    if (sameScope && after?.cookie === sameScope.cookie) {
      // The flows are the same, but what goes with them may differ, for switches that get them later.
      this.#scopes.get(oldScope as ScopeKey)?.fragments.set(key, after);
      return;
    }
    const record = (scope: ScopeKey, change: FragmentChange) => {
      this.#replace(scope, change);
      const list = scopes.get(scope);
      if (list) list.push(change);
      else scopes.set(scope, [change]);
    };
    this.#noteCookie(definition, key, before, after);
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
      return (
        compiled &&
        encodeFragment(definition, id, compiled, sameScope ? before : undefined, (cookie) =>
          this.#isOthers(cookie, fragmentKey(definition, id)),
        )
      );
    } catch (error) {
      this.#onDefect({ fragment: definition.name, id, error });
      return undefined;
    }
  }

  /** True when another fragment with the same number has the cookie. */
  #isOthers(cookie: bigint, key: string): boolean {
    const owner = this.#sharedCookies.get(cookie);
    return owner !== undefined && owner !== key;
  }

  #noteCookie(definition: FragmentDefinition, key: string, before?: StoredFragment, after?: StoredFragment) {
    if (!definition.sharesNumbers) return;
    if (before && this.#sharedCookies.get(before.cookie) === key) this.#sharedCookies.delete(before.cookie);
    if (after) this.#sharedCookies.set(after.cookie, key);
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
