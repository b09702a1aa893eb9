import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AuthError, type AuthErrorCode } from '../errors.ts';
import {
  hasBotocore,
  requestOf,
  type SigningTask,
  signatureVectors,
  signByBotocore,
} from '../testing/botocore.ts';
import { type SignedRequest, verifySignature } from './verify.ts';

const vectors = signatureVectors();
const presigned = vectors.find(({ expires }) => expires !== undefined) as SigningTask;
const inHeader = vectors.find(({ expires, body }) => expires === undefined && body !== '') as SigningTask;

/** Checks a request with the key of the task, so many seconds after it was signed. */
function verify(task: SigningTask, request: Partial<SignedRequest> = {}, secondsLater = 0) {
  return verifySignature(
    { ...requestOf(task), ...request },
    {
      secretOf: (id) => (id === task.accessKeyId ? task.secret : undefined),
      now: (task.time + secondsLater) * 1000,
    },
  );
}

function assertRefused(code: AuthErrorCode, check: () => unknown, about?: string): void {
  assert.throws(check, (error) => error instanceof AuthError && error.code === code, about ?? code);
}

/** The headers of a task with some changed; undefined takes one away. */
const headers = (task: SigningTask, changes: Record<string, string | string[] | undefined>) => ({
  headers: { ...task.headers, ...changes },
});

