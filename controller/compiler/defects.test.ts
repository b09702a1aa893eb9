import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Feature, globalScope, setFlag } from '../pipeline/index.ts';
import type { Commit } from '../store/store.ts';
import { network } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { Compiler } from './compiler.ts';
import type { Defect } from './types.ts';

/** One flow for each VPC; those that are named in `bad` cannot be compiled. */
function featureWith(bad: Set<string>): Feature {
  const definition = {
    name: 'test.flow',
    code: 59,
    compile: (_view: unknown, id: string) => {
      if (bad.has(id)) throw new RangeError(`cannot compile ${id}`);
      const actions = [setFlag(0, 1)];
      const flows = [{ stage: 'deliver', priority: 1, match: [], actions }] as const;
      return { scope: globalScope, number: 1, flows };
    },
  };
  return {
    name: 'test',
    fragments: [definition],
    *affected({ kind, id }) {
      if (kind === 'vpc') yield { definition, id };
    },
  };
}

describe('a fragment that cannot be compiled', () => {
  it('is reported and counts as absent, while others are compiled', async () => {
    await using world = await World.create();
    const { vpc: good } = await network(world);
    const { vpc: spoilt } = await network(world);
    const bad = new Set([spoilt.id]);
    const defects: Defect[] = [];
    const compiler = new Compiler(world.topology, [featureWith(bad)], (defect) => defects.push(defect));
    compiler.load();
    assert.deepEqual(
      defects.map(({ fragment, id }) => [fragment, id]),
      [['test.flow', spoilt.id]],
    );
    assert.match(String(defects[0]?.error), /cannot compile/);
    assert.deepEqual([...(compiler.scope('global')?.fragments.keys() ?? [])], [`59:${good.id}`]);

    const touch = (resource: typeof good): Commit => ({
      revision: world.topology.revision,
      changes: [{ kind: 'vpc', id: resource.id, before: resource, after: resource }],
    });
    bad.add(good.id);
    const changes = compiler.apply(touch(good)).scopes.get('global') ?? [];
    assert.ok(changes[0]?.before && !changes[0].after, 'its flows go');
    assert.equal(compiler.scope('global'), undefined);
    bad.clear();
    compiler.apply(touch(spoilt));
    assert.deepEqual([...(compiler.scope('global')?.fragments.keys() ?? [])], [`59:${spoilt.id}`]);
  });

  it('counts when its feature fails to say what a change affects: then all of the feature is compiled', async () => {
    await using world = await World.create();
    const { vpc: first } = await network(world);
    const working = featureWith(new Set());
    let fails = false;
    const feature: Feature = {
      ...working,
      *affected(change, view) {
        if (fails && change.before) throw new RangeError('cannot say');
        yield* working.affected(change, view);
      },
    };
    const defects: Defect[] = [];
    const compiler = new Compiler(world.topology, [feature], (defect) => defects.push(defect));
    compiler.load();
    const keys = () => [...(compiler.scope('global')?.fragments.keys() ?? [])];
    assert.deepEqual(keys(), [`59:${first.id}`]);
    const { vpc: second } = await network(world);
    fails = true;
    const changes = [{ kind: 'vpc', id: first.id, before: first, after: first }] as const;
    compiler.apply({ revision: world.topology.revision, changes });
    assert.deepEqual(
      defects.map(({ fragment, id }) => [fragment, id]),
      [['test.affected', 'test']],
    );
    assert.deepEqual(keys(), [`59:${first.id}`, `59:${second.id}`], 'nothing that might differ is left out');
  });

  it('ends the compile where nobody is told', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const compiler = new Compiler(world.topology, [featureWith(new Set([vpc.id]))]);
    assert.throws(() => compiler.load(), RangeError);
  });
});
