import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { externalNetworkSpec, network } from '../../testing/scene.ts';
import { testOwner, World } from '../../testing/world.ts';

describe('accounts', () => {
  it('cannot use what belongs to others, and are not told that it exists', async () => {
    await using world = await World.create();
    await world.create('external-network', externalNetworkSpec);
    const { vpc, subnet } = await network(world);
    const others = [
      { ...testOwner, account: '210987654321' },
      { ...testOwner, region: 'eu-west-1' },
    ];
    for (const other of others) {
      const refusal = (field: string, value: string) =>
        ({ code: 'unknown-reference', field, value, fix: /^List them with GET \/v1\// }) as const;
      const attempts = [
        ['subnet', { vpcId: vpc.id, cidrBlock: '10.0.9.0/24' }, 'spec.vpcId'],
        ['route-table', { vpcId: vpc.id }, 'spec.vpcId'],
        ['security-group', { vpcId: vpc.id, name: 'web' }, 'spec.vpcId'],
        ['internet-gateway', { vpcId: vpc.id }, 'spec.vpcId'],
      ] as const;
      for (const [kind, spec, field] of attempts) {
        await assertRefused(world, () => world.create(kind, spec, other), refusal(field, vpc.id));
      }
      await assertRefused(
        world,
        () => world.create('network-interface', { subnetId: subnet.id }, other),
        refusal('spec.subnetId', subnet.id),
      );
    }
    const theirs = await world.create('vpc', { cidrBlock: '10.0.0.0/16' }, others[0]);
    await assertRefused(world, () => world.create('subnet', { vpcId: theirs.id, cidrBlock: '10.0.9.0/24' }), {
      code: 'unknown-reference',
      field: 'spec.vpcId',
      value: theirs.id,
    });
    assert.ok(
      await world.create('internet-gateway', {}, others[0]),
      "the operator's network is for everybody",
    );
  });
});
