import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { newId } from '@weft/controller/resources';
import { startHarness } from '../rest/testing/harness.ts';
import { type ApiError, WeftClient } from './index.ts';

const nothing = { spec: {}, status: {}, tags: {} };

describe('the watch of the client', () => {
  it('yields commits, and ends when its signal says so', async () => {
    await using api = await startHarness();
    const client = new WeftClient({ url: api.url });
    const abort = new AbortController();
    api.controller.put('vpc', newId('vpc'), nothing);
    api.controller.put('subnet', newId('subnet'), nothing);
    const seen: number[] = [];
    for await (const commit of client.watch({ after: 0, kinds: ['vpc'], signal: abort.signal })) {
      seen.push(commit.revision);
      if (seen.length === 2) abort.abort();
      else api.controller.put('vpc', newId('vpc'), nothing);
    }
    assert.deepEqual(seen, [1, 3]);
  });

  it('comes back after the server was away, and misses and repeats nothing', async () => {
    const first = await startHarness();
    const { controller } = first;
    const client = new WeftClient({ url: first.url });
    const states: string[] = [];
    const watch = client.watch({
      after: 0,
      onConnect: () => states.push('up'),
      onDisconnect: (error) => states.push(error.code),
    });
    const revisions: number[] = [];
    const take = async (count: number) => {
      for (let index = 0; index < count; index++) revisions.push((await watch.next()).value?.revision ?? -1);
    };
    for (let index = 0; index < 3; index++) controller.put('vpc', newId('vpc'), nothing);
    await take(2);
    await first.close();
    controller.put('vpc', newId('vpc'), nothing);
    const later = take(3);
    await new Promise((resolve) => setTimeout(resolve, 120));
    const second = await startHarness({}, controller, Number(new URL(first.url).port));
    controller.put('vpc', newId('vpc'), nothing);
    await later;
    assert.deepEqual(revisions, [1, 2, 3, 4, 5]);
    assert.equal(states[0], 'up');
    assert.equal(states.at(-1), 'up');
    assert.ok(
      states.slice(1, -1).length > 0 && states.slice(1, -1).every((state) => state === 'unreachable'),
    );
    await watch.return(undefined);
    await second.close();
  });

  it('goes on from revisions that did not concern it', async () => {
    const first = await startHarness({ watchKeepAliveMs: 10 });
    const { controller } = first;
    const client = new WeftClient({ url: first.url });
    const watch = client.watch({ kinds: ['subnet'] });
    const next = watch.next();
    while (controller.watchers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let index = 0; index < 5; index++) controller.put('vpc', newId('vpc'), nothing);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await first.close();
    controller.oldestRevision = 5; // what the client has not seen, but was told to be past
    const second = await startHarness({}, controller, Number(new URL(first.url).port));
    const { revision } = controller.put('subnet', newId('subnet'), nothing);
    assert.equal((await next).value?.revision, revision);
    await watch.return(undefined);
    await second.close();
  });

  it('throws when the history is gone, and when the API refuses the query', async () => {
    await using api = await startHarness();
    const client = new WeftClient({ url: api.url });
    api.controller.put('vpc', newId('vpc'), nothing);
    api.controller.oldestRevision = 5;
    await assert.rejects(client.watch({ after: 1 }).next(), { code: 'compacted' });
    const wrong = client.watch({ kinds: ['vpcs' as 'vpc'] });
    await assert.rejects(
      wrong.next(),
      (error: ApiError) => error.code === 'invalid-value' && error.field === 'kind',
    );
  });

  it('says why the controller ended it, and connects again', async () => {
    const answers = ['too-slow', 'other'];
    const server = createServer((_request, response) => {
      const [code = 'other'] = answers.splice(0, 1);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: error\ndata: ${JSON.stringify({ code, detail: 'ended' })}\n\n`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new WeftClient({ url: `http://127.0.0.1:${port}` });
    const abort = new AbortController();
    const reasons: string[] = [];
    const onDisconnect = ({ code }: ApiError) => {
      if (reasons.push(code) === 2) abort.abort();
    };
    const { done } = await client.watch({ after: 1, signal: abort.signal, onDisconnect }).next();
    assert.deepEqual([reasons, done], [['too-slow', 'unreachable'], true]);
    client.close();
    server.close();
  });

  it('ends while it waits to connect again', async () => {
    const api = await startHarness();
    await api.close();
    const client = new WeftClient({ url: api.url });
    const abort = new AbortController();
    const watch = client.watch({ signal: abort.signal, onDisconnect: () => abort.abort() });
    assert.deepEqual(await watch.next(), { value: undefined, done: true });
  });
});
