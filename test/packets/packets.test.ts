import { describe, it } from 'node:test';
import { answered } from './cases/answered.ts';
import { inside } from './cases/inside.ts';
import { outside } from './cases/outside.ts';
import { runCase } from './packet-case.ts';

/** Model and simulated switches agree on every packet, and both say what the case says. */
describe('packets in, and where they end', () => {
  for (const one of [...inside, ...outside, ...answered]) {
    it(`${one.feature}: ${one.about}`, () => runCase(one));
  }
});
