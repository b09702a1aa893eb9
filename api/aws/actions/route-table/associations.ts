import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { relatedId } from '../ids.ts';
import { associationId } from './present.ts';

const state = { State: 'associated' } as const;

/** The subnet, or for the main table the VPC, of an association. @throws AwsError InvalidAssociationID.NotFound */
function associated({ cloud }: ActionContext, id: string): ResourceOf<'subnet'> | ResourceOf<'vpc'> {
  if (id.startsWith('rtbassoc-')) {
    const subnet = cloud.find('subnet', relatedId('subnet', id));
    if (subnet?.spec.routeTableId !== undefined) return subnet;
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

export const associateRouteTable = define({
  action: 'AssociateRouteTable',
  supports: ['RouteTableId', 'SubnetId'],
  note: 'of subnets, not of gateways',
  async handle({ cloud }, { RouteTableId: routeTableId, SubnetId: subnetId }) {
    if (subnetId === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter subnetId');
    }
    const table = cloud.require('route-table', routeTableId);
    const subnet = cloud.require('subnet', subnetId);
    requireSameVpc(table, subnet, subnet.spec.vpcId);
    if (subnet.spec.routeTableId !== undefined && subnet.spec.routeTableId !== table.id) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${table.id} conflicts with an existing association`,
      );
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
    await context.cloud.update('subnet', subject.id, { spec: { routeTableId: null } });
    return undefined;
  },
});

export const replaceRouteTableAssociation = define({
  action: 'ReplaceRouteTableAssociation',
  supports: ['AssociationId', 'RouteTableId'],
  async handle(context, { AssociationId: id, RouteTableId: routeTableId }) {
    const { cloud } = context;
    const subject = associated(context, id);
    const table = cloud.require('route-table', routeTableId);
    requireSameVpc(table, subject, subject.kind === 'vpc' ? subject.id : subject.spec.vpcId);
    if (subject.kind === 'vpc')
      await cloud.update('vpc', subject.id, { spec: { mainRouteTableId: table.id } });
    else await cloud.update('subnet', subject.id, { spec: { routeTableId } });
    return { NewAssociationId: id, AssociationState: state };
  },
});
