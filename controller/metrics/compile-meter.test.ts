import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloud } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { CompileMeter } from './compile-meter.ts';
import { Instruments } from './instruments.ts';
import { parseExposition } from './testing/exposition.ts';

test('totals kept by changes are those of counting everything, while a network comes and goes', async () => {
  await using world = await World.create();
  const instruments = new Instruments();
  const meter = new CompileMeter(world.compiler, instruments);
  meter.load();
  let changed = 0;
  await world.store.watch(world.store.revision, () => {
    const changes = world.changes.at(-1);
    assert.ok(changes);
    meter.record(changes, 0.001);
    for (const list of changes.scopes.values()) changed += list.length;
    assert.deepEqual(meter.totals, world.compiler.statistics());
  });
  const empty = { ...meter.totals };
  const { vpc, subnet, gateway } = await cloud(world);
  await world.update('internet-gateway', gateway.id, { vpcId: null });
  const full = { ...meter.totals };
  assert.ok(full.scopes > empty.scopes && full.flows > empty.flows && full.bytes > empty.bytes);
  for (const resource of [gateway, subnet, vpc]) await world.remove(resource.kind, resource.id);
  assert.ok(meter.totals.scopes < full.scopes, 'the scope of the VPC is gone');

  const parsed = parseExposition(await instruments.registry.metrics());
  assert.equal(parsed.value('weft_compile_fragments_total'), changed);
  assert.equal(parsed.value('weft_compile_seconds_count'), world.commits.length);
});
