import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnyResource } from '../resources/index.ts';
import type { Change } from '../store/index.ts';
import { testBinding, testGroup, testInterface, testResource, testRule, testVpc } from './testing.ts';
import { Topology } from './topology.ts';

/** So few ids that most references meet something, and so many that some lead nowhere. */
const idCount = 4;

/**
 * Makes a resource of one kind.
 *
 * @param id 0 to `idCount` - 1
 * @param unique its number, address or zone slot, which no other of the kind has
 * @param first and `second`: ids of what it points at
 */
type Make = (id: number, unique: number, first: number, second: number) => AnyResource;

const makers: Readonly<Record<string, Make>> = {
  vpc: (id, unique, first) => testVpc(`vpc-${id}`, unique, `10.${first}.0.0/16`),
  group: (id, _unique, first) => testGroup(`sg-${id}`, `vpc-${first}`),
  rule: (id, unique, first, second) =>
    testRule(
      `sgr-${id}`,
      `sg-${first}`,
      unique % 2 ? 'egress' : 'ingress',
      second ? `sg-${second}` : undefined,
    ),
  networkInterface: (id, unique, first, second) =>
    testInterface(`eni-${id}`, `vpc-${first}`, unique, [`sg-${first}`, `sg-${second}`]),
  binding: (id, unique, first) => testBinding(`h${id % 2}`, `eni-${id >> 1}`, unique + 10 * first + 1),
  routeTable: (id, unique, first, second) =>
    testResource('route-table', `rtb-${id}`, {
      number: unique,
      createdAt: new Date(second).toISOString(),
      spec: { vpcId: `vpc-${first}`, routes: [{ destination: '0.0.0.0/0', target: 'blackhole' }] },
    }),
};

const anyId = fc.nat(idCount - 1);
const anyEdit = fc.record({
  kind: fc.constantFrom(...Object.keys(makers)),
  id: anyId,
  action: fc.constantFrom('put', 'put', 'delete'),
  /** Another resource of the kind, which swaps its unique value with this one in the same commit. */
  swapWith: fc.option(anyId, { nil: undefined, freq: 3 }),
  first: anyId,
  second: anyId,
  /** Where its change stands within the commit. */
  place: fc.nat(),
});
type Edit = typeof anyEdit extends fc.Arbitrary<infer Value> ? Value : never;

/** The resources as a plain map: what a store would hold. */
class Model {
  readonly #resources = new Map<string, AnyResource>();
  /** Kind → the unique value of each id: always a permutation, so that no two have the same. */
  readonly #unique = new Map(Object.keys(makers).map((kind) => [kind, [...Array(idCount).keys()]]));
  readonly #arguments = new Map<string, readonly [first: number, second: number]>();

  get resources(): AnyResource[] {
    return [...this.#resources.values()];
  }

  /** Applies the edits as one commit: each resource changes once, in an order that the edits say. */
  commit(edits: readonly Edit[]): Change[] {
    const touched = new Map<string, { before: AnyResource | undefined; place: number }>();
    const touch = (slot: string, place: number) => {
      if (!touched.has(slot)) touched.set(slot, { before: this.#resources.get(slot), place });
    };
    for (const edit of edits) {
      const slot = `${edit.kind} ${edit.id}`;
      touch(slot, edit.place);
      if (edit.swapWith !== undefined)
        this.#swap(edit.kind, edit.id, edit.swapWith, (other) => touch(other, 1));
      this.#arguments.set(slot, [edit.first, edit.second]);
      if (edit.action === 'put') this.#make(edit.kind, edit.id);
      else this.#resources.delete(slot);
    }
    return [...touched]
      .sort(([, a], [, b]) => a.place - b.place)
      .flatMap(([slot, { before }]) => changeOf(before, this.#resources.get(slot)));
  }

  #swap(kind: string, id: number, other: number, touch: (slot: string) => void): void {
    const unique = this.#unique.get(kind) as number[];
    [unique[id], unique[other]] = [unique[other] as number, unique[id] as number];
    for (const swapped of [id, other]) {
      const slot = `${kind} ${swapped}`;
      if (!this.#resources.has(slot)) continue;
      touch(slot);
      this.#make(kind, swapped);
    }
  }

  #make(kind: string, id: number): void {
    const slot = `${kind} ${id}`;
    const [first, second] = this.#arguments.get(slot) ?? [0, 0];
    const unique = this.#unique.get(kind)?.[id] as number;
    this.#resources.set(slot, (makers[kind] as Make)(id, unique, first, second));
  }
}

function changeOf(before: AnyResource | undefined, after: AnyResource | undefined): Change[] {
  const resource = after ?? before;
  return resource ? [{ kind: resource.kind, id: resource.id, before, after }] : [];
}

test('after every commit the topology equals a fresh one of the same resources', () => {
  const anyCommits = fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 8 }), { maxLength: 25 });
  fc.assert(
    fc.property(anyCommits, (commits) => {
      const model = new Model();
      const topology = new Topology();
      for (const edits of commits) {
        const revision = topology.revision + 1;
        topology.apply({ revision, changes: model.commit(edits) });
        // The other way round: what is loaded must not depend on the order either.
        const resources = model.resources.reverse();
        assert.deepEqual(topology.diffAgainst({ revision, resources }), []);
      }
    }),
    { numRuns: 300 },
  );
});

test('a commit that was lost shows as a difference', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 8 }), (edits) => {
      const model = new Model();
      const changes = model.commit(edits);
      fc.pre(changes.length > 0 && model.resources.length > 0);
      const topology = new Topology();
      topology.apply({ revision: 1, changes: [] });
      assert.notDeepEqual(topology.diffAgainst({ revision: 1, resources: model.resources }), []);
    }),
    { numRuns: 50 },
  );
});
