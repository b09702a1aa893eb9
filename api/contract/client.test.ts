import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { newId } from '@weft/controller/resources';
import { type Harness, hostSpec, startHarness } from '../rest/testing/harness.ts';
import { ApiError, WeftClient } from './index.ts';

describe('the client against the API', () => {
  let api: Harness;
  let client: WeftClient;
  before(async () => {
    api = await startHarness();
    client = new WeftClient({ url: api.url });
  });
  after(async () => {
    client.close();
    await api.close();
  });

  it('creates, lists, reads, changes and deletes', async () => {
    const vpc = await client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' }, tags: { Name: 'blue' } });
    assert.equal(vpc.spec.cidrBlock, '10.0.0.0/16');
    assert.deepEqual(await client.get('vpc', vpc.id), vpc);
    const page = await client.list('vpc', { filter: { 'tag.Name': 'blue' }, limit: 1 });
    assert.deepEqual(page, { items: [vpc], revision: vpc.revision });
    const group = await client.create('security-group', { spec: { vpcId: vpc.id, name: 'web' } });
    const changed = await client.update(
      'security-group',
      group.id,
      { spec: { description: 'front' } },
      { ifRevision: group.revision, waitSeconds: 1 },
    );
    assert.equal(changed.spec.description, 'front');
    assert.equal(changed.receipt?.applied, true);
    await assert.rejects(
      client.remove('security-group', group.id, { ifRevision: group.revision }),
      (error: ApiError) => error.code === 'precondition-failed' && error.status === 412,
    );
    const removed = await client.remove('security-group', group.id);
    assert.equal(removed.revision, api.controller.revision);
  });

  it('goes through every page', async () => {
    const { length: before } = (await client.listAll('route-table')).items;
    for (let index = before; index < 1001; index++) {
      api.controller.put('route-table', newId('rtb'), { spec: { routes: [] }, status: {}, tags: {} });
    }
    const all = await client.listAll('route-table');
    assert.equal(all.items.length, 1001);
    assert.equal(all.revision, api.controller.revision);
    assert.equal(new Set(all.items.map((item) => item.id)).size, 1001);
  });

  it('carries out batches, and tells beforehand what they cost', async () => {
    const operations = [
      { operation: 'create', kind: 'vpc', as: 'cloud', spec: { cidrBlock: '10.7.0.0/16' } },
      { operation: 'create', kind: 'subnet', spec: { vpcId: '$cloud', cidrBlock: '10.7.1.0/24' } },
    ] as const;
    api.controller.previewedFlows = new Map([['h1', { added: 3, removed: 1 }]]);
    const preview = await client.previewBatch(operations);
    assert.deepEqual(preview.flows, [{ host: 'h1', added: 3, removed: 1 }]);
    const query = { idempotencyKey: 'client-batch', waitSeconds: 1 };
    const done = await client.batch(operations, query);
    assert.equal(done.receipt?.applied, true);
    assert.equal(done.results[0]?.as, 'cloud');
    assert.deepEqual((await client.batch(operations, query)).results, done.results);
  });

  it('creates once under an idempotency key', async () => {
    const body = { spec: { cidrBlock: '10.8.0.0/16' } };
    const [one, two] = [
      await client.create('vpc', body, { idempotencyKey: 'client-vpc' }),
      await client.create('vpc', body, { idempotencyKey: 'client-vpc' }),
    ];
    assert.equal(one.id, two.id);
  });

  it('speaks for an agent', async () => {
    const host = await client.registerHost('h1', hostSpec);
    assert.deepEqual(host.openflowTargets, ['tcp:192.0.2.1:6653']);
    assert.equal(await client.heartbeat('h1'), undefined);
    const port = { networkInterfaceId: newId('eni'), ofport: 3 };
    assert.deepEqual((await client.reportBindings('h1', [port])).unknown, [port.networkInterfaceId]);
    const binding = await client.bind('h1', port);
    assert.equal((await client.get('binding', binding.id)).spec.ofport, 3);
    await client.unbind('h1', port.networkInterfaceId);
    await assert.rejects(client.get('binding', binding.id), { code: 'not-found' });
    const id = newId('i');
    api.controller.put('instance', id, { spec: { hostId: 'h1' }, status: { state: 'pending' }, tags: {} });
    assert.equal((await client.setInstanceStatus(id, { state: 'running' })).status.state, 'running');
    assert.equal((await client.receipt(api.controller.revision, 1)).applied, true);
    assert.deepEqual(await client.health(), { status: 'ok', revision: api.controller.revision });
  });

  it('makes the error of the API its own', async () => {
    await assert.rejects(client.create('vpc', { spec: { cidrBlok: 1 } }), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      const { status, code, field, value, fix } = error;
      assert.deepEqual(
        { status, code, field, value },
        { status: 400, code: 'unknown-field', field: 'spec.cidrBlok', value: 1 },
      );
      assert.match(fix ?? '', /cidrBlock/);
      return true;
    });
    await assert.rejects(client.heartbeat('h9'), { code: 'not-found', status: 404 });
  });

  it('keeps its connection', async () => {
    const own = new WeftClient({ url: api.url });
    const connections = () =>
      new Promise<number>((resolve) => api.server.server.getConnections((_error, count) => resolve(count)));
    await own.health();
    const open = await connections();
    for (let index = 0; index < 10; index++) await own.health();
    assert.equal(await connections(), open);
    own.close();
  });
});

