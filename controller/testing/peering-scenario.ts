import type { IncrementalCheck } from './incremental.ts';
import type { World } from './world.ts';

/** Reactions to what random edits seldom come to; the scenario comes to each of them. */
export const peeringReactions = [
  'route-table vpc-peering-connection updated',
  'route-table vpc-peering-connection removed',
  'route-table prefix-list updated',
  'route-table security-group-rule created',
  'route-table security-group-rule removed',
  'vpc-peering-connection identity created',
  'vpc-peering-connection identity removed',
  'vpc-peering-connection vpc-peering-connection removed',
  'vpc-peering-connection vpc updated',
  'vpc-peering-connection security-group-rule created',
  'vpc-peering-connection security-group-rule removed',
  'security-group security-group-rule updated',
  'vpc vpc updated',
  'vpc vpc-peering-connection updated',
  'vpc vpc-peering-connection removed',
];

/** The life of a peering connection with routes and rules over it, and of a prefix list. Checked after each step. */
export async function peeringScenario(world: World, check: IncrementalCheck): Promise<void> {
  const step = async <T>(note: string, what: Promise<T>): Promise<T> => {
    const result = await what;
    await check.assertSame(note);
    return result;
  };
  const vpc = async (cidrBlock: string, subnetBlock: string) => {
    const made = await step('a VPC', world.create('vpc', { cidrBlock }));
    const subnet = await step('a subnet', world.create('subnet', { vpcId: made.id, cidrBlock: subnetBlock }));
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    return { made, create, group: made.spec.defaultSecurityGroupId };
  };
  await world.host(1);
  const [one, two] = [await vpc('10.0.0.0/16', '10.0.1.0/24'), await vpc('10.1.0.0/16', '10.1.1.0/24')];
  const [first, second] = [await step('a VM', one.create()), await step('a VM', two.create())];
  await step('on a host', world.bind('host-1', first.id, 10));
  const vpcs = { requesterVpcId: one.made.id, accepterVpcId: two.made.id };
  const list = await step('a list', world.create('prefix-list', { name: 'x', maxEntries: 3 }));
  const connect = async () => {
    const connection = await step('a connection', world.create('vpc-peering-connection', vpcs));
    const routes = [
      { destination: '10.1.0.0/16', target: connection.id },
      { destination: list.id, target: 'blackhole' },
    ];
    await step('a route', world.update('route-table', one.made.spec.mainRouteTableId, { routes }));
    const active = { state: 'active' };
    return step('accepted', world.update('vpc-peering-connection', connection.id, active));
  };
  const rule = (direction: string, peer: object) =>
    step(
      `an ${direction} rule`,
      world.create('security-group-rule', { groupId: one.group, direction, protocol: 'udp', ...peer }),
    );
  const connection = await connect();
  const byList = await rule('ingress', { prefixListId: list.id });
  const entries = [{ cidr: '192.0.2.0/24' }];
  await step('another list', world.update('prefix-list', list.id, { entries }));
  const inward = await rule('ingress', { referencedGroupId: two.group });
  const outward = await rule('egress', { referencedGroupId: two.group });
  await step('IPv6', world.update('vpc', one.made.id, { ipv6CidrBlock: 'fd00:1::/56' }));
  const third = await step('a set', world.create('security-group', { vpcId: two.made.id, name: 'x' }));
  const change = (securityGroupIds: string[]) =>
    step('other groups', world.update('network-interface', second.id, { securityGroupIds }));
  await change([third.id, two.group]);
  await change([third.id]);
  const unused = [...world.topology.all('identity')].filter(
    (one) => world.topology.countReferrers(one, 'in-identity', 'network-interface') === 0,
  );
  for (const identity of unused)
    await step(
      'a set goes',
      world.run((draft) => draft.remove(identity)),
    );
  await change([two.group]);
  for (const { id } of [inward, outward, byList]) {
    await step('a rule goes', world.remove('security-group-rule', id));
  }
  await rule('ingress', { referencedGroupId: two.group });
  await step('the connection goes', world.remove('vpc-peering-connection', connection.id));
}
