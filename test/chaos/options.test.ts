import assert from 'node:assert/strict';
import { it } from 'node:test';
import { UsageError } from '../command.ts';
import { parseOptions } from './options.ts';

it('options have presets, and a seed from the clock', () => {
  assert.deepEqual(parseOptions([], 1234.5), {
    ...{ operations: 2000, clients: 6, hosts: 3, seed: 1234, minutes: 10, faults: true },
  });
  assert.deepEqual(parseOptions(['--seed', '0', '--hosts', '2', '--no-faults'])?.seed, 0);
  assert.equal(parseOptions(['--help']), undefined);
});

it('options that cannot be meant are refused with name, value and range', () => {
  for (const args of [
    ['--hosts', '1'],
    ['--clients', 'six'],
    ['--operations', '1.5'],
    ['--seed', '-1'],
  ]) {
    assert.throws(() => parseOptions([args[0] as string, args[1] as string]), UsageError, args.join(' '));
  }
  assert.throws(() => parseOptions(['--hosts', '1']), /--hosts 1: a whole number from 2 to 16 is needed/);
  assert.throws(() => parseOptions(['--unknown']), UsageError);
});
