import { type AnyAction, define } from '../define.ts';
import { AwsError, type AwsErrorCode } from '../errors.ts';
import { matcher } from '../filters.ts';
import type { Filter } from '../model/generated/types.ts';

type Listing =
  | 'DescribeCarrierGateways'
  | 'DescribeCustomerGateways'
  | 'DescribeFlowLogs'
  | 'DescribeTrafficMirrorFilters'
  | 'DescribeTrafficMirrorTargets'
  | 'DescribeTransitGatewayAttachments'
  | 'DescribeTransitGatewayPeeringAttachments'
  | 'DescribeTransitGatewayRouteTables'
  | 'DescribeTransitGatewayVpcAttachments'
  | 'DescribeTransitGateways'
  | 'DescribeVpcEndpointServiceConfigurations'
  | 'DescribeVpcEndpoints'
  | 'DescribeVpcEndpointServices'
  | 'DescribeVpnConnections'
  | 'DescribeVpnGateways';

/** Lists of what nobody can make here. They are empty, and any id is one that is not there. */
function empty(
  action: Listing,
  {
    ids,
    result,
    notFound,
    filters,
  }: { ids: string; result: string | readonly string[]; notFound: AwsErrorCode; filters: string },
): AnyAction {
  const table = Object.fromEntries(filters.split(' ').map((name) => [name, () => undefined]));
  return define<Listing>({
    action,
    supports: [ids, 'Filters', 'Filter', 'MaxResults', 'NextToken'],
    note: 'there are none: they cannot be made here',
    handle(context, given) {
      const input = given as Readonly<Record<string, unknown>>;
      const [id] = (input[ids] as readonly string[] | undefined) ?? [];
      if (id !== undefined) throw new AwsError(notFound, `The ID '${id.slice(0, 100)}' does not exist`);
      const wanted = (input.Filters ?? input.Filter) as readonly Filter[] | undefined;
      matcher(wanted, table, () => ({}), context);
      return Object.fromEntries([result].flat().map((name) => [name, []]));
    },
  });
}

export const describeVpnGateways = empty('DescribeVpnGateways', {
  ids: 'VpnGatewayIds',
  result: 'VpnGateways',
  notFound: 'InvalidVpnGatewayID.NotFound',
  filters: 'amazon-side-asn attachment.state attachment.vpc-id availability-zone state type vpn-gateway-id',
});

export const describeCustomerGateways = empty('DescribeCustomerGateways', {
  ids: 'CustomerGatewayIds',
  result: 'CustomerGateways',
  notFound: 'InvalidCustomerGatewayID.NotFound',
  filters: 'bgp-asn customer-gateway-id ip-address state type',
});

export const describeVpnConnections = empty('DescribeVpnConnections', {
  ids: 'VpnConnectionIds',
  result: 'VpnConnections',
  notFound: 'InvalidVpnConnectionID.NotFound',
  filters:
    'customer-gateway-configuration customer-gateway-id state option.static-routes-only ' +
    'route.destination-cidr-block bgp-asn vpn-connection-id type vpn-gateway-id transit-gateway-id',
});

export const describeVpcEndpoints = empty('DescribeVpcEndpoints', {
  ids: 'VpcEndpointIds',
  result: 'VpcEndpoints',
  notFound: 'InvalidVpcEndpointId.NotFound',
  filters: 'ip-address-type service-name vpc-id vpc-endpoint-id vpc-endpoint-state vpc-endpoint-type',
});

export const describeFlowLogs = empty('DescribeFlowLogs', {
  ids: 'FlowLogIds',
  result: 'FlowLogs',
  notFound: 'InvalidFlowLogId.NotFound',
  filters: 'deliver-log-status log-destination-type flow-log-id log-group-name resource-id traffic-type',
});

