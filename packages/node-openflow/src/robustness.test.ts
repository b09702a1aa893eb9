import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type DecodedMessage,
  decodeMessage,
  encodeMessage,
  formatMessage,
  OpenFlowError,
  openFlowErrors,
  parseActions,
  parseFlow,
  parseMatch,
  type Version,
} from './index.ts';
import { hexOf } from './wire/hex.ts';

const flows = JSON.parse(readFileSync(new URL('./vectors/flows.json', import.meta.url), 'utf8')) as {
  readonly text: string;
  readonly hex: string;
}[];

/** Runs something that may fail with an OpenFlowError, but in no other way. */
function orOpenFlowError<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error;
    assert.ok(error.code in openFlowErrors);
    return undefined;
  }
}

/** What was decoded can be printed and encoded again, and the second decoding says the same as the first. */
function assertSettled(message: DecodedMessage): void {
  formatMessage(message);
  const version = (message.version < 4 || message.version > 6 ? 6 : message.version) as Version;
  const bytes = orOpenFlowError(() => encodeMessage(message, { version, xid: message.xid }));
  if (!bytes) return;
  const again = decodeMessage(bytes);
  assert.equal(hexOf(encodeMessage(again, { version, xid: again.xid })), hexOf(bytes));
}

describe('malformed input', () => {
  it('of random bytes never does more than throw an OpenFlowError', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(4, 5, 6),
        fc.nat(40),
        (body, version, type) => {
          const bytes = new Uint8Array(8 + body.length);
          bytes.set([version, type, bytes.length >> 8, bytes.length & 0xff]);
          bytes.set(body, 8);
          const message = orOpenFlowError(() => decodeMessage(bytes));
          if (message) assertSettled(message);
          orOpenFlowError(() => decodeMessage(body));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('of damaged texts never does more than throw an OpenFlowError', () => {
    const texts = flows.map(({ text }) => text);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...'()[],=:->/.0x9a_ '.split(''))), {
          minLength: 1,
          maxLength: 4,
        }),
        (text, changes) => {
          let damaged = text;
          for (const [place, character] of changes) {
            const at = place % (damaged.length + 1);
            damaged = damaged.slice(0, at) + character + damaged.slice(at + (place % 2));
          }
          const flow = orOpenFlowError(() => parseFlow(damaged));
          if (flow) orOpenFlowError(() => encodeMessage(flow));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('of random texts never does more than throw an OpenFlowError', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        for (const parse of [parseFlow, parseActions, parseMatch]) orOpenFlowError(() => parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('nested without end is refused', () => {
    const tooDeep = (error: unknown) => error instanceof OpenFlowError && error.code === 'OPENFLOW_TOO_DEEP';
    assert.throws(() => parseActions('clone('.repeat(100) + ')'.repeat(100)), tooDeep);
    // A packet-out with 48,000 bytes of clones, each of which says that all the rest is inside of it.
    const depth = 3000;
    const bytes = new Uint8Array(32 + depth * 16);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, (0x060d << 16) | bytes.length);
    view.setUint32(8, 0xffffffff);
    view.setUint16(12, depth * 16);
    view.setUint16(16, 1);
    view.setUint16(18, 12);
    view.setUint32(20, 0x80000004);
    for (let i = 0; i < depth; i++) {
      const at = 32 + i * 16;
      view.setUint16(at, 0xffff);
      view.setUint16(at + 2, (depth - i) * 16);
      view.setUint32(at + 4, 0x2320);
      view.setUint16(at + 8, 42);
    }
    assert.throws(() => decodeMessage(bytes), tooDeep);
  });
});
