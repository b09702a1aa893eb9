import type { AnyAction } from '../define.ts';
import {
  describeCarrierGateways,
  describeCustomerGateways,
  describeFlowLogs,
  describeTrafficMirrorFilters,
  describeTrafficMirrorTargets,
  describeTransitGatewayAttachments,
  describeTransitGatewayPeeringAttachments,
  describeTransitGatewayRouteTables,
  describeTransitGateways,
  describeTransitGatewayVpcAttachments,
  describeVpcEndpointServiceConfigurations,
  describeVpcEndpointServices,
  describeVpcEndpoints,
  describeVpnConnections,
  describeVpnGateways,
  getSubnetCidrReservations,
} from './absent.ts';
import { describeAccountAttributes } from './account/describe-account-attributes.ts';
import { describeAvailabilityZones } from './account/describe-availability-zones.ts';
import { describeRegions } from './account/describe-regions.ts';
import { getCallerIdentity } from './account/get-caller-identity.ts';
import {
  allocateAddress,
  describeAddresses,
  describeAddressesAttribute,
  releaseAddress,
} from './address/addresses.ts';
import { associateAddress, disassociateAddress } from './address/associations.ts';
import {
  associateDhcpOptions,
  createDhcpOptions,
  deleteDhcpOptions,
  describeDhcpOptions,
} from './dhcp/dhcp-options.ts';
import {
  createEgressOnlyInternetGateway,
  deleteEgressOnlyInternetGateway,
  describeEgressOnlyInternetGateways,
} from './gateway/egress-only-gateways.ts';
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeInternetGateways,
  detachInternetGateway,
} from './gateway/internet-gateways.ts';
import { createNatGateway, deleteNatGateway, describeNatGateways } from './gateway/nat-gateways.ts';
import {
  describeInstanceAttribute,
  modifyInstanceAttribute,
  modifyInstanceMetadataOptions,
} from './instance/attributes.ts';
import { describeImages, describeInstanceTypes } from './instance/catalogue.ts';
import { describeInstanceStatus, describeInstances } from './instance/describe-instances.ts';
import { runInstances } from './instance/run-instances.ts';
import { rebootInstances, startInstances, stopInstances } from './instance/start-stop.ts';
import { terminateInstances } from './instance/terminate-instances.ts';
import { attachNetworkInterface, detachNetworkInterface } from './interface/attachments.ts';
import { assignIpv6Addresses, unassignIpv6Addresses } from './interface/ipv6-addresses.ts';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaceAttribute,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
  resetNetworkInterfaceAttribute,
} from './interface/network-interfaces.ts';
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from './interface/private-addresses.ts';
import {
  associateSubnetCidrBlock,
  associateVpcCidrBlock,
  disassociateSubnetCidrBlock,
  disassociateVpcCidrBlock,
} from './ipv6/vpc-blocks.ts';
import {
  createNetworkAclEntry,
  deleteNetworkAclEntry,
  replaceNetworkAclEntry,
} from './network-acl/entries.ts';
import {
  createNetworkAcl,
  deleteNetworkAcl,
  describeNetworkAcls,
  replaceNetworkAclAssociation,
} from './network-acl/network-acls.ts';
import {
  acceptVpcPeeringConnection,
  createVpcPeeringConnection,
  deleteVpcPeeringConnection,
  describeVpcPeeringConnections,
  rejectVpcPeeringConnection,
} from './peering/peering-connections.ts';
import { modifyVpcPeeringConnectionOptions } from './peering/peering-options.ts';
import {
  createManagedPrefixList,
  deleteManagedPrefixList,
  describeManagedPrefixLists,
  describePrefixLists,
  getManagedPrefixListAssociations,
  getManagedPrefixListEntries,
  modifyManagedPrefixList,
} from './prefix-list/prefix-lists.ts';
import {
  associateRouteTable,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from './route-table/associations.ts';
import { createRouteTable, deleteRouteTable, describeRouteTables } from './route-table/route-tables.ts';
import { createRoute, deleteRoute, replaceRoute } from './route-table/routes.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-group/groups.ts';
import { modifySecurityGroupRules } from './security-group/modify-rules.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  describeSecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  updateSecurityGroupRuleDescriptionsEgress,
  updateSecurityGroupRuleDescriptionsIngress,
} from './security-group/rules.ts';
import { createTags, deleteTags } from './tags/change-tags.ts';
import { describeTags } from './tags/describe-tags.ts';
import { describeVpcClassicLink, describeVpcClassicLinkDnsSupport } from './vpc/classic-link.ts';
import { createDefaultSubnet } from './vpc/create-default-subnet.ts';
import { createDefaultVpc } from './vpc/create-default-vpc.ts';
import { createSubnet } from './vpc/create-subnet.ts';
import { createVpc } from './vpc/create-vpc.ts';
import { deleteSubnet } from './vpc/delete-subnet.ts';
import { deleteVpc } from './vpc/delete-vpc.ts';
import { describeSubnets } from './vpc/describe-subnets.ts';
import { describeVpcs } from './vpc/describe-vpcs.ts';
import { modifySubnetAttribute } from './vpc/modify-subnet-attribute.ts';
import { modifyVpcTenancy } from './vpc/modify-vpc-tenancy.ts';
import { describeVpcAttribute, modifyVpcAttribute } from './vpc/vpc-attributes.ts';

