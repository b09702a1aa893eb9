import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { newId } from '@weft/controller/resources';
import { type Harness, hostSpec as spec, startHarness } from './testing/harness.ts';

describe('routes of agents', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  it('registers a host and tells it where its switch connects to', async () => {
    const answer = await api.call('PUT', '/v1/hosts/h1', { spec });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.spec, spec);
    assert.deepEqual(answer.body.openflowTargets, ['tcp:192.0.2.1:6653']);
    assert.deepEqual(answer.body.liveness, {
      agent: 'up',
      openflow: 'down',
      appliedRevision: api.controller.revision,
    });
    const read = await api.call('GET', '/v1/hosts/h1');
    assert.equal(read.body.liveness.agent, 'up');
    assert.equal('openflowTargets' in read.body, false);
    assert.equal((await api.call('GET', '/v1/hosts')).body.items[0].liveness.openflow, 'down');
  });

  it('refuses a host that does not say what it is, or has an impossible name', async () => {
    const { zone: _, ...noZone } = spec;
    const missing = await api.call('PUT', '/v1/hosts/h1', { spec: noZone });
    assert.equal(missing.body.code, 'missing-field');
    assert.equal(missing.body.field, 'spec.zone');
    const named = await api.call('PUT', '/v1/hosts/-h1', { spec });
    assert.equal(named.body.code, 'invalid-value');
    assert.equal(named.body.value, '-h1');
    const long = await api.call('PUT', `/v1/hosts/${'h'.repeat(64)}`, { spec });
    assert.equal(long.status, 400);
  });

  it('renews a lease, and refuses the one of a host that is not registered', async () => {
    await api.call('PUT', '/v1/hosts/h1', { spec });
    assert.equal((await api.call('POST', '/v1/hosts/h1/heartbeat')).status, 204);
    assert.equal((await api.call('POST', '/v1/hosts/h1/heartbeat', '')).status, 204);
    assert.deepEqual(api.controller.heartbeats, ['h1', 'h1']);
    const unknown = await api.call('POST', '/v1/hosts/h9/heartbeat');
    assert.equal(unknown.body.code, 'not-found');
  });

  it('takes the complete list of ports, single ports, and their end', async () => {
    await api.call('PUT', '/v1/hosts/h1', { spec });
    const known = newId('eni');
    api.controller.put('network-interface', known, { spec: {}, status: {}, tags: {} });
    const unknown = newId('eni');
    const ports = [
      { networkInterfaceId: known, ofport: 5 },
      { networkInterfaceId: unknown, ofport: 6 },
    ];
    const all = await api.call('PUT', '/v1/hosts/h1/bindings', { ports });
    assert.deepEqual(all.body, { revision: api.controller.revision, unknown: [unknown] });
    const one = await api.call('PUT', `/v1/hosts/h1/bindings/${known}?wait=applied`, { ofport: 7 });
    assert.equal(one.body.id, `h1/${known}`);
    assert.equal(one.body.spec.ofport, 7);
    assert.equal(one.body.receipt.applied, true);
    const read = await api.call('GET', `/v1/bindings/${encodeURIComponent(`h1/${known}`)}`);
    assert.equal(read.body.spec.ofport, 7);
    assert.equal((await api.call('DELETE', `/v1/hosts/h1/bindings/${known}`)).status, 200);
    assert.equal(
      (await api.call('DELETE', `/v1/hosts/h1/bindings/${known}`)).status,
      200,
      'absent: no error',
    );
    assert.deepEqual((await api.call('GET', '/v1/bindings')).body.items, []);
  });

  it('refuses ports that cannot be', async () => {
    const id = newId('eni');
    const zero = await api.call('PUT', `/v1/hosts/h1/bindings/${id}`, { ofport: 0 });
    assert.equal(zero.body.field, 'ofport');
    const wrongId = await api.call('PUT', '/v1/hosts/h1/bindings/port7', { ofport: 1 });
    assert.equal(wrongId.body.field, 'networkInterfaceId');
    const list = await api.call('PUT', '/v1/hosts/h1/bindings', { ports: [{ networkInterfaceId: id }] });
    assert.equal(list.body.field, 'ports[0].ofport');
    assert.equal(list.body.code, 'missing-field');
  });

  it('takes announcements of shared addresses, and says who has the address', async () => {
    await api.call('PUT', '/v1/hosts/h1', { spec });
    const id = newId('eni');
    const [subnetId, vpcId] = [newId('subnet'), newId('vpc')];
    api.controller.put('network-interface', id, { spec: { subnetId, vpcId }, status: {}, tags: {} });
    const heard = {
      networkInterfaceId: id,
      address: '10.0.1.100',
      macAddress: '00:00:5e:00:01:07',
      ageMs: 250,
    };
    const answer = await api.call('POST', '/v1/hosts/h1/announcements', heard);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.id, `${subnetId}/10.0.1.100`);
    assert.equal(answer.body.spec.networkInterfaceId, id);
    const read = await api.call('GET', `/v1/held-addresses/${encodeURIComponent(answer.body.id)}`);
    assert.deepEqual(read.body.spec, answer.body.spec);
    for (const [field, value] of [
      ['networkInterfaceId', 'port7'],
      ['macAddress', '00-00-5E-00-01-07'],
      ['ageMs', -1],
      ['address', ''],
    ] as const) {
      const refused = await api.call('POST', '/v1/hosts/h1/announcements', { ...heard, [field]: value });
      assert.equal(refused.status, 400);
      assert.equal(refused.body.field, field);
    }
  });

  it('takes the status of an instance', async () => {
    const id = newId('i');
    api.controller.put('instance', id, { spec: { hostId: 'h1' }, status: { state: 'pending' }, tags: {} });
    const status = { state: 'running', driver: 'netns', namespace: 'weft-1' };
    const answer = await api.call('PUT', `/v1/instances/${id}/status`, { status });
    assert.deepEqual(answer.body.status, status);
    const wrong = await api.call('PUT', `/v1/instances/${id}/status`, { status: { state: 'tired' } });
    assert.equal(wrong.body.field, 'status.state');
    assert.match(wrong.body.fix, /pending, or running, or stopping, or stopped, or failed, or terminating/);
    const unknown = await api.call('PUT', `/v1/instances/${newId('i')}/status`, { status });
    assert.equal(unknown.status, 404);
  });

  it('waits for a commit at any later time', async () => {
    await api.call('PUT', '/v1/hosts/h1', { spec });
    const revision = api.controller.revision;
    const answer = await api.call('GET', `/v1/receipts/${revision}?timeout=2`);
    assert.deepEqual(answer.body, { revision, applied: true, hosts: [] });
    assert.deepEqual(api.controller.appliedCalls.at(-1), { revision, timeoutMs: 2000 });
    const future = await api.call('GET', `/v1/receipts/${revision + 1}`);
    assert.equal(future.body.code, 'not-found');
    assert.equal((await api.call('GET', '/v1/receipts/now')).body.field, 'revision');
  });
});

describe('the OpenFlow target of a controller that listens on every address', () => {
  for (const [configured, header, expected] of [
    ['tcp:0.0.0.0:6653', '198.51.100.7:8080', 'tcp:198.51.100.7:6653'],
    ['tcp:[::]:6653', '[2001:db8::7]:8080', 'tcp:[2001:db8::7]:6653'],
    ['tcp:0.0.0.0:6653', 'controller.example:8080', 'tcp:127.0.0.1:6653'],
    ['tcp:127.0.0.1:6653', '198.51.100.7:8080', 'tcp:127.0.0.1:6653'],
  ] as const) {
    it(`${configured}, asked as ${header}: ${expected}`, async () => {
      await using api = await startHarness({ openflowTarget: configured });
      // fetch does not let its caller choose the Host header
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const call = request(`${api.url}/v1/hosts/h1`, {
        method: 'PUT',
        headers: { host: header, 'content-type': 'application/json' },
      });
      call.on('error', reject).on('response', async (response) => {
        resolve((await response.toArray()).join(''));
      });
      call.end(JSON.stringify({ spec }));
      assert.deepEqual(JSON.parse(await promise).openflowTargets, [expected]);
    });
  }
});
