import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AuthError } from '../errors.ts';
import { canonicalPath, canonicalQuery, type Parameter, parseQuery, splitTarget } from './encoding.ts';
import { algorithm, type ClaimedSignature, parseSignature, type SignedRequestHeaders } from './parse.ts';

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** The request target, `/PATH?QUERY`, still encoded. */
  readonly url: string;
  /** Pass `IncomingMessage.headersDistinct`: a header that came twice is signed as a list. */
  readonly headers: SignedRequestHeaders;
  /** Whole, before anything is decoded. A string is taken as UTF-8. */
  readonly body?: Uint8Array | string | undefined;
}

export interface VerifyOptions {
  /** The secret of an enabled access key, or undefined when there is none of this id. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  /** The time, in milliseconds. */
  readonly now: number;
  /** How far the caller's clock may be off; with it ends the time in which a request can be sent again. Default 300. */
  readonly clockSkewSeconds?: number;
}

/** What a right signature proves. */
export interface VerifiedSignature {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  /** When it was signed. */
  readonly date: Date;
}

/** AWS's limit for presigned addresses: a week, in seconds. */
const longestExpiry = 604_800;

/**
 * Checks AWS Signature Version 4 of a request, in the header or presigned.
 *
 * The body is always part of what is signed: `UNSIGNED-PAYLOAD` is S3's alone. A signature can be used again until it
 * expires, as with AWS (its clock counts seconds, so that honest clients repeat signatures, too).
 *
 * Source: AWS, "Create a signed AWS API request" and "Authenticating requests: using query parameters".
 * @throws AuthError with AWS's codes
 */
export function verifySignature(
  request: SignedRequest,
  { secretOf, now, clockSkewSeconds = 300 }: VerifyOptions,
): VerifiedSignature {
  const { path, query } = splitTarget(request.url);
  const parameters = parseQuery(query);
  const claimed = parseSignature(request.headers, parameters);
  const date = checkTime(claimed, now, clockSkewSeconds);
  refuseUnsignedHeaders(request.headers, claimed);
  if (request.headers['x-amz-security-token'] !== undefined || has(parameters, 'X-Amz-Security-Token')) {
    throw new AuthError('InvalidClientTokenId', 'Session tokens are not issued here; use an access key');
  }
  const secret = secretOf(claimed.accessKeyId);
  if (secret === undefined) {
    throw new AuthError(
      'InvalidClientTokenId',
      'The security token included in the request is invalid: no enabled access key has this id',
    );
  }
  const canonicalRequest = [
    request.method.toUpperCase(),
    canonicalPath(path),
    canonicalQuery(parameters.filter(([name]) => name !== 'X-Amz-Signature')),
    ...claimed.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name])}`),
    '',
    claimed.signedHeaders.join(';'),
    payloadHash(request),
  ].join('\n');
  if (!equal(claimed.signature, signatureOf(canonicalRequest, claimed, secret))) {
    throw new AuthError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
    );
  }
  const { accessKeyId, region, service } = claimed;
  return { accessKeyId, region, service, date };
}

/** The caller's clock, the day of the scope, and how long a presigned address holds. */
function checkTime({ timestamp, day, expires }: ClaimedSignature, now: number, skewSeconds: number): Date {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  const time = parts
    ? Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:'))
    : Number.NaN;
  if (Number.isNaN(time)) {
    throw new AuthError('IncompleteSignature', 'the date of the signature must be YYYYMMDDTHHMMSSZ');
  }
  if (timestamp.slice(0, 8) !== day) {
    throw new AuthError(
      'SignatureDoesNotMatch',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP',
    );
  }
  if (expires !== undefined && !(expires >= 1 && expires <= longestExpiry)) {
    throw new AuthError('AuthFailure', `X-Amz-Expires must be a number from 1 to ${longestExpiry}`);
  }
  const age = now - time;
  if (age < -skewSeconds * 1000 || age > (expires ?? skewSeconds) * 1000) {
    throw new AuthError('RequestExpired', `Request has expired. Timestamp date is ${timestamp}`);
  }
  return new Date(time);
}

/** Somebody on the way could have added what is not signed: AWS wants every header of its own to be signed. */
function refuseUnsignedHeaders(headers: SignedRequestHeaders, { signedHeaders }: ClaimedSignature): void {
  const unsigned = Object.keys(headers).find(
    (name) => name.startsWith('x-amz-') && headers[name] !== undefined && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw new AuthError('SignatureDoesNotMatch', `the header ${unsigned} is present and not signed`);
  }
  const absent = signedHeaders.find((name) => headers[name] === undefined);
  if (absent !== undefined) {
    throw new AuthError('SignatureDoesNotMatch', `the header ${absent} is signed and not present`);
  }
}

const has = (parameters: readonly Parameter[], wanted: string) =>
  parameters.some(([name]) => name === wanted);

/** Without spaces around it, and one for several; values of a header that came several times are joined by commas. */
const canonicalValue = (value: string | readonly string[] | undefined) =>
  [value ?? '']
    .flat()
    .map((text) => text.trim().replace(/[ \t]+/g, ' '))
    .join(',');

/** The hash that was signed. Where the request names it, it must be the one of the body that came. */
function payloadHash({ headers, body = '' }: SignedRequest): string {
  const actual = createHash('sha256').update(body).digest('hex');
  const named = headers['x-amz-content-sha256'];
  if (named !== undefined && !equal([named].flat().join(','), actual)) {
    throw new AuthError(
      'SignatureDoesNotMatch',
      'X-Amz-Content-SHA256 is not the hash of the body; UNSIGNED-PAYLOAD is not taken here',
    );
  }
  return actual;
}

/** Node gives addresses and headers as one character a byte, so that latin1 brings back the bytes that were sent. */
function signatureOf(canonicalRequest: string, claimed: ClaimedSignature, secret: string): string {
  const { day, region, service, timestamp } = claimed;
  const stringToSign = [
    algorithm,
    timestamp,
    `${day}/${region}/${service}/aws4_request`,
    createHash('sha256').update(canonicalRequest, 'latin1').digest('hex'),
  ].join('\n');
  let key: Buffer = Buffer.from(`AWS4${secret}`, 'utf8');
  for (const part of [day, region, service, 'aws4_request']) key = hmac(key, part);
  return hmac(key, stringToSign).toString('hex');
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

/** Takes the same time wherever the two differ. */
export function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(a), digest(b));
}
