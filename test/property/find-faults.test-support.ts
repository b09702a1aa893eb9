import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explore } from './explore.ts';
import { type Fault, faults } from './faults/index.ts';

const networks = 40;
const packetsEach = 300;
/** So many files share the faults, so that each ends soon on a busy machine. */
const parts = 5;

/** Packets sent until the first disagreement; undefined when there was none. */
async function packetsToFind({ plant, firstSeed = 1 }: Fault): Promise<number | undefined> {
  let sent = 0;
  for (let seed = firstSeed; seed < firstSeed + networks; seed++) {
    const options = { seed, packets: packetsEach, packetsPerEdit: 8, incrementalEvery: 0 };
    const { coverage, failure } = await explore({ ...options, mutation: plant() });
    sent += coverage.packets;
    if (failure) return sent;
  }
  return undefined;
}

/** Tests that one part of the faults is found. */
export function findFaults(part: number): void {
  describe('the property test finds planted faults', () => {
    for (const fault of faults.filter((_, index) => index % parts === part)) {
      it(fault.name, async () => {
        const sent = await packetsToFind(fault);
        assert.notEqual(sent, undefined, `${networks * packetsEach} packets did not show it`);
      });
    }
  });
}
