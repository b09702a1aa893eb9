/**
 * The 64 bits of a cookie: prefix (8) | fragment kind (6) | number (24) | content version (26).
 *
 * The prefix says that a flow is ours. Fragment kind and number answer which resource put it there. The version is
 * a checksum of the fragment's content, so that after a restart equal content has an equal cookie.
 */
export interface CookieParts {
  readonly fragmentKind: number;
  readonly number: number;
  readonly version: number;
}

export const cookiePrefix = 0x57n;
export const cookiePrefixMask = 0xff00_0000_0000_0000n;
export const versionBits = 26;
export const largestNumber = 0xff_ffff;

export function encodeCookie({ fragmentKind, number, version }: CookieParts): bigint {
  if (fragmentKind < 0 || fragmentKind > 63 || number < 0 || number > largestNumber) {
    throw new RangeError(`cookie out of range: fragment kind ${fragmentKind}, number ${number}`);
  }
  const high = 0x5700_0000 + fragmentKind * 0x4_0000 + Math.floor(number / 64);
  const low = (number % 64) * 0x400_0000 + (version & 0x3ff_ffff);
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The parts of a cookie of ours; undefined for anybody else's. */
export function decodeCookie(cookie: bigint): CookieParts | undefined {
  if (cookie >> 56n !== cookiePrefix) return undefined;
  return {
    fragmentKind: Number((cookie >> 50n) & 0x3fn),
    number: Number((cookie >> 26n) & 0xff_ffffn),
    version: Number(cookie & 0x3ff_ffffn),
  };
}
