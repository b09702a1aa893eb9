import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WeftError } from '@weft/controller/resources';
import { type Harness, startHarness } from './testing/harness.ts';

describe('counters of a NAT gateway', () => {
  let api: Harness;
  let path: string;
  before(async () => {
    api = await startHarness();
    const vpc = await api.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.0.0.0/16' } });
    const subnet = await api.call('POST', '/v1/subnets', {
      spec: { vpcId: vpc.body.id, cidrBlock: '10.0.1.0/24' },
    });
    const spec = { subnetId: subnet.body.id, connectivity: 'private' };
    const { body } = await api.call('POST', '/v1/nat-gateways', { spec });
    path = `/v1/nat-gateways/${body.id}/counters`;
  });
  after(() => api.close());

  it('are those of its host', async () => {
    const { status, body } = await api.call('GET', path);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      hostId: 'h1',
      out: { packets: 3, bytes: 300 },
      back: { packets: 2, bytes: 200 },
      connections: 1,
      portAllocationErrors: 0,
    });
  });

  it('are refused for no gateway, and while no host answers', async () => {
    const none = await api.call('GET', '/v1/nat-gateways/nat-0123456789abcdef0/counters');
    assert.deepEqual([none.status, none.body.code], [404, 'not-found']);
    for (const [code, status] of [
      ['wrong-state', 409],
      ['unavailable', 503],
    ] as const) {
      api.controller.nextFailure = new WeftError(code, 'no host', { fix: 'Wait.' });
      const answer = await api.call('GET', path);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
    }
  });
});
