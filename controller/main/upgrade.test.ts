import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { fragment } from '../testing/golden.ts';
import { cloud } from '../testing/scene.ts';
import { testOwner, World } from '../testing/world.ts';
import { upgradeResources } from './upgrade.ts';

const logger = pino({ enabled: false });

describe('a VPC of an older store', () => {
  it('gets its default network ACL at the start, and its subnets work again', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const { defaultNetworkAclId, ...rest } = vpc.spec;
    await world.run((draft) => {
      draft.update(world.get('vpc', vpc.id), { spec: rest as typeof vpc.spec });
      draft.remove(world.get('network-acl', defaultNetworkAclId));
    });
    assert.equal(fragment(world, 'subnet.admit', subnet.id), undefined);
    await upgradeResources(world.topology, world.executor, logger);
    const upgraded = world.get('vpc', vpc.id);
    const acl = world.get('network-acl', upgraded.spec.defaultNetworkAclId);
    assert.equal(acl.account, testOwner.account);
    assert.deepEqual(
      acl.spec.entries.map(({ direction, action }) => `${direction} ${action}`),
      ['egress allow', 'ingress allow'],
    );
    assert.ok(fragment(world, 'subnet.admit', subnet.id));
    assert.ok(world.compiler.scope(`vpc:${vpc.id}`)?.fragments.has(`10:${subnet.id}`), 'compiled, too');
    const { revision } = world.store;
    await upgradeResources(world.topology, world.executor, logger);
    assert.equal(world.store.revision, revision, 'only once');
  });
});
