import type { AccessKeySecretSpec, AccessKeySpec } from './kinds/access-key.ts';
import type { AccountSpec } from './kinds/account.ts';
import type { BindingSpec } from './kinds/binding.ts';
import type { DhcpOptionsSpec } from './kinds/dhcp-options.ts';
import type { EgressOnlyInternetGatewaySpec } from './kinds/egress-only-internet-gateway.ts';
import type { ElasticIpSpec } from './kinds/elastic-ip.ts';
import type { ExternalNetworkSpec } from './kinds/external-network.ts';
import type { HeldAddressSpec } from './kinds/held-address.ts';
import type { HostSpec, HostStatus } from './kinds/host.ts';
import type { InstanceSpec, InstanceStatus } from './kinds/instance.ts';
import type {
  AddressClaimSpec,
  CounterSpec,
  DefaultNetworkSpec,
  IdentitySpec,
  RequestRecordSpec,
  RetiredNumberSpec,
  RuleMatchSpec,
} from './kinds/internal.ts';
import type { InternetGatewaySpec } from './kinds/internet-gateway.ts';
import type { NatGatewaySpec } from './kinds/nat-gateway.ts';
import type { NetworkAclSpec } from './kinds/network-acl.ts';
import type { NetworkInterfaceSpec, NetworkInterfaceStatus } from './kinds/network-interface.ts';
import type { PlacementSpec } from './kinds/placement.ts';
import type { PrefixListSpec, PrefixListStatus } from './kinds/prefix-list.ts';
import type { RouteTableSpec } from './kinds/route-table.ts';
import type { SecurityGroupSpec } from './kinds/security-group.ts';
import type { SecurityGroupRuleSpec, SecurityGroupRuleStatus } from './kinds/security-group-rule.ts';
import type { SubnetSpec } from './kinds/subnet.ts';
import type { VpcSpec } from './kinds/vpc.ts';
import type { VpcPeeringConnectionSpec } from './kinds/vpc-peering-connection.ts';
import type { KindName, Resource } from './resource.ts';

type NoStatus = Record<string, never>;

/** A resource whose `kind` is known, so that a union of them can be told apart. */
type Kind<K extends KindName, Spec, Status = NoStatus> = Resource<Spec, Status> & { readonly kind: K };

/** The type of each kind's resources. */
export interface ResourceByKind {
  account: Kind<'account', AccountSpec>;
  'access-key': Kind<'access-key', AccessKeySpec>;
  'external-network': Kind<'external-network', ExternalNetworkSpec>;
  host: Kind<'host', HostSpec, HostStatus>;
  vpc: Kind<'vpc', VpcSpec>;
  subnet: Kind<'subnet', SubnetSpec>;
  'network-acl': Kind<'network-acl', NetworkAclSpec>;
  'dhcp-options': Kind<'dhcp-options', DhcpOptionsSpec>;
  'prefix-list': Kind<'prefix-list', PrefixListSpec, PrefixListStatus>;
  'vpc-peering-connection': Kind<'vpc-peering-connection', VpcPeeringConnectionSpec>;
  'route-table': Kind<'route-table', RouteTableSpec>;
  'internet-gateway': Kind<'internet-gateway', InternetGatewaySpec>;
  'egress-only-internet-gateway': Kind<'egress-only-internet-gateway', EgressOnlyInternetGatewaySpec>;
  'security-group': Kind<'security-group', SecurityGroupSpec>;
  'security-group-rule': Kind<'security-group-rule', SecurityGroupRuleSpec, SecurityGroupRuleStatus>;
  'network-interface': Kind<'network-interface', NetworkInterfaceSpec, NetworkInterfaceStatus>;
  'elastic-ip': Kind<'elastic-ip', ElasticIpSpec>;
  'nat-gateway': Kind<'nat-gateway', NatGatewaySpec>;
  instance: Kind<'instance', InstanceSpec, InstanceStatus>;
  binding: Kind<'binding', BindingSpec>;
  placement: Kind<'placement', PlacementSpec>;
  'held-address': Kind<'held-address', HeldAddressSpec>;
  'default-network': Kind<'default-network', DefaultNetworkSpec>;
  identity: Kind<'identity', IdentitySpec>;
  'rule-match': Kind<'rule-match', RuleMatchSpec>;
  'address-claim': Kind<'address-claim', AddressClaimSpec>;
  counter: Kind<'counter', CounterSpec>;
  'retired-number': Kind<'retired-number', RetiredNumberSpec>;
  'request-record': Kind<'request-record', RequestRecordSpec>;
  'access-key-secret': Kind<'access-key-secret', AccessKeySecretSpec>;
}
export type ResourceOf<K extends KindName> = ResourceByKind[K];
export type AnyResource = ResourceByKind[KindName];
