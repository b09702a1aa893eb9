import type { KindName } from '../resource.ts';
import { accessKey, accessKeySecret } from './access-key.ts';
import { account } from './account.ts';
import { binding } from './binding.ts';
import type { KindDefinition } from './define.ts';
import { dhcpOptions } from './dhcp-options.ts';
import { egressOnlyInternetGateway } from './egress-only-internet-gateway.ts';
import { elasticIp } from './elastic-ip.ts';
import { externalNetwork } from './external-network.ts';
import { heldAddress } from './held-address.ts';
import { host } from './host.ts';
import { instance } from './instance.ts';
import {
  addressClaim,
  counter,
  defaultNetwork,
  identity,
  requestRecord,
  retiredNumber,
  ruleMatch,
} from './internal.ts';
import { internetGateway } from './internet-gateway.ts';
import { natGateway } from './nat-gateway.ts';
import { networkAcl } from './network-acl.ts';
import { networkInterface } from './network-interface.ts';
import { placement } from './placement.ts';
import { prefixList } from './prefix-list.ts';
import { routeTable } from './route-table.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupRule } from './security-group-rule.ts';
import { subnet } from './subnet.ts';
import { vpc } from './vpc.ts';
import { vpcPeeringConnection } from './vpc-peering-connection.ts';

/** Every kind by name; the type makes sure that none is missing. */
export const kinds: Readonly<Record<KindName, KindDefinition>> = {
  account,
  'access-key': accessKey,
  'external-network': externalNetwork,
  host,
  vpc,
  subnet,
  'network-acl': networkAcl,
  'prefix-list': prefixList,
  'dhcp-options': dhcpOptions,
  'vpc-peering-connection': vpcPeeringConnection,
  'route-table': routeTable,
  'internet-gateway': internetGateway,
  'egress-only-internet-gateway': egressOnlyInternetGateway,
  'security-group': securityGroup,
  'security-group-rule': securityGroupRule,
  'network-interface': networkInterface,
  'elastic-ip': elasticIp,
  'nat-gateway': natGateway,
  instance,
  binding,
  placement,
  'held-address': heldAddress,
  'default-network': defaultNetwork,
  identity,
  'rule-match': ruleMatch,
  'address-claim': addressClaim,
  counter,
  'retired-number': retiredNumber,
  'request-record': requestRecord,
  'access-key-secret': accessKeySecret,
};
