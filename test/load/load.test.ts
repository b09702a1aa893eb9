import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UsageError } from '../command.ts';
import { Journal } from './journal.ts';
import { parseOptions } from './options.ts';
import { runLoad } from './run.ts';

describe('many clients at once', () => {
  it('lose nothing and double nothing, through both APIs and the death of the controller', async (test) => {
    const directory = await mkdtemp(join(tmpdir(), 'weft-load-'));
    test.after(() => rm(directory, { recursive: true }));
    const options = { clients: 20, seconds: 5, kill: true, seed: 11, cpuProfile: false };
    const { counts, times, violations, watchConnections } = await runLoad(options, directory, (line) =>
      test.diagnostic(line),
    );
    assert.deepEqual(violations, []);
    assert.ok(watchConnections >= 2, 'the watch has seen the controller go');
    for (const what of ['writes', 'reads', 'lost', 'hung up', 'sent twice at once']) {
      assert.ok((counts.get(what) ?? 0) > 0, `${what}: none`);
    }
    for (const what of ['REST writes', 'REST reads', 'AWS writes', 'AWS reads']) assert.ok(times.has(what));
  });
});

describe('the journal of a load', () => {
  const eni = (id: number, address: string, mark?: string) => ({ id: `eni-${id}`, address, mark });

  it('agrees with what is there', () => {
    const journal = new Journal();
    journal.made(1, eni(1, '10.0.0.4'), 'subnet-1');
    journal.made(1, eni(2, '10.0.0.4'), 'subnet-2');
    journal.marked('eni-1', 'a');
    journal.leaving('eni-2');
    journal.made(2, eni(3, '10.0.0.4'), 'subnet-2');
    journal.compare([eni(1, '10.0.0.4', 'a'), eni(3, '10.0.0.4')]);
    assert.deepEqual(journal.violations, []);
  });

  const mistakes: [name: string, found: ReturnType<typeof eni>[], violation: RegExp][] = [
    ['a lost write', [], /eni-1 was acknowledged and is lost/],
    [
      'a doubled write',
      [eni(1, '10.0.0.4', 'b'), eni(2, '10.0.0.5')],
      /eni-2 is there, and no client has it/,
    ],
    ['a lost change', [eni(1, '10.0.0.4', 'a')], /eni-1 is marked a, not b/],
    ['another address', [eni(1, '10.0.0.5', 'b')], /eni-1 has 10.0.0.5, not 10.0.0.4/],
  ];
  for (const [name, found, violation] of mistakes) {
    it(`sees ${name}`, () => {
      const journal = new Journal();
      journal.made(1, eni(1, '10.0.0.4'), 'subnet-1');
      journal.marked('eni-1', 'a');
      journal.marked('eni-1', 'b');
      journal.compare(found);
      assert.equal(journal.violationCount, 1);
      assert.match(journal.violations[0] ?? '', violation);
    });
  }

  it('sees an address that two have', () => {
    const journal = new Journal();
    journal.made(1, eni(1, '10.0.0.4'), 'subnet-1');
    journal.made(2, eni(2, '10.0.0.4'), 'subnet-1');
    assert.match(journal.violations[0] ?? '', /eni-2 was given 10.0.0.4, which eni-1 has/);
  });
});

describe('options of the load', () => {
  it('have defaults', () => {
    const { seed, ...rest } = parseOptions([]) ?? {};
    assert.ok(Number.isInteger(seed));
    assert.deepEqual(rest, { clients: 200, seconds: 60, kill: true, cpuProfile: false });
    assert.equal(parseOptions(['--help']), undefined);
  });
  for (const args of [['fast'], ['--clients', '1'], ['--seconds', '0.5'], ['--seed', '-1'], ['--kill']]) {
    it(`are refused: ${args.join(' ')}`, () => {
      assert.throws(() => parseOptions(args), UsageError);
    });
  }
});
