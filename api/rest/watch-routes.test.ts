import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { newId } from '@weft/controller/resources';
import { readEvents, type ServerSentEvent } from '../contract/events.ts';
import { type Harness, startHarness } from './testing/harness.ts';

const nothing = { spec: {}, status: {}, tags: {} };

/** An open watch of which a test reads one event after the other. */
async function open(api: Harness, query: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await fetch(`${api.url}/v1/watch?${query}`, { signal: abort.signal, headers });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events = readEvents(response.body as unknown as AsyncIterable<Buffer>);
  return {
    /** Next event that has data. */
    async next(): Promise<ServerSentEvent & { readonly content: ReturnType<typeof JSON.parse> }> {
      for (;;) {
        const { value, done } = await events.next();
        if (done) throw new Error('the watch has ended');
        if (value.data !== '') return { ...value, content: JSON.parse(value.data) };
      }
    },
    /** Next event of any sort, signs of life too. */
    any: async () => (await events.next()).value as ServerSentEvent | undefined,
    close: () => abort.abort(),
  };
}

describe('the watch', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness({ watchKeepAliveMs: 20 });
  });
  after(() => api.close());

  it('gives what is stored and what comes, in order and without gaps', async () => {
    const from = api.controller.revision;
    for (let index = 0; index < 20; index++) api.controller.put('vpc', newId('vpc'), nothing);
    const watch = await open(api, `after=${from}`);
    for (let index = 0; index < 20; index++) api.controller.put('vpc', newId('vpc'), nothing);
    for (let index = 1; index <= 40; index++) {
      const { event, id, content } = await watch.next();
      assert.equal(event, 'commit');
      assert.equal(id, String(from + index));
      assert.equal(content.revision, from + index);
      assert.equal(content.changes[0].after.revision, from + index);
    }
    watch.close();
  });

  it('starts now without a revision, and goes on from Last-Event-ID', async () => {
    api.controller.put('vpc', newId('vpc'), nothing);
    const from = api.controller.revision;
    const watch = await open(api, '');
    assert.equal((await watch.any())?.id, String(from), 'a client knows at once where it stands');
    api.controller.put('vpc', newId('vpc'), nothing);
    assert.equal((await watch.next()).content.revision, from + 1);
    watch.close();
    const again = await open(api, '', { 'last-event-id': String(from) });
    assert.equal((await again.next()).content.revision, from + 1);
    again.close();
  });

  it('tells of a deletion by a change without the resource', async () => {
    const vpc = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
    const watch = await open(api, `after=${api.controller.revision}`);
    await api.call('DELETE', `/v1/vpcs/${vpc.body.id}`);
    assert.deepEqual((await watch.next()).content.changes, [{ kind: 'vpc', id: vpc.body.id }]);
    watch.close();
  });

  it('keeps internal kinds and other accounts to itself', async () => {
    const watch = await open(api, `after=${api.controller.revision}`);
    api.controller.put('identity', 'sg-1', nothing);
    api.controller.put('vpc', newId('vpc'), nothing, { account: '999999999999', region: 'us-east-1' });
    const shared = { account: '999999999999', region: 'us-east-1' };
    api.controller.put('external-network', 'extnet-1', nothing, shared);
    assert.equal((await watch.next()).content.changes[0].id, 'extnet-1');
    watch.close();
  });

  it('filters by kind and by host, and moves the position all the same', async () => {
    const kinds = await open(api, `after=${api.controller.revision}&kind=subnet,instance`);
    const host = await open(api, `after=${api.controller.revision}&host=h1`);
    const put = (kind: 'instance' | 'binding', id: string, hostId: string) =>
      api.controller.put(kind, id, { spec: { hostId }, status: {}, tags: {} });
    api.controller.put('vpc', newId('vpc'), nothing);
    put('instance', 'i-2', 'h2');
    put('instance', 'i-1', 'h1');
    put('binding', 'h2/eni-1', 'h2');
    put('binding', 'h1/eni-1', 'h1');
    put('instance', 'i-1', 'h2');
    const seen = async (watch: typeof host) => (await watch.next()).content.changes[0].id;
    assert.deepEqual([await seen(kinds), await seen(kinds), await seen(kinds)], ['i-2', 'i-1', 'i-1']);
    assert.deepEqual([await seen(host), await seen(host)], ['i-1', 'h1/eni-1']);
    assert.equal(await seen(host), 'i-1', 'an instance that leaves the host concerns it');
    put('instance', 'i-3', 'h3');
    put('instance', 'i-1', 'h1');
    assert.equal(await seen(host), 'i-1');
    const attach = (id: string, instanceId?: string) =>
      api.controller.put('network-interface', id, {
        spec: instanceId === undefined ? {} : { instanceId },
        status: {},
        tags: {},
      });
    attach('eni-3', 'i-3');
    attach('eni-4', 'i-4');
    attach('eni-1', 'i-1');
    assert.equal(await seen(host), 'eni-1', 'of an instance there');
    attach('eni-1');
    assert.equal(await seen(host), 'eni-1', 'and one that is taken from it');
    attach('eni-1');
    let position: string | undefined;
    while (position !== String(api.controller.revision)) position = (await host.any())?.id;
    kinds.close();
    host.close();
  });

  it('says that the history is gone, also when the store is younger than the client', async () => {
    api.controller.oldestRevision = 4;
    const old = await open(api, 'after=2');
    const { event, content } = await old.next();
    assert.equal(event, 'compacted');
    assert.equal(content.oldestRevision, 4);
    await assert.rejects(old.next(), /has ended/);
    api.controller.oldestRevision = 1;
    const young = await open(api, `after=${api.controller.revision + 1}`);
    assert.equal((await young.next()).event, 'compacted');
  });

  it('refuses a wrong query', async () => {
    for (const [query, field, code] of [
      ['after=-1', 'after', 'invalid-value'],
      ['after=now', 'after', 'invalid-value'],
      ['kind=vpc,subnets', 'kind', 'invalid-value'],
      ['kind=identity', 'kind', 'invalid-value'],
      ['hosts=h1', 'hosts', 'unknown-field'],
    ]) {
      const answer = await api.call('GET', `/v1/watch?${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal(answer.body.field, field, query);
      assert.equal(answer.body.code, code, query);
    }
    assert.match((await api.call('GET', '/v1/watch?kind=subnets')).body.fix, /Did you mean subnet\?/);
  });

  it('lets go of the store when a client leaves', async () => {
    const before = api.controller.watchers;
    const watch = await open(api, '');
    assert.equal(api.controller.watchers, before + 1);
    watch.close();
    for (let turn = 0; turn < 200 && api.controller.watchers > before; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(api.controller.watchers, before);
  });
});

describe('bounds of the watch', () => {
  it('drops a client that does not read, after an event that says so', async () => {
    await using api = await startHarness({ watchBacklogBytes: 64 * 1024 });
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.pause();
    socket.write('GET /v1/watch HTTP/1.1\r\nhost: test\r\n\r\n');
    while (api.controller.watchers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const tags = { filler: 'x'.repeat(100_000) };
    // The kernel's socket buffers take some megabytes before anything piles up in the process.
    for (let index = 0; index < 400 && api.controller.watchers > 0; index++) {
      api.controller.put('vpc', newId('vpc'), { ...nothing, tags });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(api.controller.watchers, 0);
    let tail = '';
    for await (const chunk of socket.setEncoding('utf8')) tail = (tail + chunk).slice(-500);
    assert.match(tail, /event: error\ndata: \{"code":"too-slow"/);
  });

  it('ends every watch when the server closes', async () => {
    const api = await startHarness();
    const watch = await open(api, '');
    const last = watch.next();
    const started = performance.now();
    await api.close();
    assert.deepEqual([(await last).event, (await last).content.code], ['error', 'unavailable']);
    assert.ok(performance.now() - started < 2000);
    assert.equal(api.controller.watchers, 0);
  });
});
