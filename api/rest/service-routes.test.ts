import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, hostSpec, startHarness } from './testing/harness.ts';

describe('what the server says of itself', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  it('is alive, and says how far the store is', async () => {
    const { status, body } = await api.call('GET', '/v1/health');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ok', revision: api.controller.revision });
  });

  it('is ready when nothing is missing', async () => {
    const { status, body } = await api.call('GET', '/v1/ready');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ready', revision: api.controller.revision });
  });

  it('is not ready while something is missing, and names it; it is alive all the same', async () => {
    api.controller.missing = [
      { part: 'store', problem: 'the store cannot be written: disk full' },
      { part: 'openflow', problem: 'switches cannot connect' },
    ];
    const { status, headers, body } = await api.call('GET', '/v1/ready');
    assert.equal(status, 503);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(body.code, 'unavailable');
    assert.deepEqual(body.value, ['store', 'openflow']);
    assert.match(body.detail, /store: the store cannot be written: disk full; openflow: switches cannot/);
    assert.equal((await api.call('GET', '/v1/health')).status, 200);
    api.controller.missing = [];
    assert.equal((await api.call('GET', '/v1/ready')).status, 200);
  });

  it('serves the metrics as text, and takes none', async () => {
    const { status, headers, body } = await api.call('GET', '/metrics');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(body, /^answers_total \d+\n$/);
    const refused = await api.call('POST', '/metrics', {});
    assert.equal(refused.status, 405);
    assert.match(refused.headers.get('allow') ?? '', /GET/);
  });
});

describe('the measures of requests', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  /** What the calls were counted as. */
  async function labelsOf(calls: () => Promise<unknown>): Promise<string[]> {
    api.controller.answered = [];
    await calls();
    // The answer is counted when it is written, which its reader may see a little earlier.
    for (let turn = 0; turn < 100 && api.controller.answered.length === 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return api.controller.answered.map(({ route, method, status }) => `${method} ${route} ${status}`);
  }

  it('have the pattern of the route, never what a caller wrote', async () => {
    const vpc = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
    const read = () => api.call('GET', `/v1/vpcs/${vpc.body.id}`);
    assert.deepEqual(await labelsOf(read), ['GET /v1/vpcs/:id 200']);
    const absent = () => api.call('GET', '/v1/vpcs/vpc-0123456789abcdef0?x=1');
    assert.match((await labelsOf(absent))[0] ?? '', /^GET \/v1\/vpcs\/:id 40[04]$/);
    const heartbeat = () => api.call('POST', '/v1/hosts/unknown/heartbeat');
    assert.deepEqual(await labelsOf(heartbeat), ['POST /v1/hosts/:id/heartbeat 404']);
  });

  it('share one label for all that is no route', async () => {
    assert.deepEqual(await labelsOf(() => api.call('GET', '/admin.php')), ['GET none 404']);
    assert.deepEqual(await labelsOf(() => api.call('PROPFIND', '/v1/vpcs')), ['other none 404']);
    assert.deepEqual(await labelsOf(() => api.call('DELETE', '/v1/vpcs')), ['DELETE /v1/vpcs 405']);
  });

  it('have the time of the whole answer', async () => {
    await labelsOf(() => api.call('GET', '/v1/vpcs'));
    const seconds = api.controller.answered[0]?.seconds ?? -1;
    assert.ok(seconds > 0 && seconds < 5, `${seconds} s`);
  });

  it('leave out watches, but not refused ones', async () => {
    const abort = new AbortController();
    const response = await fetch(`${api.url}/v1/watch`, { signal: abort.signal });
    assert.equal(response.status, 200);
    abort.abort();
    assert.deepEqual(await labelsOf(() => api.call('GET', '/v1/watch?kind=nonsense')), ['GET /v1/watch 400']);
  });

  it('tell how long callers have waited for hosts, and for nothing when they did not', async () => {
    await api.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    assert.deepEqual(api.controller.receiptsAwaited, []);
    await api.call('PUT', '/v1/hosts/h1?wait=applied', { spec: hostSpec });
    api.controller.receipt = { applied: false, hosts: [{ host: 'h1', state: 'pending' }] };
    await api.call('GET', '/v1/receipts/1?timeout=0');
    const outcomes = api.controller.receiptsAwaited.map(({ applied }) => applied);
    assert.deepEqual(outcomes, [true, false]);
    assert.ok(api.controller.receiptsAwaited.every(({ seconds }) => seconds >= 0 && seconds < 5));
  });
});
