import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../rest/testing/harness.ts';
import { operations } from './generated/operations.ts';
import { ApiError, WeftClient } from './index.ts';

describe('the operations that are generated from the OpenAPI document', () => {
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

  it('are all that answer with JSON, and no others', async () => {
    const document = (await api.call('GET', '/v1/openapi.json')).body;
    const others: string[] = [];
    for (const [path, methods] of Object.entries<Record<string, { operationId: string }>>(document.paths)) {
      for (const [method, { operationId }] of Object.entries(methods)) {
        const known = (operations as Record<string, { method: string; path: string }>)[operationId];
        if (!known) others.push(operationId);
        else assert.deepEqual(known, { method: method.toUpperCase(), path }, operationId);
      }
    }
    assert.deepEqual(others.sort(), ['metrics', 'reference', 'watch']);
  });

  it('are called by their names, with the types of the schemas', async () => {
    const vpc = await client.operation('createVpc', {
      body: { spec: { cidrBlock: '10.0.0.0/16' }, tags: { Name: 'typed' } },
      query: { wait: 'applied', timeout: 1 },
      headers: { 'idempotency-key': 'typed-1' },
    });
    assert.deepEqual([vpc.kind, vpc.spec.cidrBlock, vpc.receipt?.applied], ['vpc', '10.0.0.0/16', true]);
    const parameters = { id: vpc.id };
    const read = await client.operation('getVpc', { parameters });
    assert.equal(read.tags.Name, 'typed');
    const page = await client.operation('listVpcs', { query: { 'tag.Name': 'typed', limit: 5 } });
    assert.deepEqual(
      page.items.map(({ id }) => id),
      [vpc.id],
    );
    const stale = { 'if-match': `"${vpc.revision + 7}"` };
    await assert.rejects(
      client.operation('updateVpc', { parameters, headers: stale, body: { tags: {} } }),
      (error) => error instanceof ApiError && error.code === 'precondition-failed',
    );
    const { revision } = await client.operation('deleteVpc', { parameters });
    assert.equal(revision, api.controller.revision);
    assert.equal((await client.operation('health', {})).status, 'ok');
  });

  it('are refused by the compiler where they are asked wrongly', () => {
    const wrong = async () => {
      // @ts-expect-error there is no such operation
      await client.operation('createCloud', {});
      // @ts-expect-error the id is needed
      await client.operation('getVpc', {});
      // @ts-expect-error a VPC needs a block
      await client.operation('createVpc', { body: { spec: {} } });
    };
    assert.equal(typeof wrong, 'function');
  });

  it('escape what stands in an address', async () => {
    await assert.rejects(
      client.operation('getBinding', { parameters: { id: 'h1/eni-0123456789abcdef0' } }),
      (error) => error instanceof ApiError && error.code === 'not-found',
    );
  });
});