/** Every action that is served, by family. */
export const actions: readonly AnyAction[] = [
  getCallerIdentity,
  describeRegions,
  describeAvailabilityZones,
  describeAccountAttributes,
  createDefaultVpc,
  createVpc,
  describeVpcs,
  deleteVpc,
  describeVpcAttribute,
  modifyVpcAttribute,
  modifyVpcTenancy,
  describeVpcClassicLink,
  describeVpcClassicLinkDnsSupport,
  associateVpcCidrBlock,
  disassociateVpcCidrBlock,
  associateSubnetCidrBlock,
  disassociateSubnetCidrBlock,
  createDefaultSubnet,
  createSubnet,
  describeSubnets,
  deleteSubnet,
  modifySubnetAttribute,
  createDhcpOptions,
  describeDhcpOptions,
  associateDhcpOptions,
  deleteDhcpOptions,
  createRouteTable,
  describeRouteTables,
  deleteRouteTable,
  associateRouteTable,
  disassociateRouteTable,
  replaceRouteTableAssociation,
  createRoute,
  replaceRoute,
  deleteRoute,
  createInternetGateway,
  describeInternetGateways,
  attachInternetGateway,
  detachInternetGateway,
  deleteInternetGateway,
  createEgressOnlyInternetGateway,
  describeEgressOnlyInternetGateways,
  deleteEgressOnlyInternetGateway,
  createNatGateway,
  describeNatGateways,
  deleteNatGateway,
  allocateAddress,
  describeAddresses,
  describeAddressesAttribute,
  associateAddress,
  disassociateAddress,
  releaseAddress,
  createNetworkInterface,
  describeNetworkInterfaces,
  describeNetworkInterfaceAttribute,
  modifyNetworkInterfaceAttribute,
  resetNetworkInterfaceAttribute,
  deleteNetworkInterface,
  attachNetworkInterface,
  detachNetworkInterface,
  assignPrivateIpAddresses,
  unassignPrivateIpAddresses,
  assignIpv6Addresses,
  unassignIpv6Addresses,
  createSecurityGroup,
  describeSecurityGroups,
  deleteSecurityGroup,
  authorizeSecurityGroupIngress,
  authorizeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  revokeSecurityGroupEgress,
  describeSecurityGroupRules,
  modifySecurityGroupRules,
  updateSecurityGroupRuleDescriptionsIngress,
  updateSecurityGroupRuleDescriptionsEgress,
  createNetworkAcl,
  describeNetworkAcls,
  deleteNetworkAcl,
  replaceNetworkAclAssociation,
  createNetworkAclEntry,
  replaceNetworkAclEntry,
  deleteNetworkAclEntry,
  createVpcPeeringConnection,
  describeVpcPeeringConnections,
  acceptVpcPeeringConnection,
  rejectVpcPeeringConnection,
  modifyVpcPeeringConnectionOptions,
  deleteVpcPeeringConnection,
  createManagedPrefixList,
  describeManagedPrefixLists,
  getManagedPrefixListAssociations,
  getManagedPrefixListEntries,
  modifyManagedPrefixList,
  deleteManagedPrefixList,
  describePrefixLists,
  runInstances,
  describeInstances,
  describeInstanceStatus,
  describeInstanceAttribute,
  modifyInstanceAttribute,
  modifyInstanceMetadataOptions,
  stopInstances,
  startInstances,
  rebootInstances,
  terminateInstances,
  describeInstanceTypes,
  describeImages,
  describeVpnGateways,
  describeCustomerGateways,
  describeVpnConnections,
  describeVpcEndpointServices,
  describeTransitGateways,
  describeTransitGatewayAttachments,
  describeTransitGatewayPeeringAttachments,
  describeTransitGatewayRouteTables,
  describeTransitGatewayVpcAttachments,
  describeVpcEndpoints,
  describeVpcEndpointServiceConfigurations,
  describeTrafficMirrorTargets,
  describeTrafficMirrorFilters,
  describeCarrierGateways,
  getSubnetCidrReservations,
  describeFlowLogs,
  createTags,
  deleteTags,
  describeTags,
];

export const actionsByName: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.action, action]),
);
