import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { OvsdbErrorCode } from '../errors.ts';
import { JsonStreamSplitter } from './splitter.ts';

const limits = { maxMessageBytes: 100_000, maxDepth: 50 };

function pushAll(chunks: readonly Buffer[], splitter = new JsonStreamSplitter(limits)): object[] {
  return chunks.flatMap((chunk) => splitter.push(chunk));
}

function refuses(text: string | Buffer, code: OvsdbErrorCode): void {
  const splitter = new JsonStreamSplitter({ maxMessageBytes: 50, maxDepth: 5 });
  assert.throws(() => splitter.push(Buffer.from(text)), { code });
}

describe('JsonStreamSplitter', () => {
  it('gives the same messages however the bytes are cut', () => {
    const message = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 4,
    });
    const separator = fc.constantFrom('', ' ', '\n', '\r\n\t');
    fc.assert(
      fc.property(fc.array(fc.tuple(message, separator)), fc.array(fc.nat(5000)), (messages, cuts) => {
        const bytes = Buffer.from(messages.map(([json, space]) => space + JSON.stringify(json)).join(''));
        const places = [
          0,
          ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((place, i) => bytes.subarray(places[i], place));
        const expected = messages.map(([json]) => JSON.parse(JSON.stringify(json)));
        assert.deepEqual(pushAll(chunks), expected);
      }),
      { numRuns: 100 },
    );
  });

  it('survives being fed byte by byte, with braces and quotes inside strings', () => {
    const json = { a: '}{"\\', 'b"]': [['\\"', '\u{1f600}'], {}] };
    const bytes = Buffer.from(JSON.stringify(json) + JSON.stringify(json));
    assert.deepEqual(pushAll([...bytes].map((byte) => Buffer.of(byte))), [json, json]);
  });

  it('holds an incomplete message back', () => {
    const splitter = new JsonStreamSplitter(limits);
    assert.deepEqual(splitter.push(Buffer.from('{"a":1}{"b":')), [{ a: 1 }]);
    assert.deepEqual(splitter.push(Buffer.from('2')), []);
    assert.deepEqual(splitter.push(Buffer.from('}')), [{ b: 2 }]);
  });

  it('refuses what is no object', () => {
    for (const text of ['[1]', '1', 'null', '"x"', '}', ', {}', '\u0000']) {
      refuses(text, 'OVSDB_BAD_JSON');
    }
  });

  it('refuses an object that is no JSON', () => {
    for (const text of ['{]', '{"a":}', "{'a':1}", '{"a":1,}', '{"a":"\n"}']) {
      refuses(text, 'OVSDB_BAD_JSON');
    }
  });

  it('refuses bytes that are no UTF-8', () => {
    refuses(Buffer.from([...Buffer.from('{"a":"'), 0xc3, 0x28, ...Buffer.from('"}')]), 'OVSDB_BAD_JSON');
  });

  it('refuses an endless message as soon as it exceeds the limit', () => {
    refuses(`{"a":"${'x'.repeat(60)}`, 'OVSDB_MESSAGE_TOO_LARGE');
    const splitter = new JsonStreamSplitter(limits);
    splitter.push(Buffer.from('{"a":['));
    assert.throws(() => {
      for (let i = 0; i < 100_000; i++) {
        splitter.push(Buffer.from('1,'));
      }
    }, /100000 bytes/);
  });

  it('accepts many messages that exceed the limit only together', () => {
    const splitter = new JsonStreamSplitter({ maxMessageBytes: 50, maxDepth: 5 });
    assert.equal(splitter.push(Buffer.from('{"a":"0123456789"}'.repeat(100))).length, 100);
  });

  it('refuses deep nesting before it is complete, and accepts the limit itself', () => {
    refuses('{"a":[[[[[', 'OVSDB_MESSAGE_TOO_DEEP');
    const splitter = new JsonStreamSplitter({ maxMessageBytes: 50, maxDepth: 5 });
    assert.deepEqual(splitter.push(Buffer.from('{"a":[[[[]]]]}')), [{ a: [[[[]]]] }]);
  });

  it('never fails with anything but its own errors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, text) => {
        for (const input of [Buffer.from(bytes), Buffer.from(`{${text}`)]) {
          try {
            new JsonStreamSplitter(limits).push(input);
          } catch (error) {
            assert.match((error as { code: string }).code, /^OVSDB_/);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
