import type { ApiKind, WeftClient } from '@weft/api/contract';

/** An order in which nothing is in use any more when its turn comes. */
const order: readonly ApiKind[] = [
  'instance',
  'nat-gateway',
  'elastic-ip',
  'network-interface',
  'security-group-rule',
  'security-group',
  'subnet',
  'route-table',
  'network-acl',
  'internet-gateway',
  'egress-only-internet-gateway',
  'vpc-peering-connection',
  'vpc',
  'dhcp-options',
  'prefix-list',
  'external-network',
];

/** Deletes everything but the hosts through the API. */
export async function tearDown(client: WeftClient): Promise<void> {
  const all = async <K extends ApiKind>(kind: K) => (await client.listAll(kind)).items;
  for (const { id } of await all('instance')) await client.remove('instance', id);
  for (const { id, spec } of await all('elastic-ip')) {
    if (spec.networkInterfaceId === undefined) continue;
    await client.update('elastic-ip', id, { spec: { networkInterfaceId: null } });
  }
  for (const { id } of await all('route-table')) {
    await client.update('route-table', id, { spec: { routes: [] } });
  }
  for (const { id } of await all('internet-gateway')) {
    for (const { id: nat } of await all('nat-gateway')) await client.remove('nat-gateway', nat);
    await client.update('internet-gateway', id, { spec: { vpcId: null } });
  }
  const implied = new Set<string>(
    (await all('vpc')).flatMap(({ spec }) => [
      spec.mainRouteTableId,
      spec.defaultSecurityGroupId,
      spec.defaultNetworkAclId,
    ]),
  );
  for (const kind of order) {
    for (const { id } of await all(kind)) if (!implied.has(id)) await client.remove(kind, id);
  }
}
