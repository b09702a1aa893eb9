import { OpenFlowError } from '../errors.ts';
import { copyBytes } from '../wire/copy.ts';

const headerLength = 8;

/**
 * Cuts a stream into messages, however it was split. Messages are copies: they stay valid when the chunk's memory is
 * used again. At most one incomplete message (65535 bytes) is kept.
 */
export class MessageFramer {
  #kept: Uint8Array = new Uint8Array(0);

  /**
   * The messages that are complete after this chunk.
   * @throws OpenFlowError when a header names a length that is shorter than itself; the stream is lost then
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = this.#join(chunk);
    const messages: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= headerLength) {
      const length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
      if (length < headerLength) {
        throw new OpenFlowError('OPENFLOW_BAD_LENGTH', `a header names a length of ${length}`, at + 2);
      }
      if (bytes.length - at < length) break;
      messages.push(copyBytes(bytes, at, at + length));
      at += length;
    }
    this.#kept = copyBytes(bytes, at, bytes.length);
    return messages;
  }

  /** Bytes of the message that is not complete yet. */
  get pending(): number {
    return this.#kept.length;
  }

  #join(chunk: Uint8Array): Uint8Array {
    if (this.#kept.length === 0) return chunk;
    const joined = new Uint8Array(this.#kept.length + chunk.length);
    joined.set(this.#kept);
    joined.set(chunk, this.#kept.length);
    return joined;
  }
}
