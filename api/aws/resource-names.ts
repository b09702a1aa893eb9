import type { KindName } from '@weft/controller/resources';
import { AwsError, type AwsErrorCode } from './errors.ts';

/** What AWS calls resources of a kind. */
export interface ResourceName {
  readonly kind: KindName;
  /** What stands before the dash of its ids. */
  readonly prefix: string;
  /** In tag specifications, DescribeTags and ARNs. */
  readonly tagType: string;
  /** In messages: `The vpc ID 'vpc-1' does not exist`. */
  readonly noun: string;
  readonly notFound: AwsErrorCode;
  readonly malformed: AwsErrorCode;
}

const name = (
  kind: KindName,
  prefix: string,
  tagType: string,
  noun: string,
  notFound: AwsErrorCode,
  malformed: AwsErrorCode,
): ResourceName => ({ kind, prefix, tagType, noun, notFound, malformed });

/** Every kind that has an id in AWS. */
export const resourceNames: readonly ResourceName[] = [
  name('vpc', 'vpc', 'vpc', 'vpc ID', 'InvalidVpcID.NotFound', 'InvalidVpcID.Malformed'),
  name('subnet', 'subnet', 'subnet', 'subnet ID', 'InvalidSubnetID.NotFound', 'InvalidSubnetID.Malformed'),
  name(
    'route-table',
    'rtb',
    'route-table',
    'routeTable ID',
    'InvalidRouteTableID.NotFound',
    'InvalidRouteTableId.Malformed',
  ),
  name(
    'internet-gateway',
    'igw',
    'internet-gateway',
    'internetGateway ID',
    'InvalidInternetGatewayID.NotFound',
    'InvalidInternetGatewayId.Malformed',
  ),
  name(
    'security-group',
    'sg',
    'security-group',
    'security group',
    'InvalidGroup.NotFound',
    'InvalidGroupId.Malformed',
  ),
  name(
    'security-group-rule',
    'sgr',
    'security-group-rule',
    'security group rule ID',
    'InvalidSecurityGroupRuleId.NotFound',
    'InvalidSecurityGroupRuleId.Malformed',
  ),
  name(
    'network-interface',
    'eni',
    'network-interface',
    'networkInterface ID',
    'InvalidNetworkInterfaceID.NotFound',
    'InvalidNetworkInterfaceId.Malformed',
  ),
  name(
    'elastic-ip',
    'eipalloc',
    'elastic-ip',
    'allocation ID',
    'InvalidAllocationID.NotFound',
    'InvalidAllocationID.NotFound',
  ),
  name(
    'network-acl',
    'acl',
    'network-acl',
    'networkAcl ID',
    'InvalidNetworkAclID.NotFound',
    'InvalidNetworkAclID.Malformed',
  ),
  name(
    'vpc-peering-connection',
    'pcx',
    'vpc-peering-connection',
    'vpcPeeringConnection ID',
    'InvalidVpcPeeringConnectionID.NotFound',
    'InvalidVpcPeeringConnectionId.Malformed',
  ),
  name(
    'prefix-list',
    'pl',
    'prefix-list',
    'prefix list ID',
    'InvalidPrefixListID.NotFound',
    'InvalidPrefixListId.Malformed',
  ),
  name(
    'dhcp-options',
    'dopt',
    'dhcp-options',
    'dhcpOptions ID',
    'InvalidDhcpOptionID.NotFound',
    'InvalidDhcpOptionsId.Malformed',
  ),
  name(
    'egress-only-internet-gateway',
    'eigw',
    'egress-only-internet-gateway',
    'egressOnlyInternetGateway ID',
    'InvalidGatewayID.NotFound',
    'InvalidGatewayID.NotFound',
  ),
  name('nat-gateway', 'nat', 'natgateway', 'Nat Gateway', 'NatGatewayNotFound', 'NatGatewayNotFound'),
  name(
    'instance',
    'i',
    'instance',
    'instance ID',
    'InvalidInstanceID.NotFound',
    'InvalidInstanceID.Malformed',
  ),
];

const byKind = new Map(resourceNames.map((each) => [each.kind, each]));
const byPrefix = new Map(resourceNames.map((each) => [each.prefix, each]));

/** What AWS calls a kind. @throws Error for kinds that AWS does not know, which is a defect */
export function nameOfKind(kind: KindName): ResourceName {
  const found = byKind.get(kind);
  if (!found) throw new Error(`${kind} has no name in AWS`);
  return found;
}

/** The kind whose ids look like this one. */
export function nameOfId(id: string): ResourceName | undefined {
  return byPrefix.get(id.slice(0, id.lastIndexOf('-')));
}

/** What is answered for an id that names nothing: whether it could have is told apart, as in AWS. */
export function noSuchResource({ noun, prefix, notFound, malformed }: ResourceName, id: string): AwsError {
  const shown = id.slice(0, 100);
  if (/^[0-9a-f]{1,32}$/.test(id.slice(prefix.length + 1)) && id.startsWith(`${prefix}-`)) {
    return new AwsError(notFound, `The ${noun} '${shown}' does not exist`);
  }
  return new AwsError(malformed, `Invalid id: "${shown}" (expecting "${prefix}-...")`);
}
