import { randomInt } from 'node:crypto';

/** Without letters and digits that look alike, as AWS's ids: base 32 of RFC 4648. */
const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomText = (alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** An id of AWS's form, 20 characters. */
export const newAccessKeyId = () => `AKIA${randomText(idAlphabet, 16)}`;

/** 40 characters, 238 bits. It needs no escapes anywhere: not in a shell, not in a header, not in a file. */
export const newSecret = () => randomText(secretAlphabet, 40);

/** The same credential as one word, for the REST API. The prefix lets scanners of published code find it. */
export const tokenOf = (accessKeyId: string, secret: string) => `weft_${accessKeyId}_${secret}`;

/** Reads `Bearer weft_KEYID_SECRET` (RFC 6750, section 2.1); undefined when it has another form. */
export function parseToken(authorization: string): { accessKeyId: string; secret: string } | undefined {
  const [, accessKeyId, secret] =
    /^bearer +weft_([A-Za-z0-9]{1,64})_([A-Za-z0-9]{1,64})$/i.exec(authorization) ?? [];
  return accessKeyId !== undefined && secret !== undefined ? { accessKeyId, secret } : undefined;
}
