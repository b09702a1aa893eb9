import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { kinds } from '@weft/controller/resources';
import { Ajv } from 'ajv';
import { apiKinds, collections, schemaName } from '../contract/index.ts';
import { type Harness, hostSpec as spec, startHarness } from './testing/harness.ts';

type Json = Record<string, unknown>;

describe('the OpenAPI document', () => {
  let api: Harness;
  // biome-ignore lint/suspicious/noExplicitAny: a document of arbitrary depth
  let document: any;
  before(async () => {
    api = await startHarness();
    document = (await api.call('GET', '/v1/openapi.json')).body;
  });
  after(() => api.close());

  it('is version 3.1 with a title', () => {
    assert.equal(document.openapi, '3.1.0');
    assert.equal(document.info.title, 'weft');
  });

  it('has no reference that leads nowhere', () => {
    const references = [...objectsOf(document)].flatMap((part) =>
      typeof part.$ref === 'string' ? part.$ref : [],
    );
    assert.ok(references.length > 100);
    for (const reference of references) {
      assert.match(reference, /^#\/components\/schemas\/\w+$/);
      assert.ok(document.components.schemas[reference.split('/').at(-1) ?? ''], reference);
    }
  });

  it('has the operations of every kind, and only those that exist', () => {
    for (const kind of apiKinds) {
      const collection = document.paths[`/v1/${collections[kind]}`];
      const one = document.paths[`/v1/${collections[kind]}/{id}`];
      assert.ok(collection.get && one.get, kind);
      assert.equal('delete' in one, kinds[kind].removable !== false, kind);
      assert.equal('post' in collection, kinds[kind].create !== undefined, kind);
      assert.equal('patch' in one, kinds[kind].update !== undefined, kind);
    }
    assert.ok(document.paths['/v1/hosts/{id}'].put);
    assert.ok(document.paths['/v1/watch'].get);
    assert.deepEqual(Object.keys(document.paths['/v1/health']), ['get']);
  });

  it('names every operation once, and describes its parameters and errors', () => {
    const operations = Object.values<Json>(document.paths).flatMap((path) => Object.entries(path));
    const gets = operations.filter(([method]) => method !== 'head').map(([, operation]) => operation as Json);
    assert.equal(new Set(gets.map((operation) => operation.operationId)).size, gets.length);
    for (const operation of gets) {
      assert.equal(typeof operation.summary, 'string');
      for (const parameter of (operation.parameters ?? []) as Json[]) {
        assert.ok(parameter.name && parameter.in && parameter.schema);
      }
    }
    const create = document.paths['/v1/vpcs'].post;
    const body = create.requestBody.content['application/json'].schema;
    assert.equal(body.$ref, '#/components/schemas/VpcCreateRequest');
    assert.ok(create.responses['4XX'].content['application/problem+json']);
  });

  it('has valid schemas, which the answers keep', async () => {
    const ajv = new Ajv({ strict: false, formats: { 'date-time': true } });
    ajv.addSchema({ $id: 'document', components: document.components });
    const check = (name: string, answer: unknown) => {
      const validate = ajv.getSchema(`document#/components/schemas/${name}`);
      assert.ok(validate, name);
      assert.ok(validate(answer), `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(answer)}`);
    };
    const problem = await api.call('POST', '/v1/vpcs', { spec: {} });
    check('Problem', problem.body);
    const vpc = await api.call('POST', '/v1/vpcs?wait=applied', { spec: { cidrBlock: '10.0.0.0/16' } });
    check('Vpc', vpc.body);
    check('VpcPage', (await api.call('GET', '/v1/vpcs?limit=1')).body);
    check('Health', (await api.call('GET', '/v1/health')).body);
    check('Ready', (await api.call('GET', '/v1/ready')).body);
    check('RegisteredHost', (await api.call('PUT', '/v1/hosts/h1?wait=applied', { spec })).body);
    check('Host', (await api.call('GET', '/v1/hosts/h1')).body);
    check('PortsAnswer', (await api.call('PUT', '/v1/hosts/h1/bindings', { ports: [] })).body);
    check('Receipt', (await api.call('GET', '/v1/receipts/1')).body);
    check('Removed', (await api.call('DELETE', `/v1/vpcs/${vpc.body.id}?wait=applied`)).body);
    for (const kind of apiKinds) assert.ok(ajv.getSchema(`document#/components/schemas/${schemaName(kind)}`));
  });
});

function* objectsOf(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Json;
  for (const member of Object.values(value)) yield* objectsOf(member);
}
