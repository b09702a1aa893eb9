import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GraphController } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import { AuthError, type Principal } from '../auth/index.ts';
import { AwsApi, type AwsApiOptions } from './api.ts';
import { startHarness } from './testing/harness.ts';

const caller: Principal = {
  account: '123456789012',
  region: 'us-east-1',
  role: 'admin',
  accessKeyId: 'one',
  name: 'one',
};
const action = (name: string) => ({
  method: 'POST',
  url: '/',
  headers: {},
  body: `Action=${name}&Version=2016-11-15`,
});
const codeOf = (body: string) => /<Code>([^<]*)/.exec(body)?.[1] ?? 'done';

/** The API over a controller of which nothing works but what a test gives. */
function apiOf(options: Partial<AwsApiOptions>, controller: Partial<GraphController> = {}) {
  const defects: unknown[] = [];
  const api = new AwsApi({
    controller: controller as GraphController,
    authenticate: () => caller,
    onDefect: (error) => defects.push(error),
    ...options,
  });
  return { defects, ask: async (name: string, address = '192.0.2.1') => api.answer(action(name), address) };
}

describe('limits of requests', () => {
  it('hold for each key', async () => {
    const names = ['one', 'one', 'one', 'two'];
    const authenticate = () => ({ ...caller, name: names.shift() ?? '' });
    const { ask } = apiOf({ authenticate, limits: { requests: { burst: 2, perSecond: 0.001 } } });
    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await ask('GetCallerIdentity'));
    const codes = answers.map(({ body }) => codeOf(body));
    assert.deepEqual(codes, ['done', 'done', 'RequestLimitExceeded', 'done']);
    // SDKs wait and try again for statuses from 500.
    assert.equal(answers[2]?.status, 503);
  });

  it('hold for wrong signatures of each address, and not for right ones from there', async () => {
    let isRight = false;
    const authenticate = () => {
      if (isRight) return caller;
      throw new AuthError('SignatureDoesNotMatch', 'no');
    };
    const { ask } = apiOf({ authenticate, limits: { failures: { burst: 2, perSecond: 0.001 } } });
    const codes = [];
    for (let count = 0; count < 3; count++) codes.push(codeOf((await ask('GetCallerIdentity')).body));
    codes.push(codeOf((await ask('GetCallerIdentity', '192.0.2.2')).body));
    const wrong = 'SignatureDoesNotMatch';
    assert.deepEqual(codes, [wrong, wrong, 'RequestLimitExceeded', wrong]);
    isRight = true;
    assert.equal(codeOf((await ask('GetCallerIdentity')).body), 'done');
  });
});

describe('regions', () => {
  it('are those that are configured', async () => {
    await using api = await startHarness({ regions: ['here-1', 'there-1'] });
    const { regionInfo } = await api.ok('DescribeRegions', {}, 'here-1');
    assert.deepEqual(
      regionInfo.map(({ regionName }: { regionName: string }) => regionName),
      ['here-1', 'there-1'],
    );
    await api.ok('DescribeVpcs', {}, 'there-1');
    const { message } = await api.refused('AuthFailure', 'DescribeVpcs', {}, 'us-east-1');
    assert.equal(
      message,
      "Credential should be scoped to a valid region, not 'us-east-1'. Regions here: here-1, there-1",
    );
    await api.refused('InvalidParameterValue', 'DescribeRegions', { 'RegionName.1': 'us-east-1' }, 'here-1');
  });
});

describe('a controller in trouble', () => {
  it('makes clients try again when its store cannot be written', async () => {
    const unavailable = () => {
      throw new WeftError('unavailable', 'the disk is full');
    };
    const { ask, defects } = apiOf({}, { read: unavailable, create: unavailable, list: unavailable });
    const { status, body } = await ask('DescribeVpcs');
    assert.deepEqual([status, codeOf(body)], [503, 'ServiceUnavailable']);
    assert.deepEqual(defects, []);
  });

  it('tells nothing of a defect but the id under which it is logged', async () => {
    const broken = () => {
      throw new Error('secret of the house');
    };
    const { ask, defects } = apiOf({}, { read: broken, create: broken, list: broken });
    const { status, body, requestId } = await ask('DescribeVpcs');
    assert.deepEqual([status, codeOf(body)], [500, 'InternalError']);
    assert.doesNotMatch(body, /secret/);
    assert.ok(body.includes(requestId));
    assert.equal((defects[0] as Error).message, 'secret of the house');
  });
});
