import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ErrorCode, errorCodes, WeftError } from '@weft/controller/resources';
import { type Harness, startHarness } from './testing/harness.ts';

interface Case {
  readonly name: string;
  readonly request: [method: string, path: string, body?: unknown, headers?: Record<string, string>];
  readonly code: ErrorCode;
  readonly field?: string;
  readonly value?: unknown;
  readonly fix?: RegExp;
}

const vpcId = 'vpc-0123456789abcdef0';
const cases: Case[] = [
  {
    name: 'a value of the wrong form',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlock: 'ten' } }],
    code: 'invalid-value',
    field: 'spec.cidrBlock',
    value: 'ten',
    fix: /IPv4 network in CIDR notation, for example 10\.0\.0\.0\/16/,
  },
  {
    name: 'a number in quotes: bodies are taken as they are',
    request: ['POST', '/v1/security-group-rules', { spec: rule({ fromPort: '80' }) }],
    code: 'invalid-value',
    field: 'spec.fromPort',
    value: '80',
    fix: /from 0 to 65535/,
  },
  {
    name: 'a value that is none of several',
    request: ['POST', '/v1/security-group-rules', { spec: rule({ direction: 'inward' }) }],
    code: 'invalid-value',
    field: 'spec.direction',
    value: 'inward',
    fix: /ingress, or egress/,
  },
  {
    name: 'a reference of the wrong form where null is allowed too',
    request: ['PATCH', '/v1/subnets/subnet-1', { spec: { routeTableId: 'main' } }],
    code: 'invalid-value',
    field: 'spec.routeTableId',
    value: 'main',
    fix: /rtb-…\), or null/,
  },
  {
    name: 'a wrong value inside of a list',
    request: [
      'POST',
      '/v1/route-tables',
      { spec: { vpcId, routes: [{ destination: 'x', target: 'blackhole' }] } },
    ],
    code: 'invalid-value',
    field: 'spec.routes[0].destination',
    value: 'x',
  },
  {
    name: 'a tag that is no text',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' }, tags: { 'a/b': 1 } }],
    code: 'invalid-value',
    field: 'tags.a/b',
    value: 1,
  },
  {
    name: 'a missing field',
    request: ['POST', '/v1/vpcs', { spec: {} }],
    code: 'missing-field',
    field: 'spec.cidrBlock',
    fix: /10\.0\.0\.0\/16/,
  },
  {
    name: 'a missing spec',
    request: ['POST', '/v1/vpcs', {}],
    code: 'missing-field',
    field: 'spec',
  },
  {
    name: 'a change of nothing',
    request: ['PATCH', '/v1/subnets/subnet-1', {}],
    code: 'missing-field',
    field: 'spec or tags',
  },
  {
    name: 'a change of what stays as it was made',
    request: ['PATCH', '/v1/subnets/subnet-1', { spec: { cidrBlock: '10.0.1.0/24' } }],
    code: 'unknown-field',
    field: 'spec.cidrBlock',
    value: '10.0.1.0/24',
    fix: /^Leave it out, .* Can be changed: ipv6CidrBlock, /,
  },
  {
    name: 'a batch of nothing',
    request: ['POST', '/v1/batch', { operations: [] }],
    code: 'invalid-value',
    field: 'operations',
    fix: /^Give operations so that it has at least 1\.$/,
  },
  {
    name: 'the beginning of a field',
    request: ['POST', '/v1/vpcs', { spec: { cidr: '10.0.0.0/16' } }],
    code: 'unknown-field',
    field: 'spec.cidr',
    fix: /Did you mean cidrBlock\?/,
  },
  {
    name: 'a misspelt field, which also makes the right one missing',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlok: '10.0.0.0/16' } }],
    code: 'unknown-field',
    field: 'spec.cidrBlok',
    value: '10.0.0.0/16',
    fix: /Did you mean cidrBlock\?/,
  },
  {
    name: 'a field that is like no other',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16', colour: 'red' } }],
    code: 'unknown-field',
    field: 'spec.colour',
    fix: /^Known here: cidrBlock, secondaryCidrBlocks, ipv6CidrBlock, dhcpOptionsId, /,
  },
  {
    name: 'an unknown member beside the spec',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' }, tag: {} }],
    code: 'unknown-field',
    field: 'tag',
    fix: /Did you mean tags\?/,
  },
  {
    name: 'text that is no JSON',
    request: ['POST', '/v1/vpcs', '{"spec":'],
    code: 'malformed-request',
    fix: /JSON/,
  },
  { name: 'JSON that is no object', request: ['POST', '/v1/vpcs', '[]'], code: 'malformed-request' },
  { name: 'no body', request: ['POST', '/v1/vpcs', ''], code: 'malformed-request' },
  {
    name: 'a body that reaches for prototypes',
    request: ['POST', '/v1/vpcs', '{"spec":{"__proto__":{"x":1}}}'],
    code: 'malformed-request',
  },
  {
    name: 'another content type',
    request: ['POST', '/v1/vpcs', 'spec', { 'content-type': 'text/plain' }],
    code: 'malformed-request',
    field: 'Content-Type',
  },
  { name: 'a broken escape', request: ['GET', '/v1/vpcs/%zz'], code: 'malformed-request', fix: /%25/ },
  {
    name: 'a body over 1 MiB',
    request: ['POST', '/v1/vpcs', { spec: { cidrBlock: 'x'.repeat(1024 * 1024) } }],
    code: 'too-large',
  },
  { name: 'an unknown address', request: ['GET', '/v2/vpcs'], code: 'not-found', fix: /openapi/ },
  {
    name: 'an unknown id',
    request: ['GET', `/v1/vpcs/${vpcId}`],
    code: 'not-found',
    field: 'id',
    value: vpcId,
  },
  {
    name: 'a method that the address does not have',
    request: ['DELETE', '/v1/vpcs'],
    code: 'method-not-allowed',
    value: 'DELETE',
    fix: /GET, HEAD, POST/,
  },
  {
    name: 'a filter that is no field',
    request: ['GET', '/v1/vpcs?spec.cidr=10.0.0.0/16'],
    code: 'unknown-field',
    field: 'spec.cidr',
  },
];

