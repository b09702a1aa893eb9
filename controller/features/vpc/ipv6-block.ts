import {
  containsIpv6Network,
  formatIpv6Cidr,
  type Ipv6Network,
  overlapsIpv6,
  parseIpv6Cidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { allowIpv6ByDefault } from '../network-acl/operations.ts';
import type { Draft } from '../operations/draft.ts';
import { addRule } from '../security-group/operations.ts';
import { peersOf } from './ipv4-blocks.ts';

const field = 'spec.ipv6CidrBlock';
/** AWS gives every VPC a /56, and every subnet a /64 of it. */
const vpcPrefixLength = 56;

/** Networks whose addresses mean something else to every machine (RFC 6890); 64:ff9b::/32 is for translators (RFC 6052, RFC 8215), fd00:ec2::/32 for services of the cloud. */
const specialBlocks = ['::/8', '64:ff9b::/32', 'fd00:ec2::/32', 'fe80::/10', 'fec0::/10', 'ff00::/8'].map(
  (text) => parseIpv6Cidr(text, field),
);

/** The external network whose addresses on the link include the block: interfaces with them can be public. */
function networkOfBlock(draft: Draft, block: Ipv6Network): ResourceOf<'external-network'> | undefined {
  for (const network of draft.view.all('external-network')) {
    const { ipv6CidrBlock } = network.spec;
    if (ipv6CidrBlock && overlapsIpv6(parseIpv6Cidr(ipv6CidrBlock, field), block)) return network;
  }
  return undefined;
}

function parseBlock(text: string): Ipv6Network {
  const block = parseIpv6Cidr(text, field);
  const special = specialBlocks.find((network) => overlapsIpv6(network, block));
  if (block.prefixLength === vpcPrefixLength && !special) return block;
  throw new WeftError(
    'invalid-value',
    special ? `${text} is of ${formatIpv6Cidr(special)}, which is not for VPCs` : `${field} must be a /56`,
    { field, value: text, fix: 'Choose a /56 of global or unique local addresses, or auto.' },
  );
}

/** The first /56 of an external network is its own: its router is there. */
function firstBlock(network: ResourceOf<'external-network'>): Ipv6Network {
  const { address } = parseIpv6Cidr(network.spec.ipv6CidrBlock as string, field);
  return { address, prefixLength: vpcPrefixLength };
}

function takeGiven(draft: Draft, vpcId: string, text: string): string {
  const block = parseBlock(text);
  const canonical = formatIpv6Cidr(block);
  const network = networkOfBlock(draft, block);
  if (!network) return canonical;
  draft.depend(network);
  if (block.address === firstBlock(network).address) {
    throw new WeftError('address-in-use', `${canonical} is external network ${network.spec.name}'s own`, {
      field,
      value: text,
      fix: 'Choose another /56 of it, or auto.',
    });
  }
  if (draft.isClaimed(network.id, canonical)) {
    throw new WeftError('address-in-use', `${canonical} belongs to another VPC`, {
      field,
      value: text,
      fix: 'Choose another block, or auto.',
    });
  }
  draft.claim(network.id, canonical, vpcId);
  return canonical;
}

function takeFree(draft: Draft, vpcId: string): string {
  // VPCs mostly fill a network from below, so start behind as many as there are and come round once.
  const taken = BigInt(draft.view.count('vpc'));
  for (const network of draft.view.all('external-network')) {
    if (network.spec.ipv6CidrBlock === undefined) continue;
    const { address, prefixLength } = parseIpv6Cidr(network.spec.ipv6CidrBlock, field);
    const count = (1n << BigInt(vpcPrefixLength - prefixLength)) - 1n;
    for (let step = 0n; step < count; step++) {
      const position = 1n + ((taken + step) % count);
      const block = { address: address + (position << 72n), prefixLength: vpcPrefixLength };
      const text = formatIpv6Cidr(block);
      if (draft.isClaimed(network.id, text)) continue;
      draft.depend(network);
      draft.claim(network.id, text, vpcId);
      return text;
    }
  }
  throw new WeftError('no-free-address', 'no external network has a free IPv6 block', {
    field,
    value: 'auto',
    fix: 'Give a /56, or let the operator give an external network an ipv6CidrBlock.',
  });
}

/** Reserves the IPv6 block of a VPC: the given one, or a free one. @returns it in canonical form */
export function takeIpv6Block(draft: Draft, vpcId: string, wanted: string): string {
  return wanted === 'auto' ? takeFree(draft, vpcId) : takeGiven(draft, vpcId, wanted);
}

export function releaseIpv6Block(draft: Draft, { spec }: ResourceOf<'vpc'>): void {
  if (spec.ipv6CidrBlock === undefined) return;
  const network = networkOfBlock(draft, parseIpv6Cidr(spec.ipv6CidrBlock, field));
  if (network) draft.release(network.id, spec.ipv6CidrBlock);
}

/** AWS, "VPC peering limitations": peered VPCs have no IPv6 addresses in common either. */
function requireApartFromPeers(draft: Draft, vpc: ResourceOf<'vpc'>, block: string): void {
  for (const peer of peersOf(draft, vpc)) {
    draft.depend(peer);
    const { ipv6CidrBlock } = peer.spec;
    if (!ipv6CidrBlock || !overlapsIpv6(parseIpv6Cidr(block, field), parseIpv6Cidr(ipv6CidrBlock, field)))
      continue;
    throw new WeftError('overlap', `${block} overlaps ${ipv6CidrBlock} of its peer ${peer.id}`, {
      field,
      value: block,
      fix: 'Choose a block that overlaps none of a peer, or delete the peering connection.',
    });
  }
}

/** The local route that comes with the block must not be there as another one. */
function refuseRouteToBlock(draft: Draft, vpc: ResourceOf<'vpc'>, block: string): void {
  for (const table of draft.view.referrers(vpc, 'in-vpc', 'route-table')) {
    if (!table.spec.routes.some(({ destinationIpv6 }) => destinationIpv6 === block)) continue;
    throw new WeftError('already-exists', `route table ${table.id} has a route to ${block}`, {
      field,
      value: block,
      fix: 'Remove that route first: the block becomes local.',
    });
  }
}

/**
 * Gives a VPC its IPv6 block or takes it away. As in AWS, the default group then lets IPv6 out, too, and the default
 * network ACL lets it pass, unless somebody has changed them.
 */
export function changeIpv6Block(
  draft: Draft,
  vpc: ResourceOf<'vpc'>,
  wanted: string | null,
): ResourceOf<'vpc'> {
  const { ipv6CidrBlock, ...rest } = vpc.spec;
  if (wanted === null) {
    for (const subnet of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
      if (subnet.spec.ipv6CidrBlock === undefined) continue;
      throw new WeftError('in-use', `subnet ${subnet.id} has ${subnet.spec.ipv6CidrBlock}`, {
        field,
        value: wanted,
        fix: 'Take the IPv6 blocks of the subnets away first (ipv6CidrBlock: null).',
      });
    }
    releaseIpv6Block(draft, vpc);
    return draft.update(vpc, { spec: rest });
  }
  if (ipv6CidrBlock !== undefined) {
    if (wanted === 'auto' || formatIpv6Cidr(parseIpv6Cidr(wanted, field)) === ipv6CidrBlock)
      return draft.update(vpc, {});
    throw new WeftError('wrong-state', `the VPC has ${ipv6CidrBlock}`, {
      field,
      value: wanted,
      fix: 'Take that one away first (ipv6CidrBlock: null).',
    });
  }
  const block = takeIpv6Block(draft, vpc.id, wanted);
  refuseRouteToBlock(draft, vpc, block);
  requireApartFromPeers(draft, vpc, block);
  letOut(draft, vpc);
  allowIpv6ByDefault(draft, vpc.spec.defaultNetworkAclId);
  return draft.update(vpc, { spec: { ...rest, ipv6CidrBlock: block } });
}

function letOut(draft: Draft, { id, spec }: ResourceOf<'vpc'>): void {
  const group = { kind: 'security-group', id: spec.defaultSecurityGroupId } as const;
  const rules = [...draft.view.referrers(group, 'of-group', 'security-group-rule')].map(({ spec }) => spec);
  const egress = rules.filter(({ direction }) => direction === 'egress');
  const [only] = egress;
  if (egress.length !== 1 || only?.protocol !== 'all' || only.cidrIpv4 !== '0.0.0.0/0') return;
  addRule(draft, id, { groupId: group.id, direction: 'egress', protocol: 'all', cidrIpv6: '::/0' });
}

/** @throws WeftError overlap when VPCs or other external networks have addresses of the block */
export function requireFreeOfVpcs(draft: Draft, text: string, exceptNetworkId?: string): void {
  const block = parseIpv6Cidr(text, field);
  const others = [...draft.view.all('external-network')].filter(({ id }) => id !== exceptNetworkId);
  for (const { kind, id, spec } of [...others, ...draft.view.all('vpc')]) {
    if (!spec.ipv6CidrBlock || !overlapsIpv6(block, parseIpv6Cidr(spec.ipv6CidrBlock, field))) continue;
    throw new WeftError('overlap', `${text} overlaps ${spec.ipv6CidrBlock} of ${kind} ${id}`, {
      field,
      value: text,
      fix: 'Choose another block, or take that one away first.',
    });
  }
}

/** True when packets with addresses of the VPC may leave to the network and be answered there. */
export function isPublicOn(network: ResourceOf<'external-network'>, vpc: ResourceOf<'vpc'>): boolean {
  const [outer, inner] = [network.spec.ipv6CidrBlock, vpc.spec.ipv6CidrBlock];
  return (
    outer !== undefined &&
    inner !== undefined &&
    containsIpv6Network(parseIpv6Cidr(outer, field), parseIpv6Cidr(inner, field))
  );
}