describe('the client against something else', () => {
  async function against(handler: RequestListener, use: (client: WeftClient) => Promise<void>) {
    const server = createServer(handler).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new WeftClient({ url: `http://127.0.0.1:${port}`, timeoutMs: 200 });
    try {
      await use(client);
    } finally {
      client.close();
      server.closeAllConnections();
      server.close();
    }
  }

  it('says that nobody answers', async () => {
    const client = new WeftClient({ url: 'http://127.0.0.1:1' });
    await assert.rejects(client.health(), (error: ApiError) => {
      assert.equal(error.code, 'unreachable');
      assert.equal(error.status, 0);
      assert.match(error.message, /http:\/\/127\.0\.0\.1:1.*ECONNREFUSED/);
      return true;
    });
  });

  it('refuses what is no address', () => {
    for (const url of ['localhost:8080', 'ftp://host', '']) {
      assert.throws(() => new WeftClient({ url }), { code: 'unreachable', value: url });
    }
  });

  it('gives up after its time, also when only the body is late', async () => {
    await against(
      () => undefined,
      (client) => assert.rejects(client.health(), { code: 'timeout' }),
    );
    await against(
      (_request, response) => void response.writeHead(200).write('{'),
      (client) => assert.rejects(client.health(), { code: 'timeout' }),
    );
  });

  it('adds the time that a call waits for hosts', async () => {
    const slow: RequestListener = (_request, response) =>
      void setTimeout(() => response.end('{"revision":1}'), 400);
    await against(slow, async (client) => {
      assert.equal((await client.remove('vpc', 'vpc-1', { waitSeconds: 1 })).revision, 1);
    });
  });

  it('refuses answers that are not from the API', async () => {
    await against(
      (_request, response) => void response.end('<html>'),
      (client) => assert.rejects(client.health(), { code: 'unexpected-answer', value: '<html>' }),
    );
    await against(
      (_request, response) => void response.writeHead(502).end('{"message":"bad gateway"}'),
      (client) => assert.rejects(client.health(), { code: 'unexpected-answer', status: 502 }),
    );
  });

  it('repeats a call on a kept connection that was closed, unless it could be made twice', async () => {
    const seen: string[] = [];
    let breaks = false;
    const handler: RequestListener = (request, response) => {
      seen.push(request.method ?? '');
      if (breaks && seen.length % 2 === 0) request.socket.destroy();
      else response.end('{}');
    };
    await against(handler, async (client) => {
      await client.health();
      breaks = true;
      await client.health();
      assert.deepEqual(seen, ['GET', 'GET', 'GET'], 'broken off, and made again on a new connection');
      await assert.rejects(client.create('vpc', { spec: {} }), { code: 'unreachable' });
      assert.deepEqual(seen.slice(3), ['POST']);
    });
  });
});
