import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OpenFlowError } from '../errors.ts';
import { MessageFramer } from './framer.ts';

function message(length: number, fill: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(fill);
  bytes[2] = length >>> 8;
  bytes[3] = length & 0xff;
  return bytes;
}

describe('MessageFramer', () => {
  it('finds the messages however the stream is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 8, max: 400 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }),
        (lengths, pieces) => {
          const messages = lengths.map((length, index) => message(length, index));
          const stream = Buffer.concat(messages);
          const framer = new MessageFramer();
          const found: Uint8Array[] = [];
          let at = 0;
          for (let i = 0; at < stream.length; i++) {
            const piece = pieces[i % pieces.length] as number;
            found.push(...framer.push(stream.subarray(at, at + piece)));
            at += piece;
          }
          assert.deepEqual(found, messages);
          assert.equal(framer.pending, 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes the largest message there is', () => {
    const framer = new MessageFramer();
    const largest = message(65535, 1);
    assert.deepEqual(framer.push(largest.subarray(0, 65534)), []);
    assert.equal(framer.pending, 65534);
    assert.equal(framer.push(largest.subarray(65534))[0]?.length, 65535);
  });

  it('copies, so that a chunk may be used again', () => {
    const framer = new MessageFramer();
    const chunk = Buffer.concat([message(8, 1), message(16, 2).subarray(0, 12)]);
    const [first] = framer.push(chunk);
    chunk.fill(0xff);
    assert.deepEqual(first, message(8, 1));
    assert.deepEqual(framer.push(message(16, 2).subarray(12)), [message(16, 2)]);
  });

  it('refuses a length that is shorter than the header', () => {
    assert.throws(
      () => new MessageFramer().push(Uint8Array.from([6, 0, 0, 7, 0, 0, 0, 0])),
      (error) => error instanceof OpenFlowError && error.code === 'OPENFLOW_BAD_LENGTH' && error.offset === 2,
    );
  });
});
