import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Disagreement } from './disagreement.ts';
import { type Exploration, explore } from './explore.ts';
import { type Fault, faults } from './faults/index.ts';

const networks = 40;
const packetsEach = 300;
/** So many files share the faults, so that each ends soon on a busy machine. */
const parts = 8;

/** Networks without a fault, by their seed: the settings are the same for all faults. */
const soundNetworks = new Map<number, Promise<Exploration>>();

const options = { packets: packetsEach, packetsPerEdit: 8, incrementalEvery: 0 };

/** The same network and packets without a fault: it is the fault that was found. */
function withoutFault(seed: number): Promise<Exploration> {
  const known = soundNetworks.get(seed) ?? explore({ ...options, seed });
  soundNetworks.set(seed, known);
  return known;
}

/**
 * Searches networks until the oracles disagree on one.
 *
 * @returns the seed of that network; undefined when there was none
 * @throws Error any other failure: of the fault itself, or of the test
 */
async function seedThatShows({ plant, firstSeed = 1 }: Fault): Promise<number | undefined> {
  for (let seed = firstSeed; seed < firstSeed + networks; seed++) {
    const { failure } = await explore({ ...options, seed, mutation: plant() });
    if (failure instanceof Disagreement) return seed;
    if (failure) throw failure;
  }
  return undefined;
}

/** Tests that one part of the faults is found. */
export function findFaults(part: number): void {
  describe('the property test finds planted faults', () => {
    for (const fault of faults.filter((_, index) => index % parts === part)) {
      it(fault.name, async () => {
        const seed = await seedThatShows(fault);
        assert.ok(seed !== undefined, `${networks * packetsEach} packets did not show it`);
        const { failure } = await withoutFault(seed);
        assert.equal(failure, undefined, 'without the fault, the oracles agree');
      });
    }
  });
}
