import assert from 'node:assert/strict';
import { MessageFramer } from '../connection/framer.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Message, Version } from '../messages/types.ts';
import { hexOf } from '../wire/hex.ts';

const xid = 0x01020304;

/** Feeds bytes to a framer in pieces of this size and returns what comes out, decoded. */
function throughFramer(bytes: Uint8Array, piece: number): Message[] {
  const framer = new MessageFramer();
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    for (const message of framer.push(bytes.subarray(at, at + piece))) messages.push(decodeMessage(message));
  }
  assert.equal(framer.pending, 0);
  return messages;
}

/**
 * For tests: asserts that a message survives encoding and decoding unchanged, that its bytes survive decoding and encoding
 * unchanged, and that it comes out of a stream that is split anywhere. Returns its bytes.
 */
export function assertRoundTrip(message: Message, version: Version): Uint8Array {
  const bytes = encodeMessage(message, { version, xid });
  const decoded = decodeMessage(bytes);
  const expected = { ...message, xid, version };
  assert.deepEqual(decoded, expected);
  assert.equal(hexOf(encodeMessage(decoded, { version, xid })), hexOf(bytes));
  const twice = new Uint8Array(bytes.length * 2);
  twice.set(bytes);
  twice.set(bytes, bytes.length);
  for (const piece of [1, 7, bytes.length - 1, bytes.length + 1]) {
    assert.deepEqual(throughFramer(twice, piece), [expected, expected]);
  }
  return bytes;
}