describe('the signature check', () => {
  it('takes what botocore has signed, and says what was signed', () => {
    assert.ok(vectors.length >= 80);
    for (const task of vectors) {
      const { accessKeyId, region, service, time } = task;
      assert.deepEqual(verify(task), { accessKeyId, region, service, date: new Date(time * 1000) });
    }
  });

  it('refuses them with any part changed', () => {
    for (const task of vectors) {
      const refused = (request: Partial<SignedRequest>, about: string) =>
        assertRefused('SignatureDoesNotMatch', () => verify(task, request), `${about} ${task.target}`);
      refused({ method: 'PATCH' }, 'method');
      refused({ url: task.target.replace('/', '/x') }, 'path');
      refused({ url: `${task.target}${task.target.includes('?') ? '&' : '?'}more=1` }, 'query');
      refused({ body: `${task.body}x` }, 'body');
      refused(headers(task, { host: 'elsewhere' }), 'host');
      refused(headers(task, { 'x-amz-more': '1' }), 'unsigned header');
      if (task.headers['x-amz-meta-note']) {
        refused(headers(task, { 'x-amz-meta-note': 'other' }), 'header');
        refused(headers(task, { 'x-amz-meta-note': undefined }), 'absent header');
      }
      refused(
        {
          url: task.target.replace(/(Signature=[0-9a-f]*)[0-9a-f]$/, '$1x'),
          ...headers(
            task,
            task.expires ? {} : { authorization: `${task.headers.authorization?.slice(0, -1)}x` },
          ),
        },
        'signature',
      );
    }
  });

  it('refuses another secret, and unknown keys', () => {
    const other = { ...inHeader, secret: 'other' };
    assertRefused('SignatureDoesNotMatch', () => verify(other));
    assertRefused('InvalidClientTokenId', () => verify({ ...inHeader, accessKeyId: 'AKIAOTHER' }));
  });

  it('takes a signature only as long as it holds', () => {
    for (const seconds of [-300, 0, 300]) verify(inHeader, {}, seconds);
    for (const seconds of [-301, 301, 86_400])
      assertRefused('RequestExpired', () => verify(inHeader, {}, seconds));
    const expires = presigned.expires as number;
    for (const seconds of [-300, 0, expires]) verify(presigned, {}, seconds);
    for (const seconds of [-301, expires + 1]) {
      assertRefused('RequestExpired', () => verify(presigned, {}, seconds));
    }
  });

  it('refuses a presigned address that would hold for more than a week, or for no time', () => {
    for (const expires of ['0', '604801', '-1', '1e3', '']) {
      const url = presigned.target.replace(/X-Amz-Expires=\d+/, `X-Amz-Expires=${expires}`);
      assertRefused(expires === '' ? 'IncompleteSignature' : 'AuthFailure', () => verify(presigned, { url }));
    }
  });

  it('looks at the hash that a request names, and takes no unsigned body', () => {
    const signed = hasBotocore
      ? signByBotocore([
          { ...inHeader, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, target: '/' },
        ])
      : [];
    for (const task of signed) assertRefused('SignatureDoesNotMatch', () => verify(task));
    assertRefused('SignatureDoesNotMatch', () =>
      verify(inHeader, headers(inHeader, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })),
    );
  });

  it('says what is missing or cannot be read', () => {
    const authorization = inHeader.headers.authorization as string;
    const withAuthorization = (text: string | string[] | undefined) => () =>
      verify(inHeader, headers(inHeader, { authorization: text }));
    assertRefused('MissingAuthenticationToken', withAuthorization(undefined));
    for (const text of [
      '',
      'Basic dGVzdDp0ZXN0',
      'AWS4-HMAC-SHA256',
      authorization.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA512'),
      authorization.replace(/Credential=[^,]*, /, ''),
      authorization.replace(/SignedHeaders=[^,]*, /, ''),
      authorization.replace(/, Signature=.*/, ''),
      authorization.replace('aws4_request', 'aws3_request'),
      authorization.replace('/aws4_request', '/aws4_request/more'),
      authorization.replace('host;', ''),
      authorization.replace('SignedHeaders=', 'SignedHeaders=Host;'),
      authorization.replace('host;', 'host;host;'),
      `${authorization}, Signature=00`,
      [authorization, authorization],
    ]) {
      assertRefused('IncompleteSignature', withAuthorization(text), String(text));
    }
    const dated = (date: string | undefined) => () =>
      verify(inHeader, headers(inHeader, { 'x-amz-date': date }));
    for (const date of [undefined, 'yesterday', '20200101', '99999999T999999Z']) {
      assertRefused('IncompleteSignature', dated(date), date);
    }
    assertRefused('SignatureDoesNotMatch', () =>
      verify(
        inHeader,
        headers(inHeader, { authorization: authorization.replace(/\/\d{8}\//, '/20010101/') }),
      ),
    );
  });

  it('refuses a request that is signed in both places, or twice in its query', () => {
    const { authorization } = inHeader.headers;
    assertRefused('IncompleteSignature', () => verify(presigned, headers(presigned, { authorization })));
    for (const name of ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-Date']) {
      const url = `${presigned.target}&${name}=x`;
      assertRefused('IncompleteSignature', () => verify(presigned, { url }), name);
    }
  });

  it('refuses session tokens, which nobody issues here', () => {
    const [task] = hasBotocore
      ? signByBotocore([{ ...inHeader, headers: { 'x-amz-security-token': 'token' } }])
      : [{ ...inHeader, headers: { ...inHeader.headers } }];
    if (task?.headers['x-amz-security-token']) assertRefused('InvalidClientTokenId', () => verify(task));
    assertRefused('InvalidClientTokenId', () =>
      verify(presigned, { url: `${presigned.target}&X-Amz-Security-Token=x` }),
    );
  });

  it('takes the time from Date where there is no X-Amz-Date', { skip: !hasBotocore }, () => {
    const [task] = signByBotocore([{ ...inHeader, headers: { date: 'any' } }]) as [SigningTask];
    assert.equal('x-amz-date' in task.headers, false);
    assert.equal(verify(task).accessKeyId, task.accessKeyId);
    assertRefused('IncompleteSignature', () => verify(task, headers(task, { date: 'any' })));
  });

  it('never fails in another way, whatever comes', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constant(inHeader.headers.authorization),
    );
    const request = fc.record({
      method: fc.string(),
      url: fc.oneof(text, fc.webUrl({ withQueryParameters: true }), fc.constant(presigned.target)),
      headers: fc.dictionary(
        fc.constantFrom('authorization', 'x-amz-date', 'host', 'date', 'x-amz-content-sha256'),
        fc.oneof(text, fc.array(text)) as fc.Arbitrary<string | string[]>,
      ),
      body: fc.uint8Array(),
    });
    fc.assert(
      fc.property(request, (random) => {
        assert.throws(() => verify(inHeader, random as SignedRequest), AuthError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('random requests', { skip: !hasBotocore && 'python3-botocore is not installed' }, () => {
  it('signed by botocore are taken, and refused with another body', () => {
    const encoded = fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURIComponent);
    const query = fc.array(fc.tuple(encoded, encoded), { maxLength: 5 }).map((pairs) => {
      const text = pairs.map(([name, value]) => `k${name}=${value}`.replace(/[!'()*]/g, percent)).join('&');
      return text === '' ? '' : `?${text}`;
    });
    const path = fc.array(fc.oneof(encoded, fc.constantFrom('.', '..', '')), { maxLength: 4 });
    const task = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT'),
      host: fc.domain(),
      target: fc
        .tuple(path, query)
        .map(([segments, rest]) => `/${segments.join('/').replace(/^\/+/, '')}${rest}`),
      headers: fc.dictionary(
        fc
          .stringMatching(/^x-amz-[a-z]{1,8}$/)
          .filter((name) => !/^x-amz-(date|content|security)/.test(name)),
        fc.stringMatching(/^[ -~]{0,30}$/),
        { maxKeys: 3 },
      ),
      body: fc.string({ unit: 'binary', maxLength: 60 }),
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{20}$/),
      secret: fc.stringMatching(/^[!-~]{1,50}$/),
      region: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
      service: fc.constantFrom('ec2', 'sts'),
      time: fc.integer({ min: 1_000_000_000, max: 2_500_000_000 }),
    });
    const tasks = fc.sample(task, 300);
    const signed = signByBotocore(
      tasks.map((one, index) => (index % 4 === 0 ? { ...one, expires: 60, body: '' } : one)),
    );
    for (const one of signed) {
      assert.equal(verify(one).accessKeyId, one.accessKeyId, JSON.stringify(one));
      assertRefused('SignatureDoesNotMatch', () => verify(one, { body: `${one.body}.` }));
    }
  });
});

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
