import { isDeepStrictEqual } from 'node:util';
import { OpenFlowError, openFlowErrors } from '../errors.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { DecodedMessage, Version } from '../messages/types.ts';
import { formatMessage } from '../text/message-text.ts';

/** What became of a message: `refused` with an OpenFlowError, decoded and `settled`, or decoded but `too-long` to encode. */
export type Outcome = 'refused' | 'settled' | 'too-long';

/** A message that the codec does not treat as it must. */
class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

/** Runs something that may throw an OpenFlowError, but nothing else. */
function attempt<Result>(what: string, action: () => Result): Result | OpenFlowError {
  try {
    return action();
  } catch (error) {
    if (error instanceof OpenFlowError && error.code in openFlowErrors) return error;
    throw new FuzzFailure(`${what} threw ${(error as Error).stack ?? String(error)}`);
  }
}

/**
 * Decodes a message. One that decodes must be printable, and encoding it must give bytes that decode to the same message
 * and encode to the same bytes. A value may take more room when it is written than it had: a message that outgrows its
 * 16-bit length is refused then, which is the one accepted reason.
 * @throws FuzzFailure when something else happens
 */
export function checkMessage(bytes: Uint8Array): Outcome {
  const message = attempt('decoding', () => decodeMessage(bytes));
  if (message instanceof OpenFlowError) return 'refused';
  const text = attempt('printing', () => formatMessage(message));
  if (text instanceof OpenFlowError) throw new FuzzFailure(`printing what was decoded: ${text.message}`);
  const encoded = encodeDecoded(message);
  if (encoded instanceof OpenFlowError) {
    if (encoded.code === 'OPENFLOW_TOO_LONG') return 'too-long';
    throw new FuzzFailure(`encoding what was decoded: ${encoded.message}`);
  }
  const again = attempt('decoding again', () => decodeMessage(encoded));
  if (again instanceof OpenFlowError) throw new FuzzFailure(`decoding what was encoded: ${again.message}`);
  if (!isDeepStrictEqual({ ...again, version: message.version }, message)) {
    throw new FuzzFailure('what was encoded decodes to another message');
  }
  const twice = encodeDecoded(again);
  if (twice instanceof OpenFlowError || !Buffer.from(twice).equals(encoded)) {
    throw new FuzzFailure('the same message encodes to other bytes');
  }
  return 'settled';
}

function encodeDecoded(message: DecodedMessage): Uint8Array | OpenFlowError {
  // Hello and error are understood in versions that nothing can be encoded in.
  const version = (message.version < 4 || message.version > 6 ? 6 : message.version) as Version;
  return attempt('encoding', () => encodeMessage(message, { version, xid: message.xid }));
}
