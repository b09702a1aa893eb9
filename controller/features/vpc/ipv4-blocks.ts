import {
  containsNetwork,
  type Ipv4Network,
  ipv4BlocksOf,
  namesPrefixList,
  overlaps,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';

/** AWS allows blocks from /16 to /28, for VPCs and for subnets. */
export function requireBlockSize(network: Ipv4Network, field: string, value: string): void {
  if (network.prefixLength >= 16 && network.prefixLength <= 28) return;
  throw new WeftError('invalid-value', `${field} must have a prefix length from 16 to 28`, {
    field,
    value,
    fix: 'Choose a block between /16 (65,536 addresses) and /28 (16 addresses).',
  });
}

/** Networks of RFC 6890 whose addresses mean something else to every machine; AWS refuses them, too. */
const specialBlocks = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

/** @throws WeftError invalid-value when the block has a wrong size, or addresses that machines cannot use */
export function requireOrdinaryBlock(network: Ipv4Network, field: string, value: string): void {
  requireBlockSize(network, field, value);
  const special = specialBlocks.find((block) => overlaps(network, parseCidr(block, field)));
  if (special === undefined) return;
  throw new WeftError(
    'invalid-value',
    `${value} is of ${special}, which machines cannot use among themselves`,
    {
      field,
      value,
      fix: 'Choose a block of private addresses, such as 10.0.0.0/16.',
    },
  );
}

const [net10, net172, net192] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;
const net198 = '198.19.0.0/16';
const named = [net10, net172, net192, net198];
/**
 * AWS, "IPv4 CIDR block association restrictions": what may not join a VPC whose primary block is of `of`. Blocks of none of
 * the named ranges are what AWS calls publicly routable.
 */
const restrictions: readonly { readonly of: string; readonly never: readonly string[] }[] = [
  { of: net10, never: [net172, net192, net198] },
  { of: net172, never: [net10, net192, '172.31.0.0/16', net198] },
  { of: net192, never: [net10, net172, net198] },
  { of: net198, never: [net10, net172, net192] },
];
const elsewhere = { never: named };
/** The same page: this one, whichever block of the VPC it is. */
const beside10 = { of: '10.0.0.0/15', never: '10.0.0.0/16' };

const touch = (a: string, b: string) => overlaps(parseCidr(a, 'cidrBlock'), parseCidr(b, 'cidrBlock'));

/** @throws WeftError invalid-value when AWS does not let the block join those that the VPC has, the primary one first */
function requirePermitted(present: readonly string[], block: string, field: string): void {
  const [primary = ''] = present;
  const { never } = restrictions.find(({ of }) => touch(of, primary)) ?? elsewhere;
  const isBeside10 = present.some((each) => touch(beside10.of, each));
  const range = [...never, ...(isBeside10 ? [beside10.never] : [])].find((each) => touch(each, block));
  if (range === undefined) return;
  throw new WeftError('invalid-value', `a VPC with ${present.join(', ')} cannot have a block of ${range}`, {
    field,
    value: block,
    fix: 'Choose a block of the same private range as the primary one, or of 100.64.0.0/10.',
  });
}

function requireApart(block: string, other: string, whose: string, field: string): void {
  if (!touch(block, other)) return;
  throw new WeftError('overlap', `${block} overlaps ${other} ${whose}`, {
    field,
    value: block,
    fix: 'Choose a block that overlaps no other one.',
  });
}

/**
 * AWS, "VPC CIDR blocks": a new block "must not be the same or larger than a destination CIDR range in a route in any of the
 * VPC route tables": what leads elsewhere today would become local. Routes by prefix lists go on standing behind it.
 */
function requireNoRouteInto(draft: Draft, vpc: ResourceOf<'vpc'>, block: string, field: string): void {
  const network = parseCidr(block, field);
  for (const table of draft.view.referrers(vpc, 'in-vpc', 'route-table')) {
    for (const { destination } of table.spec.routes) {
      if (destination === undefined || namesPrefixList(destination)) continue;
      if (!containsNetwork(network, parseCidr(destination, field))) continue;
      throw new WeftError('already-exists', `route table ${table.id} has a route to ${destination}`, {
        field,
        value: block,
        fix: 'Remove that route first: the block becomes local.',
      });
    }
  }
}

/**
 * The VPCs that a VPC is peered with, or may soon be within its account. What another account has is not looked at before it has
 * accepted, and then both are looked at again.
 */
export function* peersOf(draft: Draft, vpc: ResourceOf<'vpc'>): Iterable<ResourceOf<'vpc'>> {
  for (const connection of draft.view.referrers(vpc, 'joins', 'vpc-peering-connection')) {
    const { requesterVpcId, accepterVpcId, state } = connection.spec;
    const peer = draft.get('vpc', requesterVpcId === vpc.id ? accepterVpcId : requesterVpcId);
    const isOwn = peer?.account === vpc.account;
    if (peer && (state === 'active' || (state === 'pending-acceptance' && isOwn))) yield peer;
  }
}

/** AWS, "VPC CIDR blocks": none that overlaps a block of a peer. The commit depends on the peers' staying as they are. */
function requireApartFromPeers(draft: Draft, vpc: ResourceOf<'vpc'>, block: string, field: string): void {
  for (const peer of peersOf(draft, vpc)) {
    for (const other of ipv4BlocksOf(peer)) requireApart(block, other, `of its peer ${peer.id}`, field);
    draft.depend(peer);
  }
}

/** @throws WeftError in-use while a subnet is in the block */
function requireUnused(draft: Draft, vpc: ResourceOf<'vpc'>, block: string, field: string): void {
  const network = parseCidr(block, field);
  for (const { id, spec } of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
    if (!containsNetwork(network, parseCidr(spec.cidrBlock, field))) continue;
    throw new WeftError('in-use', `subnet ${id} has ${spec.cidrBlock} of ${block}`, {
      field,
      value: block,
      fix: 'Delete the subnets of the block first.',
    });
  }
}

const fieldOf = (index: number) => `spec.secondaryCidrBlocks[${index}]`;

/** Checks blocks beside each other: sizes, ranges, overlaps. */
export function requireCompatible(primary: string, secondary: readonly string[]): void {
  for (const [index, block] of secondary.entries()) {
    requireOrdinaryBlock(parseCidr(block, fieldOf(index)), fieldOf(index), block);
    const present = [primary, ...secondary.slice(0, index)];
    for (const other of present) requireApart(block, other, 'of the VPC', fieldOf(index));
    requirePermitted(present, block, fieldOf(index));
  }
}

/** Gives a VPC the wanted secondary blocks in place of those that it has. */
export function changeSecondaryBlocks(
  draft: Draft,
  vpc: ResourceOf<'vpc'>,
  wanted: readonly string[],
): ResourceOf<'vpc'> {
  const { secondaryCidrBlocks: present = [], ...rest } = vpc.spec;
  for (const block of present) {
    if (!wanted.includes(block)) requireUnused(draft, vpc, block, 'spec.secondaryCidrBlocks');
  }
  requireCompatible(rest.cidrBlock, wanted);
  for (const [index, block] of wanted.entries()) {
    if (present.includes(block)) continue;
    requireNoRouteInto(draft, vpc, block, fieldOf(index));
    requireApartFromPeers(draft, vpc, block, fieldOf(index));
  }
  const blocks = wanted.length > 0 ? { secondaryCidrBlocks: [...wanted] } : {};
  return draft.update(vpc, { spec: { ...rest, ...blocks } });
}
