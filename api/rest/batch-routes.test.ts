import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from './testing/harness.ts';

describe('batches', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());
  const post = (operations: unknown, headers = {}, path = '/v1/batch') =>
    api.call('POST', path, { operations }, headers);
  const network = [
    {
      operation: 'create',
      kind: 'vpc',
      as: 'cloud',
      spec: { cidrBlock: '10.0.0.0/16' },
      tags: { Name: 'a' },
    },
    { operation: 'create', kind: 'subnet', as: 'front', spec: { vpcId: '$cloud', cidrBlock: '10.0.1.0/24' } },
    {
      operation: 'update',
      kind: 'route-table',
      id: '$cloud.spec.mainRouteTableId',
      spec: { routes: [{ destination: '192.0.2.0/24', target: 'blackhole' }] },
    },
  ];

  it('are one commit, whose operations refer to each other', async () => {
    const { revision } = api.controller;
    const { status, body, headers } = await post(network);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.revision, revision + 1);
    assert.equal(headers.get('etag'), `"${body.revision}"`);
    const [vpc, subnet, table] = body.results;
    assert.deepEqual([vpc.kind, vpc.as, vpc.resource.tags], ['vpc', 'cloud', { Name: 'a' }]);
    assert.equal(subnet.resource.spec.vpcId, vpc.id);
    assert.equal(table.id, vpc.resource.spec.mainRouteTableId);
    assert.deepEqual((await api.call('GET', `/v1/route-tables/${table.id}`)).body, table.resource);
  });

  it('delete, and depend on revisions', async () => {
    const { body } = await post(network);
    const [vpc, subnet] = body.results;
    const refused = await post([
      { operation: 'delete', kind: 'subnet', id: subnet.id },
      { operation: 'update', kind: 'vpc', id: vpc.id, ifRevision: 1, tags: {} },
    ]);
    assert.equal(refused.status, 412);
    assert.equal(refused.body.field, 'operations[1].If-Match');
    assert.equal((await api.call('GET', `/v1/subnets/${subnet.id}`)).status, 200, 'nothing was deleted');
    const done = await post([
      { operation: 'delete', kind: 'subnet', id: subnet.id },
      { operation: 'update', kind: 'vpc', id: vpc.id, ifRevision: vpc.resource.revision, tags: { b: 'c' } },
    ]);
    assert.equal(done.status, 200);
    assert.deepEqual(done.body.results[0], { kind: 'subnet', id: subnet.id });
    assert.deepEqual(done.body.results[1].resource.tags, { b: 'c' });
    assert.equal((await api.call('GET', `/v1/subnets/${subnet.id}`)).status, 404);
  });

  it('take a text that starts with a dollar sign when it is doubled', async () => {
    const [create] = network;
    const { body } = await post([{ ...create, tags: { price: '$$5' } }]);
    assert.deepEqual(body.results[0].resource.tags, { price: '$5' });
  });

  it('say which operation and field is wrong', async () => {
    const { revision } = api.controller;
    const [vpc, subnet] = network;
    const cases: [unknown[], { code: string; field: string; value?: unknown }][] = [
      [
        [vpc, { ...subnet, spec: { vpcId: '$clod', cidrBlock: '10.0.1.0/24' } }],
        { code: 'unknown-reference', field: 'operations[1].spec.vpcId', value: '$clod' },
      ],
      [[subnet], { code: 'unknown-reference', field: 'operations[0].spec.vpcId', value: '$cloud' }],
      [[vpc, vpc], { code: 'already-exists', field: 'operations[1].as', value: 'cloud' }],
      [
        [{ ...vpc, spec: { cidrBlok: '10.0.0.0/16' } }],
        { code: 'unknown-field', field: 'operations[0].spec.cidrBlok', value: '10.0.0.0/16' },
      ],
      [[{ ...vpc, kind: 'vcp' }], { code: 'invalid-value', field: 'operations[0].kind', value: 'vcp' }],
      [
        [{ ...vpc, kind: 'identity' }],
        { code: 'invalid-value', field: 'operations[0].kind', value: 'identity' },
      ],
      [
        [{ operation: 'create', kind: 'host', spec: {} }],
        { code: 'method-not-allowed', field: 'operations[0].operation', value: 'create' },
      ],
      [
        [{ operation: 'update', kind: 'vpc', tags: {} }],
        { code: 'missing-field', field: 'operations[0].id' },
      ],
      [
        [{ ...vpc, id: 'vpc-00000000000000001' }],
        { code: 'unknown-field', field: 'operations[0].id', value: 'vpc-00000000000000001' },
      ],
      [
        [{ operation: 'delete', kind: 'vpc', id: 'vpc-00000000000000001' }],
        { code: 'not-found', field: 'operations[0].id', value: 'vpc-00000000000000001' },
      ],
      [[], { code: 'invalid-value', field: 'operations', value: [] }],
    ];
    for (const [operations, expected] of cases) {
      const { status, body } = await post(operations);
      const { code, field, value, fix } = body;
      assert.deepEqual(
        { code, field, ...(value === undefined ? {} : { value }) },
        expected,
        JSON.stringify(body),
      );
      assert.ok(status >= 400 && status < 500);
      assert.match(fix, /^[A-Z].*\.$/);
    }
    assert.equal(api.controller.revision, revision, 'a refused batch has written something');
  });

  it('refuse more than 500 operations', async () => {
    const [vpc] = network;
    const many = Array.from({ length: 501 }, () => ({ ...vpc, as: undefined }));
    assert.equal((await post(many)).body.code, 'invalid-value');
  });

  it('are carried out once under an idempotency key', async () => {
    const headers = { 'idempotency-key': 'batch-1' };
    const first = await post(network, headers);
    const second = await post(network, headers);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(first.headers.get('idempotency-replayed'), null);
  });

  it('can be previewed, with what they cost', async () => {
    const { revision } = api.controller;
    api.controller.previewedFlows = new Map([['host-1', { added: 12, removed: 0 }]]);
    const { status, body } = await post(network, {}, '/v1/batch/preview');
    assert.equal(status, 200);
    assert.equal(api.controller.revision, revision);
    assert.deepEqual(body.flows, [{ host: 'host-1', added: 12, removed: 0 }]);
    assert.equal(body.results[1].resource.spec.vpcId, body.results[0].id);
    assert.ok(body.changes.some((change: { kind: string }) => change.kind === 'security-group'));
    assert.equal((await api.call('GET', `/v1/vpcs/${body.results[0].id}`)).status, 404);
    assert.deepEqual(body.vpcs, []);
    const refused = await post([network[1]], {}, '/v1/batch/preview');
    assert.equal(refused.body.code, 'unknown-reference');
  });

  it('tell what they cost a VPC, which can also be asked for', async () => {
    const vpc = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
    const { status, body } = await api.call('GET', `/v1/vpcs/${vpc.body.id}/flows`);
    assert.deepEqual([status, body], [200, { vpcId: vpc.body.id, flows: 7, limit: 100 }]);
    const unknown = await api.call('GET', '/v1/vpcs/vpc-00000000000000000/flows');
    assert.equal(unknown.body.code, 'not-found');
  });
});
