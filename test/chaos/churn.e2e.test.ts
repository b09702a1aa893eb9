import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runChaos } from './run.ts';

it('many changes at once, with killed programs: store, switches, acknowledgements and packets agree', async (test) => {
  const journal = await runChaos({
    hosts: 2,
    operations: 200,
    clients: 4,
    seed: 20,
    limitMs: 20_000,
    thinkMs: 60,
    faults: { once: ['controller-kill', 'agent-kill', 'switch-kill'] },
    trials: 3,
    say: (line) => test.diagnostic(line),
  });
  assert.deepEqual(journal.violations, []);
  for (const fault of ['controller-kill', 'agent-kill', 'switch-kill']) {
    assert.equal(journal.counts.get(`fault ${fault}`), 1);
  }
  const writes = [...journal.counts].filter(([what]) => what.endsWith(': done'));
  assert.ok(writes.reduce((sum, [, count]) => sum + count, 0) > 50, journal.summary());
});