export const describeTransitGateways = empty('DescribeTransitGateways', {
  ids: 'TransitGatewayIds',
  result: 'TransitGateways',
  notFound: 'InvalidTransitGatewayID.NotFound',
  filters: 'owner-id state transit-gateway-id',
});

export const describeTransitGatewayRouteTables = empty('DescribeTransitGatewayRouteTables', {
  ids: 'TransitGatewayRouteTableIds',
  result: 'TransitGatewayRouteTables',
  notFound: 'InvalidRouteTableID.NotFound',
  filters:
    'default-association-route-table default-propagation-route-table state transit-gateway-id ' +
    'transit-gateway-route-table-id',
});

const attachments = {
  ids: 'TransitGatewayAttachmentIds',
  notFound: 'InvalidTransitGatewayAttachmentID.NotFound',
} as const;

export const describeTransitGatewayAttachments = empty('DescribeTransitGatewayAttachments', {
  ...attachments,
  result: 'TransitGatewayAttachments',
  filters:
    'association.state association.transit-gateway-route-table-id resource-id resource-owner-id ' +
    'resource-type state transit-gateway-attachment-id transit-gateway-id transit-gateway-owner-id',
});

export const describeTransitGatewayVpcAttachments = empty('DescribeTransitGatewayVpcAttachments', {
  ...attachments,
  result: 'TransitGatewayVpcAttachments',
  filters: 'state transit-gateway-attachment-id transit-gateway-id vpc-id',
});

export const describeTransitGatewayPeeringAttachments = empty('DescribeTransitGatewayPeeringAttachments', {
  ...attachments,
  result: 'TransitGatewayPeeringAttachments',
  filters: 'local-owner-id remote-owner-id state transit-gateway-attachment-id transit-gateway-id',
});

export const describeTrafficMirrorTargets = empty('DescribeTrafficMirrorTargets', {
  ids: 'TrafficMirrorTargetIds',
  result: 'TrafficMirrorTargets',
  notFound: 'InvalidTrafficMirrorTargetId.NotFound',
  filters: 'description network-interface-id network-load-balancer-arn owner-id traffic-mirror-target-id',
});

export const describeTrafficMirrorFilters = empty('DescribeTrafficMirrorFilters', {
  ids: 'TrafficMirrorFilterIds',
  result: 'TrafficMirrorFilters',
  notFound: 'InvalidTrafficMirrorFilterId.NotFound',
  filters: 'description traffic-mirror-filter-id',
});

export const describeCarrierGateways = empty('DescribeCarrierGateways', {
  ids: 'CarrierGatewayIds',
  result: 'CarrierGateways',
  notFound: 'InvalidCarrierGatewayID.NotFound',
  filters: 'carrier-gateway-id owner-id state vpc-id',
});

export const describeVpcEndpointServiceConfigurations = empty('DescribeVpcEndpointServiceConfigurations', {
  ids: 'ServiceIds',
  result: 'ServiceConfigurations',
  notFound: 'InvalidVpcEndpointServiceId.NotFound',
  filters: 'service-name service-id service-state supported-ip-address-types',
});

/** Ranges of a subnet that are kept free of automatic addresses. */
export const getSubnetCidrReservations = define({
  action: 'GetSubnetCidrReservations',
  supports: ['SubnetId', 'Filters', 'MaxResults', 'NextToken'],
  note: 'there are none: they cannot be made here',
  handle(context, { SubnetId: id, Filters: filters }) {
    context.cloud.require('subnet', id);
    const none = () => undefined;
    matcher(filters, { reservationType: none, 'subnet-id': none }, () => ({}), context);
    return { SubnetIpv4CidrReservations: [], SubnetIpv6CidrReservations: [] };
  },
});

export const describeVpcEndpointServices = empty('DescribeVpcEndpointServices', {
  ids: 'ServiceNames',
  result: ['ServiceNames', 'ServiceDetails'],
  notFound: 'InvalidServiceName',
  filters: 'owner service-name service-region service-type supported-ip-address-types',
});
