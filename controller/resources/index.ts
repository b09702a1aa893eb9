export { everywhere, isSeenBy, isVisible, isWrittenBy, visibleChanges } from './access.ts';
export * from './addresses.ts';
export * from './cidr.ts';
export { hasPublicNames, internalDomain, privateName, publicDomain, publicName } from './dns-names.ts';
export { type ErrorCode, type ErrorDetails, errorCodes, WeftError } from './errors.ts';
export { isId, newId } from './ids.ts';
export * from './ipv6.ts';
export { type AccessKeySpec, NewAccessKey } from './kinds/access-key.ts';
export type { AccountSpec } from './kinds/account.ts';
export { type BindingSpec, bindingId } from './kinds/binding.ts';
export { Tags } from './kinds/common.ts';
export type { KindDefinition } from './kinds/define.ts';
export { type DhcpOptionsSpec, mostServers, providedDns } from './kinds/dhcp-options.ts';
export type { EgressOnlyInternetGatewaySpec } from './kinds/egress-only-internet-gateway.ts';
export { type ElasticIpSpec, isLent } from './kinds/elastic-ip.ts';
export type { AddressRange, ExternalNetworkSpec } from './kinds/external-network.ts';
export { type HeldAddressSpec, heldAddressId } from './kinds/held-address.ts';
export type { HostSpec, HostStatus } from './kinds/host.ts';
export { kinds } from './kinds/index.ts';
export type { InstanceSpec, InstanceStatus } from './kinds/instance.ts';
export { defaultNetworkId, type IdentitySpec, identityId, type RuleMatchSpec } from './kinds/internal.ts';
export type { InternetGatewaySpec } from './kinds/internet-gateway.ts';
export type { NatGatewaySpec } from './kinds/nat-gateway.ts';
export {
  type NetworkAclEntry,
  type NetworkAclSpec,
  networkAclEntriesPerDirection,
} from './kinds/network-acl.ts';
export {
  type NetworkInterfaceSpec,
  type NetworkInterfaceStatus,
  pairedAddress,
} from './kinds/network-interface.ts';
export { ownerKind, type PlacementSpec } from './kinds/placement.ts';
export type { PrefixListEntry, PrefixListSpec, PrefixListStatus } from './kinds/prefix-list.ts';
export {
  namesPrefixList,
  type Route,
  type RouteTableSpec,
  routeTargetKind,
} from './kinds/route-table.ts';
export type { SecurityGroupSpec } from './kinds/security-group.ts';
export type { SecurityGroupRuleSpec, SecurityGroupRuleStatus } from './kinds/security-group-rule.ts';
export type { SubnetSpec } from './kinds/subnet.ts';
export { blocksOf, ipv4BlocksOf, type VpcSpec } from './kinds/vpc.ts';
export type { VpcPeeringConnectionSpec } from './kinds/vpc-peering-connection.ts';
export type { NatGatewayCounters } from './nat-gateway-counters.ts';
export * from './prefixes.ts';
export type { HostReceipt, Receipt } from './receipt.ts';
export type { HostLiveness, ReportedAnnouncement, ReportedPort } from './reports.ts';
export { type KindName, kindNames, type Reference, type ReferenceType, type Resource } from './resource.ts';
export { type Role, roles } from './roles.ts';
export type { InstanceRecord, PeerNames, PublicNameRecord, ServiceRecord } from './service-record.ts';
export type { AnyResource, ResourceByKind, ResourceOf } from './types.ts';
