import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Authenticator, type KnownKey, tokenOf } from '@weft/api/auth';
import { kinds, type Role, roles } from '@weft/controller/resources';
import { collections, WeftClient } from '../contract/index.ts';
import { exposedKinds } from './kinds.ts';
import { type Harness, hostSpec, startHarness } from './testing/harness.ts';

const region = 'us-east-1';
const keyOf = (name: string, account: string, role: Role, hostId?: string): KnownKey => ({
  accessKeyId: name,
  secret: `secretof${name}`,
  account,
  role,
  ...(hostId === undefined ? {} : { hostId }),
});
const known = new Map<string, KnownKey>(
  [
    ...roles.filter((role) => role !== 'agent').map((role) => keyOf(role.replace('-', ''), '1', role)),
    keyOf('stranger', '2', 'member'),
    keyOf('agent', '1', 'agent', 'h1'),
  ].map((key) => [key.accessKeyId, key]),
);
const bearer = (name: string) => ({ authorization: `Bearer ${tokenOf(name, `secretof${name}`)}` });

const startWithKeys = (limits = {}) =>
  startHarness({
    authenticator: new Authenticator({ keys: { find: (id) => known.get(id) }, region }),
    limits,
  });

/** One resource of each kind that accounts own, as it stands in the store. */
function plantOfEveryKind({ controller }: Harness): { kind: (typeof exposedKinds)[number]; id: string }[] {
  const owned = exposedKinds.filter((kind) => !kinds[kind].operatorOwned);
  return owned.map((kind) => {
    const id = `${kinds[kind].prefix ?? kind}-0123456789abcdef0`;
    controller.put(kind, id, { spec: {}, status: {}, tags: {} }, { account: '1', region });
    return { kind, id };
  });
}

describe('what belongs to another account', () => {
  let api: Harness;
  let planted: ReturnType<typeof plantOfEveryKind>;
  before(async () => {
    api = await startWithKeys();
    planted = plantOfEveryKind(api);
  });
  after(() => api.close());

  it('does not exist, whatever its kind and whatever is done with it', async () => {
    assert.ok(planted.length >= 8);
    for (const { kind, id } of planted) {
      const url = `/v1/${collections[kind]}/${id}`;
      const absent = `/v1/${collections[kind]}/${id.replace('f0', 'f1')}`;
      const methods = ['GET', 'DELETE', ...(kinds[kind].update ? ['PATCH'] : [])];
      for (const method of methods) {
        const body = method === 'PATCH' ? { tags: { a: 'b' } } : undefined;
        const foreign = await api.call(method, url, body, bearer('stranger'));
        const nothing = await api.call(method, absent, body, bearer('stranger'));
        if (foreign.status === 405) continue;
        assert.equal(foreign.status, 404, `${method} ${url}`);
        const asAbsent = JSON.stringify(nothing.body).replaceAll('f1', 'f0');
        assert.equal(JSON.stringify(foreign.body), asAbsent, 'nothing tells it from what was never there');
      }
      const list = await api.call('GET', `/v1/${collections[kind]}`, undefined, bearer('stranger'));
      assert.deepEqual(list.body.items, [], kind);
    }
  });

  it('is there for its own, and changes', async () => {
    for (const { kind, id } of planted) {
      const url = `/v1/${collections[kind]}/${id}`;
      assert.equal((await api.call('GET', url, undefined, bearer('readonly'))).status, 200, kind);
      const list = await api.call('GET', `/v1/${collections[kind]}`, undefined, bearer('member'));
      assert.deepEqual(
        list.body.items.map((item: { id: string }) => item.id),
        [id],
        kind,
      );
      if (!kinds[kind].update) continue;
      const changed = await api.call('PATCH', url, { tags: { a: 'b' } }, bearer('member'));
      assert.equal(changed.status, 200, kind);
    }
  });

  it('is not in a watch, neither what is stored nor what comes', async () => {
    const seenBy = async (name: string) => {
      const client = new WeftClient({ url: api.url, access: { token: tokenOf(name, `secretof${name}`) } });
      const ended = new AbortController();
      const seen = new Set<string>();
      setTimeout(() => plantOfEveryKind(api), 100);
      setTimeout(() => ended.abort(), 400);
      for await (const { changes } of client.watch({ after: 0, signal: ended.signal })) {
        for (const { kind } of changes) seen.add(kind);
      }
      client.close();
      return seen;
    };
    assert.deepEqual([...(await seenBy('stranger'))], []);
    assert.deepEqual([...(await seenBy('member'))].sort(), planted.map(({ kind }) => kind).sort());
  });

  it('is there for admins and operators who name the account, and for nobody else', async () => {
    api.controller.put('account', '1', {
      spec: { name: 'one', enabled: true, quotas: {} },
      status: {},
      tags: {},
    });
    api.controller.put('account', '2', {
      spec: { name: 'two', enabled: true, quotas: {} },
      status: {},
      tags: {},
    });
    api.controller.put('vpc', 'vpc-2', { spec: {}, status: {}, tags: {} }, { account: '2', region });
    const ask = (name: string, headers: Record<string, string>) =>
      api.call('GET', '/v1/vpcs', undefined, { ...bearer(name), ...headers });
    for (const name of ['admin', 'operator']) {
      const ids = async (headers: Record<string, string>) =>
        (await ask(name, headers)).body.items.map((item: { id: string }) => item.id).sort();
      assert.deepEqual(await ids({ 'weft-account': '2' }), ['vpc-2'], name);
      assert.deepEqual(await ids({ 'weft-account': '*' }), ['vpc-0123456789abcdef0', 'vpc-2'], name);
      assert.deepEqual(await ids({ 'weft-account': '*', 'weft-region': 'eu-west-1' }), [], name);
      assert.equal((await ask(name, { 'weft-account': '3' })).status, 404);
    }
    for (const account of ['1', '3', '*']) {
      assert.equal((await ask('stranger', { 'weft-account': account })).body.code, 'not-found', account);
    }
    assert.equal((await ask('stranger', { 'weft-account': '2' })).status, 200);
    assert.equal((await ask('stranger', { 'weft-region': 'no region' })).body.code, 'invalid-value');
  });
});

