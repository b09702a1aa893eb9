import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** AWS, "Use IMDSv2": a session lasts from one second to six hours. */
export const longestSeconds = 21_600;

/**
 * Tokens of sessions with the metadata service. A token says itself until when it counts, and is signed for one interface, so
 * nothing has to be kept. After a restart instances get a new one, as their software does on 401 anyway.
 */
export class Tokens {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  /** @param now milliseconds since 1970; tests bring their own clock */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  issue(interfaceId: string, seconds: number): string {
    const expiry = Buffer.alloc(6);
    expiry.writeUIntBE(this.#now() + seconds * 1000, 0, 6);
    return Buffer.concat([expiry, this.#sign(interfaceId, expiry)]).toString('base64url');
  }

  /** True for a token of this interface whose time is not over. */
  accepts(interfaceId: string, token: string): boolean {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== 6 + 32) return false;
    const expiry = bytes.subarray(0, 6);
    if (!timingSafeEqual(bytes.subarray(6), this.#sign(interfaceId, expiry))) return false;
    return expiry.readUIntBE(0, 6) > this.#now();
  }

  #sign(interfaceId: string, expiry: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(interfaceId).update(expiry).digest();
  }
}
