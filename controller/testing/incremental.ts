import assert from 'node:assert/strict';
import { Compiler, type DesiredState } from '../compiler/index.ts';
import { features } from '../features/index.ts';
import type { Flow, ScopeKey } from '../pipeline/index.ts';
import { Topology } from '../topology/index.ts';
import type { World } from './world.ts';

/** Everything that switches would see of a compiler: scopes with all they hold, and who subscribes to them. */
function content(desired: DesiredState, scopes: ReadonlySet<ScopeKey>, hosts: ReadonlySet<string>): unknown {
  const described = [...scopes].sort().map((key) => {
    const scope = desired.scope(key);
    const fragments = [...(scope?.fragments.values() ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      key,
      digest: scope?.digest,
      fragments: fragments.map(({ bytes, scope: _same, waitsFor, ...rest }) => ({
        ...rest,
        bytes: Buffer.from(bytes).toString('hex'),
        waitsFor: waitsFor.map(({ definition, id }) => `${definition.name} ${id}`),
      })),
    };
  });
  return {
    described,
    subscriptions: [...hosts].sort().map((host) => [...desired.scopesOfHost(host)].sort()),
  };
}

/** Holds the incremental compiler of a world against a full compile, also for scopes that are no longer there. */
export class IncrementalCheck {
  readonly #world: World;
  readonly #scopes = new Set<ScopeKey>(['global']);
  readonly #hosts = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws AssertionError when the two differ */
  async assertSame(note: string): Promise<void> {
    const { store, topology, compiler } = this.#world;
    for (const { id } of topology.all('vpc')) this.#scopes.add(`vpc:${id}`);
    for (const { id } of topology.all('host')) {
      this.#scopes.add(`host:${id}`);
      this.#hosts.add(id);
    }
    const fresh = new Topology();
    fresh.load(await store.snapshot());
    const full = new Compiler(fresh, features);
    full.load();
    assert.deepEqual(
      content(compiler, this.#scopes, this.#hosts),
      content(full, this.#scopes, this.#hosts),
      note,
    );
  }
}

const placeOf = ({ stage, priority, match }: Flow) => {
  const fields = match.map(({ field, value, mask }) => `${field}=${value}/${mask}`);
  return `${stage} ${priority} ${fields.sort().join(',')}`;
};

/** No two flows that can meet on one host have the same stage, priority and match: one would overwrite the other. */
export function assertNoConflicts(world: World): void {
  const shared = new Set<string>();
  for (const [scope, list] of world.flows()) {
    const seen = scope.startsWith('host:') ? new Set<string>() : shared;
    for (const flow of list) {
      const place = placeOf(flow);
      assert.ok(!seen.has(place) && !shared.has(place), `two flows for ${place}`);
      seen.add(place);
    }
  }
}
