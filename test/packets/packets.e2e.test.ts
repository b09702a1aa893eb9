import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cannotTrace, Tracer } from '../property/trace/tracer.ts';
import { answered } from './cases/answered.ts';
import { inside } from './cases/inside.ts';
import { outside } from './cases/outside.ts';
import { runCase } from './packet-case.ts';

/** The same packets by `ofproto/trace` on real switches with the same flows. */
describe('packets in, and where Open vSwitch leads them', { skip: cannotTrace }, () => {
  it('is where the simulated switches lead them', async () => {
    await using tracer = new Tracer(1);
    for (const one of [...inside, ...outside, ...answered]) {
      await runCase(one, (sent, rig) => tracer.check(sent, rig));
    }
    assert.ok(tracer.segments > 150, `only ${tracer.segments} parts of their ways were compared`);
  });
});
