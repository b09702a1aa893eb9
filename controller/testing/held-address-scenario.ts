import { takeAddress } from '../features/held-address/operations.ts';
import type { IncrementalCheck } from './incremental.ts';
import type { World } from './world.ts';

/** Reactions to what random edits seldom come to; the scenario comes to each of them. */
export const heldAddressReactions = [
  'held-address held-address created',
  'held-address held-address updated',
  'held-address held-address removed',
  'network-interface held-address created',
  'network-interface held-address updated',
  'held-address network-interface updated',
  'held-address binding created',
  'held-address binding updated',
  'held-address binding removed',
  'held-address host updated',
  'held-address security-group-rule created',
  'held-address security-group-rule removed',
];

/** The life of a shared address with a MAC of its own. Checked after each step. */
export async function heldAddressScenario(world: World, check: IncrementalCheck): Promise<void> {
  const step = async <T>(note: string, what: Promise<T>): Promise<T> => {
    const result = await what;
    await check.assertSame(note);
    return result;
  };
  for (const index of [1, 2, 3]) await world.host(index);
  const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
  const subnet = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' });
  const macAddress = '00:00:5e:00:01:07';
  const allowedAddressPairs = [{ cidrBlock: '10.0.1.100', macAddress }];
  const create = () => world.create('network-interface', { subnetId: subnet.id, allowedAddressPairs });
  const [first, second] = [await create(), await create()];
  await world.bind('host-1', first.id, 10);
  await world.bind('host-2', second.id, 10);
  const take = (hostId: string, networkInterfaceId: string, announcedAt: string) =>
    world.run((draft) =>
      takeAddress(draft, { hostId, networkInterfaceId, address: '10.0.1.100', macAddress, announcedAt }),
    );
  await step('announced', take('host-1', first.id, '2026-01-01T00:00:01Z'));
  await step('by the other', take('host-2', second.id, '2026-01-01T00:00:02Z'));
  const groupId = vpc.spec.defaultSecurityGroupId;
  const rule = await step(
    'a rule',
    world.create('security-group-rule', {
      groupId,
      direction: 'egress',
      protocol: 'udp',
      referencedGroupId: groupId,
    }),
  );
  const group = await step('a group', world.create('security-group', { vpcId: vpc.id, name: 'x' }));
  const securityGroupIds = [group.id];
  await step('other groups', world.update('network-interface', second.id, { securityGroupIds }));
  await step('the rule goes', world.remove('security-group-rule', rule.id));
  await step('moves', world.bind('host-3', second.id, 30, true));
  await step('back', world.unbind('host-3', second.id));
  await step('is to move', world.bind('host-3', second.id, 31));
  await step('has moved', world.bind('host-3', second.id, 31, true));
  await step('back', world.unbind('host-3', second.id));
  await step(
    'another tunnel',
    world.run((draft) => {
      const host = world.get('host', 'host-2');
      draft.update(host, { spec: { ...host.spec, tunnelAddress: '198.18.0.99' } });
    }),
  );
  await step('unbound', world.unbind('host-2', second.id));
}
