import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { OpenFlowError } from '../errors.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { parseCommand } from '../text/commands.ts';
import { hexOf } from '../wire/hex.ts';
import { hasOvsOfctl, Recorder } from './ovs-ofctl.ts';
import { groupLine, meterText, newGroupLine } from './random-group-texts.test-generators.ts';
import { flowLine } from './random-texts.test-generators.ts';

/*
 * DIFFERENTIAL_SEED and DIFFERENTIAL_COUNT draw other texts, and more of them:
 *   DIFFERENTIAL_SEED=7 DIFFERENTIAL_COUNT=2000 npm test -- differential
 */
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 1);
const count = Number(process.env.DIFFERENTIAL_COUNT ?? 150);
const versions: readonly Version[] = [4, 5, 6];

function draw(texts: fc.Arbitrary<string>, numRuns: number): string[] {
  return fc.sample(texts, { seed, numRuns });
}

/** What the library sends; undefined when it refuses. */
function ours(version: Version, command: string, text: string): string[] | undefined {
  try {
    return parseCommand(command, text, version).map((message) => hexOf(encodeMessage(message, { version })));
  } catch (error) {
    if (error instanceof OpenFlowError) return undefined;
    throw error;
  }
}

describe('generated texts against ovs-ofctl', {
  skip: hasOvsOfctl ? false : 'ovs-ofctl is not installed',
}, () => {
  let recorder: Recorder;
  let accepted = 0;
  before(async () => {
    recorder = await Recorder.start();
  });
  after(() => recorder.stop());

  async function theirs(version: Version, command: string, text: string): Promise<string[] | undefined> {
    try {
      return (await recorder.record(version, command, text)).map(hexOf);
    } catch {
      return undefined;
    }
  }

  /** Runs a command on a file with these lines; when ovs-ofctl refuses the file, on ever smaller ones. */
  async function compare(version: Version, command: string, lines: readonly string[]): Promise<void> {
    const text = lines.join('\n');
    const sent = await theirs(version, command, text);
    if (!sent && lines.length > 1) {
      const half = lines.length >> 1;
      await compare(version, command, lines.slice(0, half));
      await compare(version, command, lines.slice(half));
      return;
    }
    const own = ours(version, command, text);
    // What ovs-ofctl refuses, often for want of a prerequisite, the library may leave to the switch.
    if (sent) {
      accepted += lines.length;
      const at = sent.findIndex((hex, index) => hex !== own?.[index]);
      assert.equal(own?.[at], sent[at], `message ${at} of ${command} in version ${version}:\n${text}`);
      assert.equal(own?.length, sent.length);
    }
    for (const hex of sent ?? []) {
      assert.equal(hexOf(encodeMessage(decodeMessage(Buffer.from(hex, 'hex')), { version })), hex, text);
    }
  }

  for (const version of versions) {
    it(`sends the same flow-mods in version ${version}`, () =>
      compare(version, 'add-flows', draw(flowLine, count)));

    it(`sends the same group-mods in version ${version}`, () =>
      compare(version, 'add-groups', draw(groupLine, count / 3)));

    it(`sends the same meter-mods in version ${version}`, async () => {
      for (const text of draw(meterText, 4)) {
        await compare(version, 'add-meter', [text]);
        await compare(version, 'mod-meter', [text]);
      }
    });

    it(`sends the same bundles in version ${version}`, async () => {
      const flows = draw(flowLine, 12).map((line) => `flow ${line}`);
      const groups = draw(groupLine, 6).map((line) => `group ${line}`);
      await compare(version, 'bundle', [...flows, ...groups]);
    });
  }

  it('sends the same group-mods of version 6', () => compare(6, 'add-groups', draw(newGroupLine, count / 3)));

  it('drew texts that are accepted', () => {
    assert.ok(accepted > count * 3, `only ${accepted} texts were accepted`);
  });
});
