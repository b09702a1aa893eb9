import type { KindName } from '../../resources/index.ts';
import { accessKeyOperations, accountOperations } from '../access/operations.ts';
import { bindingOperations } from '../binding/operations.ts';
import { defaultNetworkOperations } from '../default-network/operations.ts';
import { dhcpOptionsOperations } from '../dhcp-options/operations.ts';
import { egressOnlyInternetGatewayOperations } from '../egress-only-internet-gateway/operations.ts';
import { elasticIpOperations } from '../elastic-ip/operations.ts';
import { externalNetworkOperations } from '../external-network/operations.ts';
import { heldAddressOperations } from '../held-address/operations.ts';
import { hostOperations } from '../host/operations.ts';
import { instanceOperations } from '../instance/operations.ts';
import { internetGatewayOperations } from '../internet-gateway/operations.ts';
import { natGatewayOperations } from '../nat-gateway/operations.ts';
import { networkAclOperations } from '../network-acl/operations.ts';
import { networkInterfaceOperations } from '../network-interface/operations.ts';
import { prefixListOperations } from '../prefix-list/operations.ts';
import { routeTableOperations } from '../route-table/operations.ts';
import { securityGroupOperations, securityGroupRuleOperations } from '../security-group/operations.ts';
import { subnetOperations } from '../subnet/operations.ts';
import { vpcOperations } from '../vpc/operations.ts';
import { vpcPeeringConnectionOperations } from '../vpc-peering-connection/operations.ts';
import type { Operations } from './operations.ts';

const all = [
  accountOperations,
  accessKeyOperations,
  vpcOperations,
  subnetOperations,
  networkAclOperations,
  dhcpOptionsOperations,
  prefixListOperations,
  vpcPeeringConnectionOperations,
  routeTableOperations,
  internetGatewayOperations,
  egressOnlyInternetGatewayOperations,
  externalNetworkOperations,
  securityGroupOperations,
  securityGroupRuleOperations,
  networkInterfaceOperations,
  elasticIpOperations,
  natGatewayOperations,
  instanceOperations,
  hostOperations,
  bindingOperations,
  heldAddressOperations,
  defaultNetworkOperations,
];

/** What callers may do with each kind. */
export const operationsByKind: ReadonlyMap<KindName, Operations<KindName>> = new Map(
  all.map((operations) => [operations.kind, operations as unknown as Operations<KindName>]),
);
