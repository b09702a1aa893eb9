import type { KindName } from '../resources/index.ts';
import type { World } from './world.ts';

/** An order in which nothing is in use any more when its turn comes. */
const order: readonly KindName[] = [
  'instance',
  'elastic-ip',
  'network-interface',
  'security-group-rule',
  'security-group',
  'subnet',
  'route-table',
  'network-acl',
  'vpc-peering-connection',
  'prefix-list',
  'internet-gateway',
  'egress-only-internet-gateway',
  'vpc',
  'dhcp-options',
  'external-network',
  'host',
];

/** Deletes everything, as callers do: one thing after the other, with what stands in the way undone first. */
export async function tearDown(world: World): Promise<void> {
  const { topology } = world;
  for (const { id } of [...topology.all('nat-gateway')]) await world.remove('nat-gateway', id);
  for (const { id } of [...topology.all('elastic-ip')]) {
    await world.update('elastic-ip', id, { networkInterfaceId: null });
  }
  for (const { id } of [...topology.all('route-table')])
    await world.update('route-table', id, { routes: [] });
  for (const { id } of [...topology.all('internet-gateway')]) {
    await world.update('internet-gateway', id, { vpcId: null });
  }
  const implied = new Set<string>(
    [...topology.all('vpc')].flatMap(({ spec }) => [
      spec.mainRouteTableId,
      spec.defaultSecurityGroupId,
      spec.defaultNetworkAclId,
    ]),
  );
  for (const kind of order) {
    for (const { id } of [...topology.all(kind)]) if (!implied.has(id)) await world.remove(kind, id);
  }
}
