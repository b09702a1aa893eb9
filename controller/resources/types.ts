import type { BindingSpec } from './kinds/binding.ts';
import type { ElasticIpSpec } from './kinds/elastic-ip.ts';
import type { ExternalNetworkSpec } from './kinds/external-network.ts';
import type { HostSpec } from './kinds/host.ts';
import type { InstanceSpec, InstanceStatus } from './kinds/instance.ts';
import type {
  AddressClaimSpec,
  CounterSpec,
  IdentitySpec,
  RetiredNumberSpec,
  RuleMatchSpec,
} from './kinds/internal.ts';
import type { InternetGatewaySpec } from './kinds/internet-gateway.ts';
import type { NetworkInterfaceSpec, NetworkInterfaceStatus } from './kinds/network-interface.ts';
import type { RouteTableSpec } from './kinds/route-table.ts';
import type { SecurityGroupSpec } from './kinds/security-group.ts';
import type { SecurityGroupRuleSpec, SecurityGroupRuleStatus } from './kinds/security-group-rule.ts';
import type { SubnetSpec } from './kinds/subnet.ts';
import type { VpcSpec } from './kinds/vpc.ts';
import type { KindName, Resource } from './resource.ts';

type NoStatus = Record<string, never>;

/** The type of each kind's resources. */
export interface ResourceByKind {
  'external-network': Resource<ExternalNetworkSpec, NoStatus>;
  host: Resource<HostSpec, NoStatus>;
  vpc: Resource<VpcSpec, NoStatus>;
  subnet: Resource<SubnetSpec, NoStatus>;
  'route-table': Resource<RouteTableSpec, NoStatus>;
  'internet-gateway': Resource<InternetGatewaySpec, NoStatus>;
  'security-group': Resource<SecurityGroupSpec, NoStatus>;
  'security-group-rule': Resource<SecurityGroupRuleSpec, SecurityGroupRuleStatus>;
  'network-interface': Resource<NetworkInterfaceSpec, NetworkInterfaceStatus>;
  'elastic-ip': Resource<ElasticIpSpec, NoStatus>;
  instance: Resource<InstanceSpec, InstanceStatus>;
  binding: Resource<BindingSpec, NoStatus>;
  identity: Resource<IdentitySpec, NoStatus>;
  'rule-match': Resource<RuleMatchSpec, NoStatus>;
  'address-claim': Resource<AddressClaimSpec, NoStatus>;
  counter: Resource<CounterSpec, NoStatus>;
  'retired-number': Resource<RetiredNumberSpec, NoStatus>;
}
export type ResourceOf<K extends KindName> = ResourceByKind[K];
export type AnyResource = ResourceByKind[KindName];
