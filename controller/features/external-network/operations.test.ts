import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud, externalNetworkSpec } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { inRanges } from './operations.ts';

describe('an external network', () => {
  it('belongs to the operator, and has a number', async () => {
    await using world = await World.create();
    const network = await world.create('external-network', externalNetworkSpec);
    assert.deepEqual(network.spec, externalNetworkSpec);
    assert.deepEqual([network.account, network.region, network.number], ['', '', 1]);
  });

  it('has a name of its own', async () => {
    await using world = await World.create();
    await world.create('external-network', externalNetworkSpec);
    await assertRefused(world, () => world.create('external-network', externalNetworkSpec), {
      code: 'already-exists',
      field: 'spec.name',
      value: 'external',
    });
  });

  it('has its gateway and its ranges inside', async () => {
    await using world = await World.create();
    const network = await world.create('external-network', externalNetworkSpec);
    const outside = '198.51.100.7';
    const range = (first: string, last: string) => ({ addressRanges: [{ first, last }] });
    const attempts = [
      [{ gateway: outside }, 'address-outside', 'spec.gateway', outside],
      [{ gateway: '203.0.113' }, 'invalid-value', 'spec.gateway', '203.0.113'],
      [range(outside, '203.0.113.9'), 'address-outside', 'spec.addressRanges[0].first', outside],
      [range('203.0.113.9', outside), 'address-outside', 'spec.addressRanges[0].last', outside],
      [
        range('203.0.113.9', '203.0.113.8'),
        'invalid-value',
        'spec.addressRanges[0]',
        '203.0.113.9-203.0.113.8',
      ],
      [{ cidrBlock: '203.0.113.1/24' }, 'invalid-value', 'spec.cidrBlock', '203.0.113.1/24'],
    ] as const;
    for (const [change, code, field, value] of attempts) {
      const spec = { ...externalNetworkSpec, name: 'other', ...change };
      await assertRefused(world, () => world.create('external-network', spec), { code, field, value });
      await assertRefused(world, () => world.update('external-network', network.id, change), {
        code,
        field,
        value,
      });
    }
    const one = { ...externalNetworkSpec, name: 'one', ...range('203.0.113.9', '203.0.113.9') };
    await world.create('external-network', one);
  });

  it('gets other ranges as long as they keep every elastic IP', async () => {
    await using world = await World.create();
    const network = await world.create('external-network', externalNetworkSpec);
    await world.create('elastic-ip', { address: '203.0.113.12' });
    const change = (first: string, last: string) =>
      world.update('external-network', network.id, { addressRanges: [{ first, last }] });
    await assertRefused(world, () => change('203.0.113.10', '203.0.113.11'), {
      code: 'in-use',
      field: 'spec.addressRanges',
      value: [{ first: '203.0.113.10', last: '203.0.113.11' }],
    });
    const changed = await change('203.0.113.12', '203.0.113.99');
    assert.deepEqual(changed.spec, {
      ...externalNetworkSpec,
      addressRanges: [{ first: '203.0.113.12', last: '203.0.113.99' }],
    });
    assert.deepEqual((await world.update('external-network', network.id, {})).spec, changed.spec);
  });

  it('stays while gateways and elastic IPs need it', async () => {
    await using world = await World.create();
    const { outside, gateway } = await cloud(world);
    const elasticIp = await world.create('elastic-ip', {});
    const remove = () => world.remove('external-network', outside.id);
    const refusal = { code: 'in-use', field: 'id', value: outside.id } as const;
    await assertRefused(world, remove, { ...refusal, fix: new RegExp(gateway.id) });
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    await world.remove('internet-gateway', gateway.id);
    await assertRefused(world, remove, { ...refusal, fix: new RegExp(elasticIp.id) });
    await world.remove('elastic-ip', elasticIp.id);
    await remove();
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-external-network']);
  });
});

describe('ranges of addresses', () => {
  it('have their first and their last address, and nothing beside', () => {
    const ranges = [
      { first: '203.0.113.10', last: '203.0.113.12' },
      { first: '203.0.113.20', last: '203.0.113.20' },
    ];
    const base = 0xcb007100;
    const inside = Array.from({ length: 24 }, (_, index) => index).filter((index) =>
      inRanges(ranges, base + index),
    );
    assert.deepEqual(inside, [10, 11, 12, 20]);
    assert.equal(inRanges([], base), false);
  });

  it('fixes the MAC of its gateway only if there is one, and only to one machine', async () => {
    await using world = await World.create();
    const { gateway: _none, ...without } = externalNetworkSpec;
    const create = (spec: object) => world.create('external-network', { ...spec });
    await assertRefused(world, () => create({ ...without, gatewayMac: '02:00:00:00:00:01' }), {
      code: 'missing-field',
      field: 'spec.gateway',
    });
    const group = '01:00:5e:00:00:01';
    await assertRefused(world, () => create({ ...externalNetworkSpec, gatewayMac: group }), {
      code: 'invalid-value',
      field: 'spec.gatewayMac',
      value: group,
    });
    const { spec } = await create({ ...externalNetworkSpec, gatewayMac: '02:00:00:00:00:01' });
    assert.equal((spec as { gatewayMac?: string }).gatewayMac, '02:00:00:00:00:01');
  });
});
