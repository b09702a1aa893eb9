import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { OpenFlowError } from '../errors.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { parseCommand } from '../text/commands.ts';
import { hexOf } from '../wire/hex.ts';

interface Vector {
  readonly command: string;
  readonly text: string;
  /** In OpenFlow 1.3, 1.4 and 1.5; absent where ovs-ofctl refused. */
  readonly hex13?: readonly string[];
  readonly hex14?: readonly string[];
  readonly hex?: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('./commands.json', import.meta.url), 'utf8')) as Vector[];

/** What ovs-ofctl refuses since the match says too little about the packets; the library leaves that to the switch. */
function needsMoreOfTheMatch({ command, text }: Vector): boolean {
  return command === 'add-flow' && text.includes('actions=') && !text.startsWith('nonsense');
}

function encodeCommand({ command, text }: Vector, version: Version): string[] {
  return parseCommand(command, text, version).map((message) => hexOf(encodeMessage(message, { version })));
}

function check(vector: Vector, version: Version, sent: readonly string[] | undefined): void {
  if (sent) {
    assert.deepEqual(encodeCommand(vector, version), sent);
    for (const hex of sent) {
      assert.equal(hexOf(encodeMessage(decodeMessage(Buffer.from(hex, 'hex')), { version })), hex);
    }
  } else if (!needsMoreOfTheMatch(vector)) {
    assert.throws(() => encodeCommand(vector, version), OpenFlowError);
  }
}

describe('commands against what ovs-ofctl sent', () => {
  for (const vector of vectors) {
    it(`${vector.command} ${vector.text}`, () => {
      check(vector, 6, vector.hex);
      check(vector, 5, vector.hex14);
      check(vector, 4, vector.hex13);
    });
  }
});

describe('commands', () => {
  it('refuses what is no command, and options that a command does not take', () => {
    const refused: [string, RegExp][] = [
      ['dump-flows', /none of the commands/],
      ['add-flow del-flows', /more than one command/],
      ['add-flow --strict', /takes no --strict/],
      ['add-flow --nonsense', /no option/],
    ];
    for (const [command, reason] of refused) {
      assert.throws(() => parseCommand(command, 'actions=drop'), reason);
    }
  });
});
