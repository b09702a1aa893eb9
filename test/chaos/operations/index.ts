import type { Client } from '../client.ts';
import { removeOwn } from './choose.ts';
import * as gateways from './gateways.ts';
import * as instances from './instances.ts';
import * as interfaces from './interfaces.ts';
import * as networks from './networks.ts';
import * as security from './security.ts';

export const { createVpc } = networks;

/** What clients do, and how often in relation to each other. */
const weighted: readonly (readonly [weight: number, operation: (client: Client) => Promise<unknown>])[] = [
  [2, networks.createVpc],
  [1, networks.removeVpc],
  [2, networks.setBlocks],
  [2, networks.setIpv6],
  [4, networks.createSubnet],
  [1, removeOwn('subnet')],
  [4, networks.associate],
  [2, networks.setSubnet],
  [3, security.guardSubnet],
  [2, networks.createTable],
  [1, removeOwn('route-table')],
  [4, networks.setRoutes],
  [5, gateways.createNatGateway],
  [3, (client) => gateways.leadThroughNat(client)],
  [2, removeOwn('nat-gateway')],
  [2, gateways.createEgressOnlyGateway],
  [1, removeOwn('egress-only-internet-gateway')],
  [5, gateways.createPeering],
  [2, gateways.answerPeering],
  [2, removeOwn('vpc-peering-connection')],
  [2, gateways.createDhcpOptions],
  [2, gateways.setDhcpOptions],
  [1, removeOwn('dhcp-options')],
  [5, security.createGroup],
  [3, removeOwn('security-group')],
  [16, security.createRule],
  [9, removeOwn('security-group-rule')],
  [5, security.createAcl],
  [3, security.setEntries],
  [1, removeOwn('network-acl')],
  [3, security.createPrefixList],
  [3, security.setPrefixList],
  [1, removeOwn('prefix-list')],
  [14, interfaces.createInterface],
  [10, interfaces.setGroups],
  [5, interfaces.setAddresses],
  [7, interfaces.setFreedom],
  [6, interfaces.announce],
  [5, interfaces.plug],
  [2, interfaces.unplug],
  [6, interfaces.move],
  [4, interfaces.removeInterface],
  [6, interfaces.createElasticIp],
  [6, interfaces.moveElasticIp],
  [2, interfaces.removeElasticIp],
  [4, instances.createInstance],
  [2, instances.removeInstance],
  [4, instances.stopOrStart],
  [3, instances.attach],
  [2, instances.detach],
];
const totalWeight = weighted.reduce((sum, [weight]) => sum + weight, 0);

/** What a long run should have done at least once, as the journal counts it. */
export const expectedOperations: readonly string[] = [
  ...[
    'vpc',
    'subnet',
    'route-table',
    'internet-gateway',
    'egress-only-internet-gateway',
    'nat-gateway',
    'security-group',
    'security-group-rule',
    'network-acl',
    'prefix-list',
    'vpc-peering-connection',
    'dhcp-options',
    'network-interface',
    'elastic-ip',
    'instance',
  ].map((kind) => `create ${kind}: done`),
  ...[
    'security-group-rule',
    'nat-gateway',
    'vpc-peering-connection',
    'network-interface',
    'elastic-ip',
    'instance',
  ].map((kind) => `delete ${kind}: done`),
  ...[
    'vpc',
    'subnet',
    'route-table',
    'network-acl',
    'prefix-list',
    'vpc-peering-connection',
    'network-interface',
    'elastic-ip',
    'instance',
  ].map((kind) => `change ${kind}: done`),
  ...['plug: done', 'unplug: done', 'move: done', 'move: live', 'announce: done'],
];

/** What a client does last: seldom is there at the end what these show. */
export async function conclude(client: Client): Promise<void> {
  await gateways.leadThroughNat(client, true);
  await security.guardSubnet(client);
}

/** One random operation. What cannot be done at this moment is left out. */
export async function operate(client: Client): Promise<void> {
  let place = client.random.next() * totalWeight;
  for (const [weight, operation] of weighted) {
    place -= weight;
    if (place < 0) {
      await operation(client);
      return;
    }
  }
}
