/** What a large or endless message costs in memory. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonStreamSplitter } from './splitter.ts';

const mebibyte = 1024 * 1024;
const text = Buffer.alloc(mebibyte, 'x');

/** How far the memory of buffers grows at most while `work` goes on; it calls back after every step. */
function growth(work: (sample: () => void) => void): number {
  const start = process.memoryUsage().arrayBuffers;
  let most = 0;
  work(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - start);
  });
  return most;
}

describe('JsonStreamSplitter and memory', () => {
  it('takes a message of 100 MiB', () => {
    const splitter = new JsonStreamSplitter({ maxMessageBytes: 256 * mebibyte, maxDepth: 10 });
    splitter.push(Buffer.from('{"a":"'));
    for (let i = 0; i < 100; i++) {
      assert.deepEqual(splitter.push(text), []);
    }
    const [message] = splitter.push(Buffer.from('"}')) as [{ a: string }];
    assert.equal(message.a.length, 100 * mebibyte);
  });

  it('refuses an endless message at the limit, and never holds much more than that', () => {
    const limit = 16 * mebibyte;
    const splitter = new JsonStreamSplitter({ maxMessageBytes: limit, maxDepth: 10 });
    splitter.push(Buffer.from('{"a":"'));
    let taken = 0;
    const most = growth((sample) => {
      assert.throws(
        () => {
          for (;;) {
            splitter.push(text);
            taken += text.length;
            sample();
          }
        },
        { code: 'OVSDB_MESSAGE_TOO_LARGE', message: /16777216/ },
      );
    });
    assert.equal(taken, limit - mebibyte);
    // The store doubles: while it is copied, the old one and those not yet collected are there as well.
    assert.ok(most <= 4 * limit, `${most} bytes`);
  });
});
