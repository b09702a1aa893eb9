import { AuthError } from '../errors.ts';
import type { Parameter } from './encoding.ts';

export const algorithm = 'AWS4-HMAC-SHA256';

/** Header names are lower case; a header that came several times is a list. As `IncomingMessage.headersDistinct`. */
export type SignedRequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a request says of its signature, taken apart but not yet believed. */
export interface ClaimedSignature {
  readonly accessKeyId: string;
  /** Day of the scope, `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** Lower case, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal, as it came. */
  readonly signature: string;
  /** When it was signed, `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  /** Seconds for which a presigned address holds; absent when the signature stands in a header. */
  readonly expires?: number;
}

/**
 * Reads the signature from where it stands: the header `Authorization`, or the query of a presigned address.
 * @throws AuthError MissingAuthenticationToken, IncompleteSignature
 */
export function parseSignature(headers: SignedRequestHeaders, query: readonly Parameter[]): ClaimedSignature {
  const authorization = single(headers, 'authorization');
  const presigned = query.some(([name]) => name === 'X-Amz-Signature' || name === 'X-Amz-Algorithm');
  if (authorization !== undefined && presigned) {
    throw incomplete('the request is signed twice: in the header Authorization and in its query');
  }
  if (presigned) return fromQuery(query);
  if (authorization === undefined) {
    throw new AuthError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  return fromHeader(authorization, headers);
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` */
function fromHeader(authorization: string, headers: SignedRequestHeaders): ClaimedSignature {
  const space = authorization.indexOf(' ');
  if (authorization.slice(0, space) !== algorithm) {
    throw incomplete(`Authorization must start with ${algorithm}`);
  }
  const fields = new Map<string, string>();
  for (const part of authorization.slice(space + 1).split(',')) {
    const [name = '', ...value] = part.trim().split('=');
    if (fields.has(name)) throw incomplete(`Authorization has ${name} twice`);
    fields.set(name, value.join('='));
  }
  const field = (name: string) => required(fields.get(name), `Authorization has no ${name}`);
  return {
    ...parseScope(field('Credential')),
    signedHeaders: parseSignedHeaders(field('SignedHeaders')),
    signature: field('Signature'),
    timestamp: headerTimestamp(headers),
  };
}

function fromQuery(query: readonly Parameter[]): ClaimedSignature {
  const parameter = (name: string) => {
    const values = query.filter(([candidate]) => candidate === name);
    if (values.length > 1) throw incomplete(`the query has ${name} twice`);
    return required(values[0]?.[1], `the query has no ${name}`);
  };
  if (parameter('X-Amz-Algorithm') !== algorithm) throw incomplete(`X-Amz-Algorithm must be ${algorithm}`);
  const expires = parameter('X-Amz-Expires');
  return {
    ...parseScope(parameter('X-Amz-Credential')),
    signedHeaders: parseSignedHeaders(parameter('X-Amz-SignedHeaders')),
    signature: parameter('X-Amz-Signature'),
    timestamp: parameter('X-Amz-Date'),
    expires: /^\d{1,6}$/.test(expires) ? Number(expires) : Number.NaN,
  };
}

/** `KEY/DAY/REGION/SERVICE/aws4_request` */
function parseScope(credential: string) {
  const [accessKeyId, day, region, service, terminator, ...more] = credential.split('/');
  if (!accessKeyId || !day || !region || !service || terminator !== 'aws4_request' || more.length > 0) {
    throw incomplete('Credential must have the form KEY/DAY/REGION/SERVICE/aws4_request');
  }
  return { accessKeyId, day, region, service };
}

function parseSignedHeaders(text: string): string[] {
  const names = text.split(';');
  if (
    names.some((name, index) => !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || names.indexOf(name) !== index)
  ) {
    throw incomplete('SignedHeaders must be names of headers in lower case, each once, separated by ;');
  }
  if (!names.includes('host')) throw incomplete('Host must be among SignedHeaders');
  return names;
}

/** `X-Amz-Date`, or else `Date`, which is a date of HTTP (RFC 9110, section 5.6.7). */
function headerTimestamp(headers: SignedRequestHeaders): string {
  const timestamp = single(headers, 'x-amz-date');
  if (timestamp !== undefined) return timestamp;
  const date = required(single(headers, 'date'), 'the request has neither X-Amz-Date nor Date');
  const time = Date.parse(date);
  if (Number.isNaN(time)) throw incomplete('Date is no date');
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function single(headers: SignedRequestHeaders, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined || typeof value === 'string') return value;
  if (value.length > 1) throw incomplete(`the header ${name} came ${value.length} times`);
  return value[0];
}

function required(value: string | undefined, otherwise: string): string {
  if (value === undefined || value === '') throw incomplete(otherwise);
  return value;
}

const incomplete = (message: string) => new AuthError('IncompleteSignature', message);
