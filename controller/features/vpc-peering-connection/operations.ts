import {
  ipv4BlocksOf,
  overlaps,
  overlapsIpv6,
  parseCidr,
  parseIpv6Cidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

type Connection = ResourceOf<'vpc-peering-connection'>;

/** AWS's largest quota of active peering connections of a VPC. It also bounds the scopes that a host of the VPC holds. */
const activePerVpc = 125;
/** AWS's quota of requests that wait for an answer; here of one requester. */
const pendingPerVpc = 25;

/** The other VPC, which may be another account's: whoever names its account and its id may ask to peer with it. */
function accepterVpc(draft: Draft, id: string, account: string): ResourceOf<'vpc'> | undefined {
  const vpc = draft.get('vpc', id);
  if (!vpc || vpc.account !== account || vpc.region !== draft.owner.region) return undefined;
  draft.depend(vpc);
  return vpc;
}

/**
 * Why two VPCs of one account cannot be joined.
 * @throws WeftError unknown-reference, invalid-value, overlap
 */
function requireJoinable(
  requester: ResourceOf<'vpc'>,
  id: string,
  accepter: ResourceOf<'vpc'> | undefined,
): void {
  if (!accepter) {
    throw new WeftError('unknown-reference', 'spec.accepterVpcId names no VPC of the account', {
      field: 'spec.accepterVpcId',
      value: id,
      fix: "Ask the VPC's owner for its id, and give the owner's account as accepterAccount.",
    });
  }
  if (requester.id === id) {
    throw new WeftError('invalid-value', 'a VPC cannot be peered with itself', {
      field: 'spec.accepterVpcId',
      value: id,
      fix: 'Name another VPC.',
    });
  }
  requireApart(requester, accepter);
}

/** Two blocks with addresses in common, of either kind of IP. */
function overlapOf(a: ResourceOf<'vpc'>, b: ResourceOf<'vpc'>): readonly [string, string] | undefined {
  const [a6, b6] = [a.spec.ipv6CidrBlock, b.spec.ipv6CidrBlock];
  if (a6 !== undefined && b6 !== undefined) {
    if (overlapsIpv6(parseIpv6Cidr(a6, 'ipv6CidrBlock'), parseIpv6Cidr(b6, 'ipv6CidrBlock'))) return [a6, b6];
  }
  const pairs = ipv4BlocksOf(a).flatMap((one) => ipv4BlocksOf(b).map((other) => [one, other] as const));
  return pairs.find(([one, other]) => overlaps(parseCidr(one, 'cidrBlock'), parseCidr(other, 'cidrBlock')));
}

/**
 * AWS, "VPC peering limitations": no connection between VPCs with overlapping addresses. Which ones another account has is not told.
 */
function requireApart(requester: ResourceOf<'vpc'>, accepter: ResourceOf<'vpc'>): void {
  const found = overlapOf(requester, accepter);
  if (!found) return;
  const [a, b] = found;
  const what =
    requester.account === accepter.account
      ? `${b} of VPC ${accepter.id} overlaps ${a} of VPC ${requester.id}`
      : `VPC ${accepter.id} and VPC ${requester.id} have addresses in common`;
  throw new WeftError('overlap', what, {
    field: 'spec.accepterVpcId',
    value: accepter.id,
    fix: 'Only VPCs with different addresses can be peered.',
  });
}

/** One connection between two VPCs, and not too many requests of one. One that has ended counts no longer. */
function requireRoom(draft: Draft, requester: ResourceOf<'vpc'>, accepterId: string): void {
  let pending = 0;
  for (const other of draft.view.referrers(requester, 'joins', 'vpc-peering-connection')) {
    const { requesterVpcId, accepterVpcId, state } = other.spec;
    if (state !== 'pending-acceptance' && state !== 'active') continue;
    if (state === 'pending-acceptance' && requesterVpcId === requester.id) pending++;
    if (![requesterVpcId, accepterVpcId].includes(accepterId)) continue;
    throw new WeftError('already-exists', `${other.id} joins the two VPCs already`, {
      field: 'spec.accepterVpcId',
      value: accepterId,
      fix: `Use ${other.id}.`,
    });
  }
  if (pending < pendingPerVpc) return;
  throw new WeftError(
    'wrong-state',
    `${pending} requests of VPC ${requester.id} wait for an answer already`,
    {
      field: 'spec.requesterVpcId',
      value: requester.id,
      fix: 'Wait for answers, or delete requests.',
    },
  );
}

/** Requests count for who asks; only what was accepted counts for the other side, which strangers may ask at will. */
function requireRoomToJoin(draft: Draft, vpc: ResourceOf<'vpc'>): void {
  let active = 0;
  for (const { spec } of draft.view.referrers(vpc, 'joins', 'vpc-peering-connection')) {
    if (spec.state === 'active') active++;
  }
  if (active < activePerVpc) return;
  throw new WeftError('wrong-state', `VPC ${vpc.id} has ${active} active peering connections already`, {
    field: 'spec.state',
    value: 'active',
    fix: `Delete connections of VPC ${vpc.id} that are no longer needed.`,
  });
}

/** AWS, "VPC peering connection lifecycle": whoever is asked has 7 days. In ms. */
export const answerWithinMs = 7 * 24 * 3600 * 1000;

/**
 * For how long a rejected or expired connection is shown after an answer was due, in ms. AWS shows them for 2 days after they
 * have ended, and rejected ones for 2 hours to who rejected.
 */
export const shownAfterwardsMs = 2 * 24 * 3600 * 1000;

/** For how long a failed request is shown, in ms. AWS, as above: 2 hours, to who asked. */
export const failedShownMs = 2 * 3600 * 1000;

/** Ends a request that nobody has answered in time, and removes one that has ended. */
export function expire(draft: Draft, connection: ResourceOf<'vpc-peering-connection'>): void {
  const { state } = connection.spec;
  if (state === 'pending-acceptance')
    draft.update(connection, { spec: { ...connection.spec, state: 'expired' } });
  else if (state !== 'active') draft.remove(connection);
}

/**
 * AWS, "Delete a VPC peering connection": with a VPC its connections go, except for requests by other accounts, which have to be
 * rejected first.
 */
export function removeConnectionsOf(draft: Draft, vpc: ResourceOf<'vpc'>): void {
  for (const connection of [...draft.view.referrers(vpc, 'joins', 'vpc-peering-connection')]) {
    const { state, requesterVpcId } = connection.spec;
    const asksUs = state === 'pending-acceptance' && requesterVpcId !== vpc.id;
    if (asksUs && connection.account !== vpc.account) {
      throw new WeftError('in-use', `account ${connection.account} asks VPC ${vpc.id} to be peered`, {
        field: 'id',
        value: vpc.id,
        fix: `Reject ${connection.id} first.`,
      });
    }
    draft.remove(connection);
  }
}

interface Answer {
  readonly state?: 'active' | 'rejected';
}
type DnsOptions = Pick<Connection['spec'], 'requesterAllowsDns' | 'accepterAllowsDns'>;

/** The connection as the accepter's account answers it; as it is when nothing is answered. */
function answer(draft: Draft, current: Connection, state: Answer['state']): Connection {
  if (state === undefined || state === current.spec.state) return draft.update(current, {});
  const { accepterAccount, requesterVpcId, accepterVpcId } = current.spec;
  if (draft.owner.account !== accepterAccount) {
    throw new WeftError('wrong-state', `only account ${accepterAccount} accepts or rejects the connection`, {
      field: 'spec.state',
      value: state,
      fix: 'Ask the owner of the other VPC.',
    });
  }
  if (current.spec.state !== 'pending-acceptance') {
    throw new WeftError('wrong-state', `the connection is ${current.spec.state}`, {
      field: 'spec.state',
      value: state,
      fix: 'Delete it, and make a new one where that is wanted.',
    });
  }
  const [requester, accepter] = [draft.get('vpc', requesterVpcId), draft.get('vpc', accepterVpcId)];
  if (state === 'active' && requester && accepter) {
    requireApart(requester, accepter);
    requireRoomToJoin(draft, requester);
    requireRoomToJoin(draft, accepter);
    draft.depend(requester);
    draft.depend(accepter);
  }
  return draft.update(current, { spec: { ...current.spec, state } });
}

/**
 * AWS, "Enable DNS resolution for a VPC peering connection": "The peering connection must be in the active state", and each
 * side is for the owner of its VPC.
 */
function setDnsOptions(draft: Draft, current: Connection, options: DnsOptions): Connection {
  const owners = { requesterAllowsDns: current.account, accepterAllowsDns: current.spec.accepterAccount };
  for (const [option, owner] of Object.entries(owners)) {
    const value = options[option as keyof DnsOptions];
    if (value === undefined) continue;
    const field = `spec.${option}`;
    if (draft.owner.account !== owner) {
      throw new WeftError('wrong-state', `only account ${owner} says what is told of its VPC`, {
        field,
        value,
        fix: 'Ask the owner of the other VPC.',
      });
    }
    if (current.spec.state !== 'active') {
      throw new WeftError('wrong-state', `the connection is ${current.spec.state}, not active`, {
        field,
        value,
        fix: 'Set it when the connection is active.',
      });
    }
  }
  if (Object.keys(options).length === 0) return current;
  return draft.update(current, { spec: { ...current.spec, ...options } });
}

/** Peering connections: asked for by one side, accepted or rejected by the other, deleted by either. */
export const vpcPeeringConnectionOperations: Operations<'vpc-peering-connection'> = {
  kind: 'vpc-peering-connection',
  create(draft, { spec, tags }) {
    const requester = referenced(draft, 'vpc', spec.requesterVpcId as string, 'spec.requesterVpcId');
    const accepterAccount = (spec.accepterAccount as string | undefined) ?? requester.account;
    const accepterVpcId = spec.accepterVpcId as string;
    const accepter = accepterVpc(draft, accepterVpcId, accepterAccount);
    if (accepterAccount === requester.account) requireJoinable(requester, accepterVpcId, accepter);
    requireRoom(draft, requester, accepterVpcId);
    // Which VPCs another account has, and with which addresses, is not for strangers to find out: all this looks the same.
    const state = accepter && !overlapOf(requester, accepter) ? 'pending-acceptance' : 'failed';
    return draft.create('vpc-peering-connection', {
      spec: { requesterVpcId: requester.id, accepterVpcId, accepterAccount, state },
      tags,
    });
  },
  update(draft, current, { spec }) {
    const { state, ...options } = spec as Answer & DnsOptions;
    const answered = answer(draft, current, state);
    return setDnsOptions(draft, answered, options);
  },
  // AWS, "Delete a VPC peering connection": either owner can; routes to it become blackholes, rules over it stale.
  remove: (draft, connection) => draft.remove(connection),
};
