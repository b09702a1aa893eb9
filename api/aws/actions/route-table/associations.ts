import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { relatedId } from '../ids.ts';
import { associationId, edgeTableOf } from './present.ts';

const state = { State: 'associated' } as const;

/**
 * The subnet or internet gateway, or for the main table the VPC, of an association.
 * @throws AwsError InvalidAssociationID.NotFound
 */
function associated(
  context: ActionContext,
  id: string,
): ResourceOf<'subnet'> | ResourceOf<'internet-gateway'> | ResourceOf<'vpc'> {
  const { cloud } = context;
  if (id.startsWith('rtbassoc-')) {
    const subnet = cloud.find('subnet', relatedId('subnet', id));
    if (subnet?.spec.routeTableId !== undefined) return subnet;
    const gateway = cloud.find('internet-gateway', relatedId('igw', id));
    if (gateway && edgeTableOf(context, gateway)) return gateway;
    const vpc = cloud.find('vpc', relatedId('vpc', id));
    if (vpc) return vpc;
  }
  throw new AwsError(
    'InvalidAssociationID.NotFound',
    `The association ID '${id.slice(0, 100)}' does not exist`,
  );
}

function requireSameVpc(table: ResourceOf<'route-table'>, subject: { id: string }, vpcId: string): void {
  if (table.spec.vpcId === vpcId) return;
  throw new AwsError(
    'InvalidParameterValue',
    `Route table ${table.id} and ${subject.id} belong to different networks`,
  );
}

const conflicting = (tableId: string) =>
  new AwsError(
    'Resource.AlreadyAssociated',
    `the specified association for route table ${tableId} conflicts with an existing association`,
  );

/** AWS, "Gateway route tables": a gateway of the VPC has one table at most. */
async function associateGateway(
  context: ActionContext,
  table: ResourceOf<'route-table'>,
  gatewayId: string,
): Promise<void> {
  const gateway = context.cloud.require('internet-gateway', gatewayId);
  if (gateway.spec.vpcId === undefined) {
    throw new AwsError('Gateway.NotAttached', `resource ${gateway.id} is not attached to a network`);
  }
  requireSameVpc(table, gateway, gateway.spec.vpcId);
  const other = edgeTableOf(context, gateway);
  if (other && other.id !== table.id) throw conflicting(table.id);
  await context.cloud.update('route-table', table.id, { spec: { internetGatewayId: gateway.id } });
}

export const associateRouteTable = define({
  action: 'AssociateRouteTable',
  supports: ['RouteTableId', 'SubnetId', 'GatewayId'],
  note: 'of subnets and internet gateways',
  refusals: { 'already-exists': 'Resource.AlreadyAssociated', 'wrong-state': 'Gateway.NotAttached' },
  async handle(context, { RouteTableId: routeTableId, SubnetId: subnetId, GatewayId: gatewayId }) {
    const { cloud } = context;
    if (subnetId !== undefined && gatewayId !== undefined) {
      throw new AwsError('InvalidParameterCombination', 'An association has a subnet or a gateway');
    }
    const table = cloud.require('route-table', routeTableId);
    if (gatewayId !== undefined) {
      await associateGateway(context, table, gatewayId);
      return { AssociationId: associationId(gatewayId), AssociationState: state };
    }
    if (subnetId === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter subnetId or gatewayId');
    }
    const subnet = cloud.require('subnet', subnetId);
    requireSameVpc(table, subnet, subnet.spec.vpcId);
    if (subnet.spec.routeTableId !== undefined && subnet.spec.routeTableId !== table.id) {
      throw conflicting(table.id);
    }
    await cloud.update('subnet', subnetId, { spec: { routeTableId } });
    return { AssociationId: associationId(subnetId), AssociationState: state };
  },
});

export const disassociateRouteTable = define({
  action: 'DisassociateRouteTable',
  supports: ['AssociationId'],
  async handle(context, { AssociationId: id }) {
    const subject = associated(context, id);
    if (subject.kind === 'vpc') {
      throw new AwsError('InvalidParameterValue', 'cannot disassociate the main route table association');
    }
    const { cloud } = context;
    if (subject.kind === 'subnet') await cloud.update('subnet', subject.id, { spec: { routeTableId: null } });
    else {
      const table = edgeTableOf(context, subject) as ResourceOf<'route-table'>;
      await cloud.update('route-table', table.id, { spec: { internetGatewayId: null } });
    }
    return undefined;
  },
});

/** From the table that the gateway has to another one, in one commit. */
async function replaceGatewayTable(
  context: ActionContext,
  gateway: ResourceOf<'internet-gateway'>,
  tableId: string,
): Promise<void> {
  const before = edgeTableOf(context, gateway) as ResourceOf<'route-table'>;
  await context.cloud.transaction((batch) => {
    batch.update('route-table', before.id, { spec: { internetGatewayId: null } });
    batch.update('route-table', tableId, { spec: { internetGatewayId: gateway.id } });
  });
}

export const replaceRouteTableAssociation = define({
  action: 'ReplaceRouteTableAssociation',
  supports: ['AssociationId', 'RouteTableId'],
  async handle(context, { AssociationId: id, RouteTableId: routeTableId }) {
    const { cloud } = context;
    const subject = associated(context, id);
    const table = cloud.require('route-table', routeTableId);
    requireSameVpc(table, subject, subject.kind === 'vpc' ? subject.id : (subject.spec.vpcId as string));
    if (subject.kind === 'vpc')
      await cloud.update('vpc', subject.id, { spec: { mainRouteTableId: table.id } });
    else if (subject.kind === 'subnet') await cloud.update('subnet', subject.id, { spec: { routeTableId } });
    else await replaceGatewayTable(context, subject, table.id);
    return { NewAssociationId: id, AssociationState: state };
  },
});
