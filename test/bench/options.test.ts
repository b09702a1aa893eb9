import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../command.ts';
import { parseOptions } from './options.ts';

describe('options of the benchmarks', () => {
  it('have defaults', () => {
    assert.deepEqual(parseOptions(['apply']), {
      benchmark: 'apply',
      sizes: [1000, 10_000],
      samples: 300,
      warmUps: 30,
      rounds: 20,
      switches: 50,
      cpuProfile: false,
    });
  });
  it('take sizes in any order, each once', () => {
    assert.deepEqual(parseOptions(['apply', '--sizes', '300,100,300'])?.sizes, [100, 300]);
  });
  it('give way to the usage', () => {
    assert.equal(parseOptions(['--help']), undefined);
  });
  it('name the benchmark', () => {
    assert.equal(parseOptions(['lists'])?.benchmark, 'lists');
  });
  for (const args of [
    [],
    ['compile'],
    ['apply', 'apply'],
    ['apply', '--sizes', '100,'],
    ['apply', '--sizes', '1e3'],
    ['apply', '--samples', '0'],
    ['apply', '--samples', '-1'],
    ['apply', '--sizes', '30000', '--switches', '1'],
    ['apply', '--colour'],
    ['lists', '--sizes', '40000'],
  ]) {
    it(`are refused: ${args.join(' ') || 'none'}`, () => {
      assert.throws(() => parseOptions(args), UsageError);
    });
  }
});
