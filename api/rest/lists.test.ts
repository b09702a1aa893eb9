import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, hostSpec, startHarness } from './testing/harness.ts';

describe('lists', () => {
  let api: Harness;
  const ids: string[] = [];
  before(async () => {
    api = await startHarness();
    for (let index = 0; index < 5; index++) {
      const tags = { Name: `v${index}`, 'team.cost': index % 2 === 0 ? 'even' : 'odd' };
      const made = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: `10.${index}.0.0/16` }, tags });
      ids.push(made.body.id);
    }
  });
  after(() => api.close());
  const listed = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map((item) => item.id);

  it('lists everything, oldest first, with the revision to watch from', async () => {
    const answer = await api.call('GET', '/v1/vpcs');
    assert.deepEqual(listed(answer), ids);
    assert.equal(answer.body.revision, api.controller.revision);
    assert.equal('nextCursor' in answer.body, false);
    assert.deepEqual((await api.call('GET', '/v1/subnets')).body.items, []);
  });

  it('goes through pages without a gap while resources come and go', async () => {
    const first = await api.call('GET', '/v1/vpcs?limit=2');
    assert.deepEqual(listed(first), ids.slice(0, 2));
    await api.call('DELETE', `/v1/vpcs/${ids[1]}`);
    const second = await api.call('GET', `/v1/vpcs?limit=2&cursor=${first.body.nextCursor}`);
    assert.deepEqual(listed(second), ids.slice(2, 4));
    const third = await api.call('GET', `/v1/vpcs?limit=2&cursor=${second.body.nextCursor}`);
    assert.deepEqual(listed(third), ids.slice(4));
    assert.equal('nextCursor' in third.body, false);
    ids.splice(1, 1);
  });

  it('filters by fields, by members of lists and by tags', async () => {
    assert.deepEqual(listed(await api.call('GET', '/v1/vpcs?spec.cidrBlock=10.3.0.0/16')), [ids[2]]);
    assert.deepEqual(listed(await api.call('GET', '/v1/vpcs?tag.Name=v4')), [ids[3]]);
    assert.deepEqual(listed(await api.call('GET', '/v1/vpcs?tag.team.cost=odd&tag.Name=v3')), [ids[2]]);
    assert.deepEqual(listed(await api.call('GET', '/v1/vpcs?tag.Name=none')), []);
    const routes = [{ destination: '0.0.0.0/0', target: 'blackhole' }];
    const table = await api.call('POST', '/v1/route-tables', { spec: { vpcId: ids[0], routes } });
    const hit = await api.call('GET', '/v1/route-tables?spec.routes.target=blackhole');
    assert.deepEqual(listed(hit), [table.body.id]);
    const miss = await api.call('GET', '/v1/route-tables?spec.routes.target=igw-1');
    assert.deepEqual(listed(miss), []);
  });

  it('filters by id and account, and by what it means that a field is absent', async () => {
    const vpcs = async (query: string) => listed(await api.call('GET', `/v1/vpcs?${query}`));
    assert.deepEqual(await vpcs(`id=${ids[2]}`), [ids[2]]);
    assert.deepEqual(await vpcs('id=vpc-00000000000000000'), []);
    assert.deepEqual(await vpcs('account=123456789012'), ids);
    assert.deepEqual(await vpcs('account=210987654321'), []);
    const spec = { enableDnsHostnames: true, enableDnsSupport: false };
    await api.call('PATCH', `/v1/vpcs/${ids[1]}`, { spec });
    const others = ids.filter((id) => id !== ids[1]);
    assert.deepEqual(await vpcs('spec.isDefault=false'), ids);
    assert.deepEqual(await vpcs('spec.isDefault=true'), []);
    assert.deepEqual(await vpcs('spec.enableDnsHostnames=false'), others);
    assert.deepEqual(await vpcs('spec.enableDnsHostnames=true'), [ids[1]]);
    assert.deepEqual(await vpcs('spec.enableDnsSupport=true'), others);
    assert.deepEqual(await vpcs('spec.enableDnsSupport=false'), [ids[1]]);
  });

  it('filters by keys of maps: which hosts reach a network', async () => {
    for (const [name, externalPorts] of [
      ['near', { dmz: 3, office: 4 }],
      ['far', {}],
    ] as const) {
      await api.call('PUT', `/v1/hosts/${name}`, { spec: { ...hostSpec, externalPorts } });
    }
    assert.deepEqual(listed(await api.call('GET', '/v1/hosts?spec.externalPorts=dmz')), ['near']);
    assert.deepEqual(listed(await api.call('GET', '/v1/hosts?spec.externalPorts.dmz=3')), ['near']);
    assert.deepEqual(listed(await api.call('GET', '/v1/hosts?spec.externalPorts=lab')), []);
  });

  it('refuses what it cannot filter or page by', async () => {
    for (const [query, code, field, fix] of [
      ['limit=0', 'invalid-value', 'limit', /from 1 to 1000/],
      ['limit=1001', 'invalid-value', 'limit', /from 1 to 1000/],
      ['limit=many', 'invalid-value', 'limit', /from 1 to 1000/],
      ['cursor=bogus', 'invalid-value', 'cursor', /nextCursor/],
      ['cursor=WzEsMl0', 'invalid-value', 'cursor', /nextCursor/],
      ['vpcId=x', 'unknown-field', 'vpcId', /and as filters spec\.FIELD, status\.FIELD and tag\.NAME\.$/],
      ['spec.cidrblok=x', 'unknown-field', 'spec.cidrblok', /Did you mean spec.cidrBlock/],
      ['status.state=x', 'unknown-field', 'status.state', /no status/],
      ['cidrBlock=x', 'unknown-field', 'cidrBlock', /limit, cursor/],
      ['tag.Name=a&tag.Name=b', 'invalid-value', 'tag.Name', /once/],
    ] as const) {
      const answer = await api.call('GET', `/v1/vpcs?${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal(answer.body.code, code, query);
      assert.equal(answer.body.field, field, query);
      assert.match(answer.body.fix, fix, query);
    }
  });
});