describe('who may come in', () => {
  let api: Harness;
  before(async () => {
    api = await startWithKeys();
  });
  after(() => api.close());

  it('shows credentials, but for what says whether the server lives', async () => {
    for (const url of ['/v1/health', '/v1/ready', '/v1/openapi.json']) {
      assert.equal((await api.call('GET', url)).status, 200, url);
    }
    for (const [method, url] of [
      ['GET', '/v1/vpcs'],
      ['POST', '/v1/vpcs'],
      ['POST', '/v1/batch'],
      ['GET', '/v1/watch'],
      ['GET', '/v1/audit'],
      ['GET', '/metrics'],
      ['PUT', '/v1/hosts/h1'],
      ['POST', '/v1/accounts/1/keys'],
    ] as const) {
      const answer = await api.call(method, url, method === 'GET' ? undefined : {});
      assert.equal(answer.status, 401, url);
      assert.equal(answer.body.code, 'unauthenticated');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="weft"');
    }
  });

  it('never hears its token again, nor does the log', async () => {
    const { authorization } = bearer('member');
    const wrong = await api.call('GET', '/v1/vpcs', undefined, { authorization: `${authorization}x` });
    assert.equal(wrong.status, 401);
    await api.call('GET', '/v1/vpcs', undefined, { authorization });
    for (const text of [JSON.stringify(wrong.body), JSON.stringify(api.log)]) {
      assert.equal(text.includes('secretof'), false);
    }
  });

  it('is an agent for its own host only', async () => {
    const as = (method: string, url: string, body?: unknown) => api.call(method, url, body, bearer('agent'));
    assert.equal((await as('PUT', '/v1/hosts/h1', { spec: hostSpec })).status, 200);
    assert.equal((await as('POST', '/v1/hosts/h1/heartbeat')).status, 204);
    assert.equal((await as('PUT', '/v1/hosts/h1/bindings', { ports: [] })).status, 200);
    for (const [method, url, body] of [
      ['PUT', '/v1/hosts/h2', { spec: hostSpec }],
      ['POST', '/v1/hosts/h2/heartbeat', undefined],
      ['PUT', '/v1/hosts/h2/bindings', { ports: [] }],
      ['GET', '/v1/vpcs', undefined],
      ['GET', '/v1/accounts', undefined],
      ['POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } }],
      ['GET', '/v1/audit', undefined],
      ['GET', '/metrics', undefined],
    ] as const) {
      assert.equal((await as(method, url, body)).body.code, 'forbidden', `${method} ${url}`);
    }
    const instance = (id: string, hostId: string) =>
      api.controller.put(
        'instance',
        id,
        { spec: { hostId }, status: {}, tags: {} },
        { account: '2', region },
      );
    instance('i-1', 'h1');
    instance('i-2', 'h2');
    const running = { status: { state: 'running' } };
    assert.equal((await as('PUT', '/v1/instances/i-1/status', running)).status, 200);
    assert.equal((await as('PUT', '/v1/instances/i-2/status', running)).status, 404);
    const listed = await as('GET', '/v1/instances');
    assert.deepEqual(
      listed.body.items.map((item: { id: string }) => item.id),
      ['i-1'],
    );
    assert.equal((await as('GET', '/v1/instances/i-2')).status, 404);
    const member = await api.call('PUT', '/v1/hosts/h1', { spec: hostSpec }, bearer('member'));
    assert.equal(member.body.code, 'forbidden');
    const operator = await api.call('PUT', '/v1/hosts/h1', { spec: hostSpec }, bearer('operator'));
    assert.equal(operator.status, 200);
  });

  it('reads as an agent the interfaces of its host while they are there, and no others', async () => {
    await using own = await startWithKeys();
    const { controller } = own;
    const as = (url: string) => own.call('GET', url, undefined, bearer('agent'));
    const put = (kind: 'network-interface' | 'instance' | 'binding', id: string, spec: object) =>
      controller.put(kind, id, { spec, status: {}, tags: {} }, { account: '2', region });
    const status = async (id: string) => (await as(`/v1/network-interfaces/${id}`)).status;
    put('instance', 'i-1', { hostId: 'h1' });
    put('instance', 'i-2', { hostId: 'h2' });
    put('network-interface', 'eni-1', { instanceId: 'i-1' });
    put('network-interface', 'eni-2', { instanceId: 'i-2' });
    put('network-interface', 'eni-3', {});
    put('binding', 'h1/eni-3', { hostId: 'h1', networkInterfaceId: 'eni-3' });
    put('network-interface', 'eni-4', {});
    put('binding', 'h2/eni-4', { hostId: 'h2', networkInterfaceId: 'eni-4' });
    const ids = ['eni-1', 'eni-2', 'eni-3', 'eni-4'];
    assert.deepEqual(await Promise.all(ids.map(status)), [200, 404, 200, 404]);
    assert.equal((await as('/v1/network-interfaces')).body.code, 'forbidden');

    const client = new WeftClient({ url: own.url, access: { token: tokenOf('agent', 'secretofagent') } });
    const ended = new AbortController();
    const seen: string[] = [];
    const watched = (async () => {
      for await (const { changes } of client.watch({ after: controller.revision, signal: ended.signal })) {
        for (const { kind, id, after } of changes) seen.push(`${kind} ${id}${after ? '' : ' gone'}`);
        if (seen.at(-1) === 'instance i-9') ended.abort();
      }
    })();
    while (controller.watchers === 0) await setImmediate();
    put('network-interface', 'eni-1', {});
    put('network-interface', 'eni-2', { instanceId: 'i-2', description: 'changed' });
    put('instance', 'i-1', { hostId: 'h2' });
    await controller.unbind('h1', 'eni-3');
    put('network-interface', 'eni-3', { description: 'elsewhere' });
    put('instance', 'i-9', { hostId: 'h1' });
    await watched;
    client.close();
    assert.equal(seen.includes('network-interface eni-1 gone'), true, seen.join());
    assert.equal(seen.includes('instance i-1 gone'), true);
    assert.equal(seen.includes('binding h1/eni-3 gone'), true);
    assert.deepEqual(
      seen.filter((line) => /eni-[24]|i-2/.test(line)),
      [],
    );
    assert.notEqual(seen.at(-2), 'network-interface eni-3', 'it has left');
    assert.deepEqual(await Promise.all(ids.map(status)), [404, 404, 404, 404]);
  });

  it('asks for receipts of what its own account has written', async () => {
    await using own = await startWithKeys();
    const receipt = (name: string, revision: number) =>
      own.call('GET', `/v1/receipts/${revision}?timeout=0`, undefined, bearer(name));
    const put = (kind: 'vpc' | 'counter' | 'host', account: string) =>
      own.controller.put(kind, `${kind}-${account}`, { spec: {}, status: {}, tags: {} }, { account, region })
        .revision;
    const written = put('vpc', '1');
    const internal = put('counter', '1');
    const foreign = put('vpc', '2');
    const host = put('host', '');
    const statuses = async (name: string) =>
      Promise.all([written, internal, foreign, host].map(async (one) => (await receipt(name, one)).status));
    assert.deepEqual(await statuses('member'), [200, 404, 404, 404]);
    assert.deepEqual(await statuses('readonly'), [200, 404, 404, 404]);
    assert.deepEqual(await statuses('stranger'), [404, 404, 200, 404]);
    for (const name of ['admin', 'operator']) assert.deepEqual(await statuses(name), [200, 200, 200, 200]);
    own.controller.appliedCalls = [];
    const refused = await receipt('member', foreign);
    assert.equal(refused.body.code, 'not-found');
    assert.deepEqual(own.controller.appliedCalls, [], 'nothing is waited for');
    own.controller.oldestRevision = written + 1;
    assert.equal((await receipt('member', written)).status, 404, 'the history is gone');
  });

  it('sees hosts and metrics as an operator, and not as a member', async () => {
    for (const [name, hosts, metrics] of [
      ['operator', 1, 200],
      ['member', 0, 403],
      ['readonly', 0, 403],
    ] as const) {
      const list = await api.call('GET', '/v1/hosts', undefined, bearer(name));
      assert.equal(list.body.items.length, hosts, name);
      assert.equal((await api.call('GET', '/metrics', undefined, bearer(name))).status, metrics, name);
    }
  });
});

describe('limits', () => {
  it('hold for each key, and tell when to come again', async () => {
    await using api = await startWithKeys({ requests: { burst: 3, perSecond: 0.01 } });
    const ask = (name: string) => api.call('GET', '/v1/vpcs', undefined, bearer(name));
    for (let request = 0; request < 3; request++) assert.equal((await ask('member')).status, 200);
    const refused = await ask('member');
    assert.deepEqual([refused.status, refused.body.code], [429, 'rate-limited']);
    assert.ok(Number(refused.headers.get('retry-after')) >= 90);
    assert.equal((await ask('admin')).status, 200);
  });

  it('hold for wrong credentials of an address, and for nobody with right ones', async () => {
    await using api = await startWithKeys({ failures: { burst: 2, perSecond: 0.01 } });
    const wrong = () => api.call('GET', '/v1/vpcs', undefined, { authorization: 'Bearer weft_member_no' });
    assert.deepEqual(
      [(await wrong()).status, (await wrong()).status, (await wrong()).status],
      [401, 401, 429],
    );
    assert.equal((await api.call('GET', '/v1/vpcs', undefined, bearer('member'))).status, 200);
  });

  it('hold for the watches of a caller, which end with its key', async () => {
    await using api = await startWithKeys({ watches: 1 });
    const watch = (name: string) => fetch(`${api.url}/v1/watch`, { headers: bearer(name) });
    const first = await watch('stranger');
    const second = await watch('stranger');
    assert.deepEqual([first.status, second.status], [200, 429]);
    const key = known.get('stranger') as KnownKey;
    known.delete('stranger');
    try {
      api.controller.put('access-key', 'stranger', { spec: { enabled: false }, status: {}, tags: {} });
      assert.match(await first.text(), /event: error\ndata: .*unauthenticated/);
    } finally {
      known.set('stranger', key);
    }
    const again = await watch('stranger');
    assert.equal(again.status, 200);
    await again.body?.cancel();
  });
});

describe('development mode', () => {
  it('takes who comes from this machine, and nobody through a proxy or a foreign page', async () => {
    await using api = await startHarness();
    const status = async (headers: Record<string, string>) =>
      (await api.call('GET', '/v1/vpcs', undefined, headers)).status;
    assert.equal(await status({}), 200);
    assert.equal(await status({ origin: 'http://localhost:3000' }), 200);
    for (const headers of [
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1.elsewhere.example' },
      { forwarded: 'for=192.0.2.1' },
      { 'x-forwarded-for': '192.0.2.1' },
    ]) {
      assert.equal(await status(headers as Record<string, string>), 401, JSON.stringify(headers));
    }
  });
});
