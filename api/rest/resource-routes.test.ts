import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { kindNames, kinds } from '@weft/controller/resources';
import { collections } from '../contract/index.ts';
import { type Harness, hostSpec, startHarness } from './testing/harness.ts';

describe('routes of resources', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());
  beforeEach(() => {
    api.controller.appliedCalls = [];
    api.controller.receipt = { applied: true, hosts: [] };
  });
  const createVpc = (cidrBlock = '10.0.0.0/16', tags = {}) =>
    api.call('POST', '/v1/vpcs', { spec: { cidrBlock }, tags });

  it('knows the same collections as the registry of kinds', () => {
    const registry = Object.fromEntries(
      kindNames.filter((kind) => kinds[kind].path).map((kind) => [kind, kinds[kind].path]),
    );
    assert.deepEqual(collections, registry);
  });

  it('creates, reads, changes and deletes', async () => {
    const vpc = await createVpc('10.1.0.0/16', { Name: 'blue' });
    assert.equal(vpc.status, 201);
    assert.equal(vpc.body.spec.cidrBlock, '10.1.0.0/16');
    assert.deepEqual(vpc.body.tags, { Name: 'blue' });
    const group = await api.call('POST', '/v1/security-groups', {
      spec: { vpcId: vpc.body.id, name: 'web' },
    });
    const url = `/v1/security-groups/${group.body.id}`;
    const changed = await api.call('PATCH', url, { spec: { description: 'front' }, tags: { tier: '1' } });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body.tags, { tier: '1' });
    assert.deepEqual((await api.call('GET', url)).body, changed.body);
    const removed = await api.call('DELETE', url);
    assert.equal(removed.status, 200);
    assert.deepEqual(removed.body, { revision: api.controller.revision });
    assert.equal((await api.call('GET', url)).status, 404);
  });

  it('says of a subnet how many addresses are free, alone and in lists', async () => {
    const vpc = await createVpc('10.3.0.0/16');
    const made = await api.call('POST', '/v1/subnets', {
      spec: { vpcId: vpc.body.id, cidrBlock: '10.3.1.0/24' },
    });
    assert.equal(made.body.freeAddresses, 251);
    assert.equal((await api.call('GET', `/v1/subnets/${made.body.id}`)).body.freeAddresses, 251);
    const list = await api.call('GET', `/v1/subnets?spec.vpcId=${vpc.body.id}&fields=id,freeAddresses`);
    assert.deepEqual(list.body.items, [{ id: made.body.id, freeAddresses: 251 }]);
    assert.equal('freeAddresses' in vpc.body, false);
  });

  it('removes a field by null where the schema allows it, and only there', async () => {
    await api.call('POST', '/v1/external-networks', {
      spec: { name: 'external', cidrBlock: '203.0.113.0/24', addressRanges: [] },
    });
    const vpc = await createVpc();
    const gateway = await api.call('POST', '/v1/internet-gateways', { spec: { vpcId: vpc.body.id } });
    const url = `/v1/internet-gateways/${gateway.body.id}`;
    const detached = await api.call('PATCH', url, { spec: { vpcId: null } });
    assert.equal(detached.status, 200);
    assert.equal('vpcId' in detached.body.spec, false);
    const table = await api.call('POST', '/v1/route-tables', { spec: { vpcId: vpc.body.id } });
    const refused = await api.call('PATCH', `/v1/route-tables/${table.body.id}`, { spec: { routes: null } });
    assert.equal(refused.body.code, 'invalid-value');
    assert.equal(refused.body.field, 'spec.routes');
  });

  it('gives the revision as ETag and refuses a write on another version', async () => {
    const group = await api.call('POST', '/v1/security-groups', {
      spec: { vpcId: (await createVpc()).body.id, name: 'web' },
    });
    const url = `/v1/security-groups/${group.body.id}`;
    const tag = group.headers.get('etag') ?? '';
    assert.equal(tag, `"${group.body.revision}"`);
    assert.equal((await api.call('GET', url)).headers.get('etag'), tag);
    const change = { spec: { description: 'x' } };
    const stale = { 'if-match': `"${group.body.revision - 1}"` };
    assert.equal((await api.call('PATCH', url, change, stale)).body.code, 'precondition-failed');
    assert.equal((await api.call('DELETE', url, undefined, stale)).status, 412);
    assert.equal((await api.call('PATCH', url, change, { 'if-match': tag })).status, 200);
    assert.equal((await api.call('DELETE', url, undefined, { 'if-match': '*' })).status, 200);
    const malformed = await api.call('DELETE', url, undefined, { 'if-match': 'W/"3"' });
    assert.equal(malformed.body.field, 'If-Match');
    assert.equal(malformed.status, 400);
  });

  it('waits for the hosts when asked, and only then', async () => {
    assert.equal('receipt' in (await createVpc()).body, false);
    assert.equal(api.controller.appliedCalls.length, 0);
    const body = { spec: { cidrBlock: '10.2.0.0/16' } };
    const applied = await api.call('POST', '/v1/vpcs?wait=applied', body);
    assert.equal(applied.status, 201);
    assert.deepEqual(applied.body.receipt, { revision: applied.body.revision, applied: true, hosts: [] });
    api.controller.receipt = { applied: false, hosts: [{ host: 'h1', state: 'pending' }] };
    const pending = await api.call('POST', '/v1/vpcs?wait=applied&timeout=0.5', body);
    assert.equal(pending.status, 202);
    assert.equal(pending.body.receipt.hosts[0].state, 'pending');
    const removed = await api.call('DELETE', `/v1/vpcs/${pending.body.id}?wait=applied&timeout=60`);
    assert.equal(removed.status, 202);
    assert.equal(removed.body.receipt.revision, removed.body.revision);
    assert.deepEqual(
      api.controller.appliedCalls.map((call) => call.timeoutMs),
      [10_000, 500, 60_000],
    );
  });

  it('refuses wrong waits before it writes', async () => {
    const revision = api.controller.revision;
    for (const [query, code, field] of [
      ['wait=written', 'invalid-value', 'wait'],
      ['wait=applied&timeout=61', 'invalid-value', 'timeout'],
      ['wait=applied&timeout=soon', 'invalid-value', 'timeout'],
      ['timeout=3', 'missing-field', 'wait'],
      ['wiat=applied', 'unknown-field', 'wiat'],
    ]) {
      const answer = await api.call('POST', `/v1/vpcs?${query}`, { spec: { cidrBlock: '10.2.0.0/16' } });
      assert.equal(answer.status, 400, query);
      assert.equal(answer.body.code, code, query);
      assert.equal(answer.body.field, field, query);
    }
    assert.equal(api.controller.revision, revision);
  });

  it('shows only what belongs to the account, and what belongs to the operator', async () => {
    const foreign = { account: '999999999999', region: 'us-east-1' };
    const vpc = await api.controller.create('vpc', { spec: { cidrBlock: '10.9.0.0/16' } }, foreign);
    assert.equal((await api.call('GET', `/v1/vpcs/${vpc.resource.id}`)).status, 404);
    const listed = await api.call('GET', '/v1/vpcs');
    assert.equal(
      listed.body.items.some((item: { id: string }) => item.id === vpc.resource.id),
      false,
    );
    const network = { name: 'shared', cidrBlock: '198.51.100.0/24', addressRanges: [] };
    const shared = await api.controller.create('external-network', { spec: network }, foreign);
    assert.equal((await api.call('GET', `/v1/external-networks/${shared.resource.id}`)).status, 200);
  });

  it('has POST and PATCH only where the kind can be created and changed', async () => {
    const patch = await api.call('PATCH', '/v1/bindings/h1%2Feni-00000000000000001', { tags: {} });
    assert.equal(patch.status, 405);
    assert.equal(patch.body.code, 'method-not-allowed');
    assert.equal(patch.headers.get('allow'), 'GET, HEAD, DELETE');
    const vpc = await createVpc();
    assert.equal((await api.call('PATCH', `/v1/vpcs/${vpc.body.id}`, { tags: { Name: 'x' } })).status, 200);
    assert.equal((await api.call('POST', '/v1/hosts', { spec: {} })).status, 405);
    assert.equal((await api.call('PUT', '/v1/vpcs', {})).status, 405);
    assert.equal((await api.call('GET', '/v1/identities')).status, 404);
  });

  it('carries a request out once under an idempotency key', async () => {
    const create = (cidrBlock: string, key: string) =>
      api.call('POST', '/v1/vpcs', { spec: { cidrBlock } }, { 'idempotency-key': key });
    const first = await create('10.0.0.0/16', 'a-1');
    const second = await create('10.0.0.0/16', 'a-1');
    assert.deepEqual([second.status, second.body], [201, first.body]);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.notEqual((await create('10.0.0.0/16', 'a-2')).body.id, first.body.id);
    const other = await create('10.1.0.0/16', 'a-1');
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency-mismatch']);
    const wrong = await create('10.0.0.0/16', 'with space');
    assert.deepEqual([wrong.status, wrong.body.field], [400, 'Idempotency-Key']);
  });

  it('changes and deletes once under an idempotency key, whatever has happened since', async () => {
    const { body: vpc } = await createVpc('10.0.0.0/16', {});
    const url = `/v1/vpcs/${vpc.id}`;
    const change = (tags: object, headers: Record<string, string>) =>
      api.call('PATCH', url, { tags }, headers);
    const key = { 'idempotency-key': 'change-1', 'if-match': `"${vpc.revision}"` };
    const first = await change({ a: '1' }, key);
    const { revision } = api.controller;
    const again = await change({ a: '1' }, key);
    assert.deepEqual([first.status, again.status, again.body], [200, 200, first.body]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(api.controller.revision, revision);
    assert.equal((await change({ a: '2' }, key)).body.code, 'idempotency-mismatch');
    const unconditional = { 'idempotency-key': 'change-1' };
    assert.equal((await change({ a: '1' }, unconditional)).body.code, 'idempotency-mismatch');

    const remove = () => api.call('DELETE', url, undefined, { 'idempotency-key': 'delete-1' });
    const [gone, goneAgain] = [await remove(), await remove()];
    assert.deepEqual([gone.status, goneAgain.status, goneAgain.body], [200, 200, gone.body]);
    assert.equal((await api.call('DELETE', url)).status, 404, 'without a key it is another request');
    const late = await change({ a: '1' }, key);
    assert.deepEqual(
      [late.status, late.body.code, late.headers.get('idempotency-replayed')],
      [409, 'wrong-state', 'true'],
    );
  });

  it('says so when what a repeated request has made is gone', async () => {
    const create = () =>
      api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } }, { 'idempotency-key': 'gone-1' });
    const { body } = await create();
    await api.call('DELETE', `/v1/vpcs/${body.id}`);
    const again = await create();
    assert.deepEqual(
      [again.status, again.body.code, again.body.field],
      [409, 'wrong-state', 'Idempotency-Key'],
    );
    assert.match(again.body.detail, new RegExp(`${body.id} was deleted since`));
  });

  it('refuses the key, and what it does not know in the query, wherever a write would not mind them', async () => {
    const headers = { 'idempotency-key': 'k' };
    for (const [method, url, body] of [
      ['POST', '/v1/accounts/123456789012/keys', { role: 'member' }],
      ['PUT', '/v1/hosts/h1', { spec: hostSpec }],
      ['POST', '/v1/hosts/h1/heartbeat', undefined],
      ['PUT', '/v1/hosts/h1/bindings', { ports: [] }],
      ['POST', '/v1/batch/preview', { operations: [{ operation: 'delete', kind: 'vpc', id: 'x' }] }],
    ] as const) {
      const { revision } = api.controller;
      const refused = await api.call(method, url, body, headers);
      assert.deepEqual([refused.status, refused.body.field], [400, 'Idempotency-Key'], url);
      const unknown = await api.call(method, `${url}?bogus=1`, body);
      assert.deepEqual(
        [unknown.status, unknown.body.code, unknown.body.field],
        [400, 'unknown-field', 'bogus'],
        url,
      );
      assert.equal(api.controller.revision, revision);
    }
    assert.equal((await api.call('GET', '/v1/vpcs', undefined, headers)).status, 200);
  });

  it('answers only the fields that were asked for', async () => {
    const { body: vpc } = await createVpc('10.2.0.0/16', { Name: 'sparse', 'a.b': 'c' });
    const one = await api.call('GET', `/v1/vpcs/${vpc.id}?fields=id,spec.cidrBlock,tags.a.b`);
    assert.deepEqual(one.body, { id: vpc.id, spec: { cidrBlock: '10.2.0.0/16' }, tags: { 'a.b': 'c' } });
    const page = await api.call('GET', '/v1/vpcs?fields=id&tag.Name=sparse');
    assert.deepEqual(page.body.items, [{ id: vpc.id }]);
    const wrong = await api.call('GET', `/v1/vpcs/${vpc.id}?fields=spec.cidr`);
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.value], [400, 'unknown-field', 'spec.cidr']);
    assert.match(wrong.body.fix, /spec\.cidrBlock/);
  });
});
