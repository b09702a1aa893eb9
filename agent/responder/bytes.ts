import { AgentError } from '../errors.ts';

/** The packet cannot be answered: `problem` says why. Counted and logged by the responder, never fatal. */
export function malformed(problem: string, value?: unknown): AgentError {
  return new AgentError('malformed-packet', problem, { value, fix: 'Look at what the sender does.' });
}

/** A view of `length` bytes, or of the rest. @throws AgentError `malformed-packet` when they are not there */
export function slice(bytes: Buffer, offset: number, length = bytes.length - offset): Buffer {
  if (length < 0 || offset + length > bytes.length) {
    throw malformed(
      `${offset + Math.max(length, 0)} bytes are needed, ${bytes.length} are there`,
      bytes.length,
    );
  }
  return bytes.subarray(offset, offset + length);
}

/** The same memory as a Buffer, which has the readers. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A MAC address as six bytes. */
export function macBytes(mac: bigint): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(Number(mac), 0, 6);
  return bytes;
}

/** Internet checksum (RFC 1071) of the parts one after the other; every part but the last has an even length. */
export function internetChecksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let offset = 0; offset + 1 < part.length; offset += 2) sum += part.readUInt16BE(offset);
    if (part.length % 2 === 1) sum += (part.at(-1) as number) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
