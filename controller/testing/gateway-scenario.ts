import type { IncrementalCheck } from './incremental.ts';
import { dualStackCloud } from './scene.ts';
import type { World } from './world.ts';

/** Reactions to what random edits seldom come to; the scenario comes to each of them. */
export const gatewayReactions = [
  'elastic-ip vpc updated',
  'route-table internet-gateway updated',
  'route-table nat-gateway removed',
  'route-table egress-only-internet-gateway removed',
  'network-interface internet-gateway created',
  'network-interface internet-gateway updated',
  'network-interface egress-only-internet-gateway created',
  'network-interface egress-only-internet-gateway removed',
  'network-interface network-interface removed',
  'network-interface security-group-rule removed',
  'security-group identity removed',
];

/** The life of gateways, public IPv6 addresses and groups in one VPC. Checked after each step. */
export async function gatewayScenario(world: World, check: IncrementalCheck): Promise<void> {
  const step = async <T>(note: string, what: Promise<T>): Promise<T> => {
    const result = await what;
    await check.assertSame(note);
    return result;
  };
  const { vpc, subnet, gateway } = await step('a cloud', dualStackCloud(world));
  const create = () => step('a VM', world.create('network-interface', { subnetId: subnet.id }));
  const [first, second] = [await create(), await create()];
  await step('on a host', world.bind('host-1', first.id, 10));
  const elasticIp = await step(
    'a public address',
    world.create('elastic-ip', { networkInterfaceId: first.id }),
  );
  const secondaryCidrBlocks = ['100.64.0.0/16'];
  await step('a block', world.update('vpc', vpc.id, { secondaryCidrBlocks }));
  await step('for nobody', world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null }));
  const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
  await step('a route', world.update('route-table', vpc.spec.mainRouteTableId, { routes }));
  const spec = { subnetId: subnet.id, connectivity: 'private' };
  const nat = await step('a NAT gateway', world.create('nat-gateway', spec));
  const toNat = [...routes, { destination: '192.0.2.0/24', target: nat.id }];
  await step('a route to it', world.update('route-table', vpc.spec.mainRouteTableId, { routes: toNat }));
  await step('it goes', world.remove('nat-gateway', nat.id));
  await step('without it', world.update('route-table', vpc.spec.mainRouteTableId, { routes }));
  await step('detached', world.update('internet-gateway', gateway.id, { vpcId: null }));
  await step('attached', world.update('internet-gateway', gateway.id, { vpcId: vpc.id }));
  await step('detached', world.update('internet-gateway', gateway.id, { vpcId: null }));
  const other = await step('another', world.create('internet-gateway', { vpcId: vpc.id }));
  await step('detached', world.update('internet-gateway', other.id, { vpcId: null }));
  const oneWay = await step('one way', world.create('egress-only-internet-gateway', { vpcId: vpc.id }));
  const outward = [{ destinationIpv6: '::/0', target: oneWay.id }];
  await step('a route', world.update('route-table', vpc.spec.mainRouteTableId, { routes: outward }));
  await step('it goes', world.remove('egress-only-internet-gateway', oneWay.id));
  const group = await step('a group', world.create('security-group', { vpcId: vpc.id, name: 'x' }));
  const egress = { groupId: group.id, direction: 'egress', protocol: 'udp', referencedGroupId: group.id };
  const rule = await step('a rule', world.create('security-group-rule', egress));
  const securityGroupIds = [group.id];
  await step('a member', world.update('network-interface', second.id, { securityGroupIds }));
  await step('a VM goes', world.remove('network-interface', second.id));
  await step('the rule goes', world.remove('security-group-rule', rule.id));
  const unused = world.get('identity', second.status.identityId);
  const stillUsed = world.topology.countReferrers(unused, 'in-identity', 'network-interface') > 0;
  for (const identity of [...world.topology.all('identity')]) {
    if (stillUsed && identity.id === unused.id) continue;
    await step(
      'a set goes',
      world.run((draft) => draft.remove(identity)),
    );
  }
}
