import { ipv4BlocksOf, type ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { ownerOf } from '../../departed.ts';
import { filtered } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { type FilterTable, lookupsOf, matcher } from '../../filters.ts';
import type {
  Filter,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReason,
  VpcPeeringConnectionVpcInfo,
} from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { nameOfKind, noSuchResource } from '../../resource-names.ts';
import { tagList, tagsFor } from '../../tags.ts';
import { presentOptions } from './peering-options.ts';

type Connection = ResourceOf<'vpc-peering-connection'>;

const statuses: Readonly<Record<Connection['spec']['state'], VpcPeeringConnectionStateReason>> = {
  'pending-acceptance': { Code: 'pending-acceptance', Message: 'Pending Acceptance' },
  active: { Code: 'active', Message: 'Active' },
  rejected: { Code: 'rejected', Message: 'Rejected' },
  expired: { Code: 'expired', Message: 'Expired' },
  failed: {
    Code: 'failed',
    Message: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
  },
};

/** A side of the connection; of another account's VPC no more than its id is known before the connection is active. */
function sideOf(
  { cloud, region }: ActionContext,
  connection: Connection,
  id: string,
  owner: string,
  allowsDns: boolean | undefined,
): VpcPeeringConnectionVpcInfo {
  const vpc = cloud.sideOf(connection, id);
  return {
    VpcId: id,
    OwnerId: owner,
    Region: region,
    CidrBlock: vpc?.spec.cidrBlock,
    CidrBlockSet: vpc && ipv4BlocksOf(vpc).map((block) => ({ CidrBlock: block })),
    Ipv6CidrBlockSet: vpc?.spec.ipv6CidrBlock ? [{ Ipv6CidrBlock: vpc.spec.ipv6CidrBlock }] : undefined,
    PeeringOptions: presentOptions(allowsDns),
  };
}

/** AWS, "VPC peering connection lifecycle": whoever is asked has 7 days. */
const expirationOf = ({ createdAt }: Connection) =>
  new Date(Date.parse(createdAt) + 7 * 24 * 3600 * 1000).toISOString();

function present(context: ActionContext, connection: Connection): VpcPeeringConnection {
  const { requesterVpcId, accepterVpcId, accepterAccount, state } = connection.spec;
  const { requesterAllowsDns, accepterAllowsDns } = connection.spec;
  return {
    VpcPeeringConnectionId: connection.id,
    RequesterVpcInfo: sideOf(context, connection, requesterVpcId, connection.account, requesterAllowsDns),
    AccepterVpcInfo: sideOf(context, connection, accepterVpcId, accepterAccount, accepterAllowsDns),
    Status: statuses[state],
    ExpirationTime: state === 'pending-acceptance' ? expirationOf(connection) : undefined,
    Tags: tagList(connection.tags),
  };
}

export const createVpcPeeringConnection = define({
  action: 'CreateVpcPeeringConnection',
  supports: ['VpcId', 'PeerVpcId', 'PeerOwnerId', 'PeerRegion', 'TagSpecifications'],
  refusals: {
    overlap: 'InvalidParameterValue',
    'already-exists': 'VpcPeeringConnectionAlreadyExists',
    'wrong-state': 'VpcPeeringConnectionsPerVpcLimitExceeded',
  },
  note: 'within a region; what cannot be joined in the same account is refused at once',
  async handle(context, input) {
    const { VpcId: vpcId, PeerVpcId: peerId, PeerOwnerId: owner, PeerRegion: region } = input;
    if (vpcId === undefined || peerId === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameters vpcId and peerVpcId');
    }
    if (region !== undefined && region !== context.region) {
      throw new AwsError('UnsupportedOperation', 'VPCs of two regions cannot be peered here');
    }
    const { cloud } = context;
    cloud.require('vpc', vpcId);
    const spec = {
      requesterVpcId: vpcId,
      accepterVpcId: peerId,
      ...(owner === undefined ? {} : { accepterAccount: owner }),
    };
    const tags = tagsFor('vpc-peering-connection', input.TagSpecifications);
    const connection = await cloud.create('vpc-peering-connection', { spec, tags });
    return { VpcPeeringConnection: present(context, connection) };
  },
});

const filters: FilterTable<VpcPeeringConnection, ActionContext> = {
  'vpc-peering-connection-id': (each) => each.VpcPeeringConnectionId,
  'accepter-vpc-info.vpc-id': (each) => each.AccepterVpcInfo?.VpcId,
  'accepter-vpc-info.owner-id': (each) => each.AccepterVpcInfo?.OwnerId,
  'accepter-vpc-info.cidr-block': (each) => each.AccepterVpcInfo?.CidrBlock,
  'requester-vpc-info.vpc-id': (each) => each.RequesterVpcInfo?.VpcId,
  'requester-vpc-info.owner-id': (each) => each.RequesterVpcInfo?.OwnerId,
  'requester-vpc-info.cidr-block': (each) => each.RequesterVpcInfo?.CidrBlock,
  'status-code': (each) => each.Status?.Code,
  'status-message': (each) => each.Status?.Message,
};

const tagsOf = ({ Tags: tags = [] }: VpcPeeringConnection) =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

function named(context: ActionContext, id: string): VpcPeeringConnection {
  const connection = context.cloud.find('vpc-peering-connection', id);
  const known = connection
    ? present(context, connection)
    : context.departed.find<VpcPeeringConnection>(ownerOf(context), 'pcx', id);
  if (known) return known;
  throw noSuchResource(nameOfKind('vpc-peering-connection'), id);
}

const indexed = {
  'vpc-peering-connection-id': ['id'],
  'accepter-vpc-info.vpc-id': ['spec.accepterVpcId'],
  'requester-vpc-info.vpc-id': ['spec.requesterVpcId'],
} as const;

/** Connections that are there and may match, then those that were deleted in the last hour. */
function* all(context: ActionContext, given: readonly Filter[] | undefined): Iterable<VpcPeeringConnection> {
  const lookups = lookupsOf(given, indexed);
  for (const connection of context.cloud.list('vpc-peering-connection', lookups)) {
    yield present(context, connection);
  }
  yield* context.departed.list<VpcPeeringConnection>(ownerOf(context), 'pcx');
}

export const describeVpcPeeringConnections = define({
  action: 'DescribeVpcPeeringConnections',
  supports: ['VpcPeeringConnectionIds', 'Filters', 'MaxResults', 'NextToken'],
  note: 'a deleted connection is listed for an hour',
  handle(context, input) {
    const { VpcPeeringConnectionIds: ids = [] } = input;
    const candidates =
      ids.length > 0 ? [...new Set(ids)].map((id) => named(context, id)) : all(context, input.Filters);
    const { items, nextToken } = pageOf(
      filtered(candidates, matcher(input.Filters, filters, tagsOf, context)),
      ({ VpcPeeringConnectionId: id = '' }) => id,
      input,
      `DescribeVpcPeeringConnections ${ownerOf(context)}`,
    );
    return { VpcPeeringConnections: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
});

/** Accepting and rejecting is for the account of the accepter's VPC. */
async function decide(context: ActionContext, id: string, state: 'active' | 'rejected'): Promise<Connection> {
  const { spec } = context.cloud.require('vpc-peering-connection', id);
  if (spec.accepterAccount !== context.account) {
    throw new AwsError(
      'OperationNotPermitted',
      `User ${context.account} cannot accept or reject peering ${id}`,
    );
  }
  return await context.cloud.update('vpc-peering-connection', id, { spec: { state } });
}

const refusals = { 'wrong-state': 'InvalidStateTransition' } as const;

export const acceptVpcPeeringConnection = define({
  action: 'AcceptVpcPeeringConnection',
  supports: ['VpcPeeringConnectionId'],
  refusals,
  async handle(context, { VpcPeeringConnectionId: id }) {
    if (id === undefined)
      throw new AwsError('MissingParameter', 'The request must contain the parameter vpcPeeringConnectionId');
    return { VpcPeeringConnection: present(context, await decide(context, id, 'active')) };
  },
});

export const rejectVpcPeeringConnection = define({
  action: 'RejectVpcPeeringConnection',
  supports: ['VpcPeeringConnectionId'],
  refusals,
  async handle(context, { VpcPeeringConnectionId: id }) {
    await decide(context, id, 'rejected');
    return { Return: true };
  },
});

export const deleteVpcPeeringConnection = define({
  action: 'DeleteVpcPeeringConnection',
  supports: ['VpcPeeringConnectionId'],
  async handle(context, { VpcPeeringConnectionId: id }) {
    const { cloud, departed } = context;
    const connection = cloud.require('vpc-peering-connection', id);
    const { spec, account } = connection;
    const lastSeen = { ...present(context, connection), Status: { Code: 'deleted', Message: 'Deleted' } };
    await cloud.remove('vpc-peering-connection', id);
    // Of one that never was active, the other side has seen less.
    const owners = spec.state === 'active' ? [account, spec.accepterAccount] : [context.account];
    departed.add(
      owners.map((owner) => ownerOf({ account: owner, region: context.region })),
      id,
      lastSeen,
    );
    return { Return: true };
  },
});
