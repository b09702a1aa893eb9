import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeText, encodeText } from './text.ts';

describe('text', () => {
  it('is UTF-8', () => {
    assert.equal(decodeText(Uint8Array.from(Buffer.from('größe €'))), 'größe €');
    assert.deepEqual(encodeText('größe €'), Uint8Array.from(Buffer.from('größe €')));
  });

  it('gives back any bytes, also those that are not UTF-8', () => {
    assert.equal(decodeText(Uint8Array.of(0x61, 0xff)), 'a\udcff');
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(encodeText(decodeText(bytes)), bytes)),
    );
  });
});