function rule(wrong: object) {
  return {
    groupId: 'sg-0123456789abcdef0',
    direction: 'ingress',
    protocol: 'tcp',
    cidrIpv4: '0.0.0.0/0',
    ...wrong,
  };
}

describe('problems', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  for (const { name, request, code, field, value, fix } of cases) {
    it(`refuses ${name}`, async () => {
      const revision = api.controller.revision;
      const answer = await api.call(...request);
      assert.equal(answer.body.code, code);
      assert.equal(answer.status, errorCodes[code].status);
      assert.equal(answer.body.status, answer.status);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal(answer.body.type, 'about:blank');
      assert.equal(typeof answer.body.title, 'string');
      assert.notEqual(answer.body.detail, '');
      assert.equal(answer.body.field, field);
      if (value !== undefined) assert.deepEqual(answer.body.value, value);
      if (fix) assert.match(answer.body.fix, fix);
      assert.equal(api.controller.revision, revision, 'nothing was written');
    });
  }

  it('passes on every code of the controller, with its status, field, value and fix', async () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      if (code === 'internal') continue;
      api.controller.nextFailure = new WeftError(code, `so it is: ${code}`, {
        field: 'spec.cidrBlock',
        value: '10.0.0.0/16',
        fix: 'Do it otherwise.',
      });
      const answer = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
      assert.equal(answer.status, errorCodes[code].status);
      const { title, ...rest } = answer.body;
      assert.equal(typeof title, 'string');
      assert.deepEqual(rest, {
        type: 'about:blank',
        status: errorCodes[code].status,
        code,
        detail: `so it is: ${code}`,
        field: 'spec.cidrBlock',
        value: '10.0.0.0/16',
        fix: 'Do it otherwise.',
      });
    }
  });

  it('tells nothing of a defect but the id under which it is logged', async () => {
    for (const failure of [
      new Error('secret of the house'),
      new WeftError('internal', 'secret of the house'),
    ]) {
      api.controller.nextFailure = failure;
      const answer = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
      assert.equal(answer.status, 500);
      assert.equal(answer.body.code, 'internal');
      assert.doesNotMatch(JSON.stringify(answer.body), /secret|\.ts|at /);
      const logged = api.log.find((line) => line.requestId === answer.body.requestId);
      assert.equal((logged?.err as Error | undefined)?.message, 'secret of the house');
      assert.equal(logged?.reqId, undefined, 'the id has one name in all logs');
    }
    const errors = api.log.filter((line) => line.level === 50);
    assert.equal(errors.length, 2, 'mistakes of callers are not logged as defects');
  });

  it('does not send a long value back whole', async () => {
    const answer = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: 'x'.repeat(100_000) } });
    assert.equal(answer.body.value.length, 1001);
  });

  it('answers what is no HTTP, and headers that are too large, before there is a request', async () => {
    assert.match(await raw('BREW /pot\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":"malformed-request"/);
    const large = `GET /v1/health HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(large), /^HTTP\/1\.1 413 [\s\S]*"code":"too-large"/);
  });

  function raw(text: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let answer = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
    return promise.finally(() => socket.destroy());
  }

  it('takes an empty body that is declared as JSON where none is needed', async () => {
    const made = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
    assert.equal((await api.call('DELETE', `/v1/vpcs/${made.body.id}`, '')).status, 200);
  });
});
