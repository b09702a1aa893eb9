import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { Coverage } from './coverage.test-support.ts';
import { handMade, handMadeFlowMod } from './hand-made.ts';
import { messageSamples } from './message-samples.ts';

const allVersions: readonly Version[] = [4, 5, 6];

/** Every hexadecimal text in a file of vectors. */
function* hexIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && /^0[456](?:[0-9a-f]{2}){7,}$/.test(value)) yield value;
  if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) yield* hexIn(item);
}

function* vectors(): Generator<Uint8Array> {
  for (const name of ['flows', 'commands', 'fields', 'errors']) {
    const file = readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8');
    for (const hex of hexIn(JSON.parse(file))) yield Buffer.from(hex, 'hex');
  }
  for (const vector of handMade) {
    for (const version of vector.versions ?? allVersions) {
      yield Buffer.from(handMadeFlowMod(vector, version), 'hex');
    }
  }
  const request = { type: 'meter-mod', command: 'delete', flags: [], meter: 5, bands: [] } as const;
  for (const version of allVersions) yield encodeMessage({ type: 'request-forward', request }, { version });
  for (const { message, versions = allVersions } of messageSamples) {
    for (const version of versions) yield encodeMessage(message, { version });
  }
}

it('every entry of the registries is in a vector, in every version that has it', () => {
  const coverage = new Coverage();
  for (const bytes of [...vectors()]) coverage.decode(bytes);
  assert.deepEqual(coverage.missing(), []);
});
