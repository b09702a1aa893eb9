import {
  contains,
  containsIpv6,
  formatCidr,
  formatIpv6Cidr,
  type Ipv4Network,
  type Ipv6Network,
  isReservedAddress,
  isReservedIpv6Address,
  lastAddress,
  lastIpv6Address,
  parseCidr,
  parseIpv6Cidr,
  prefixAround,
  prefixLengths,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';

/** What a caller asks for; with neither of the two of a family, an interface keeps what it has. */
export interface WantedPrefixes {
  readonly ipv4Prefixes?: readonly string[];
  readonly ipv4PrefixCount?: number;
  readonly ipv6Prefixes?: readonly string[];
  readonly ipv6PrefixCount?: number;
}

/** The prefixes of an interface. */
interface Prefixes {
  readonly ipv4Prefixes: readonly string[];
  readonly ipv6Prefixes: readonly string[];
}

/** The interface, the hosts that may have flows for what it loses, and what it shares with others. */
interface PrefixOwner {
  readonly id: string;
  readonly hostIds: readonly string[];
  readonly shared: ReadonlySet<string>;
}

type Family = 'ipv4' | 'ipv6';
type Subnet = ResourceOf<'subnet'>;

/** Who has an address as one of a prefix; undefined when nobody has. */
export function prefixClaimAround(draft: Draft, subnetId: string, address: string) {
  const prefix = prefixAround(address);
  return prefix === undefined ? undefined : draft.get('address-claim', `${subnetId}/${prefix}`);
}

/** Whether an address of a subnet is taken, alone or in a prefix. */
export function isAddressTaken(draft: Draft, subnetId: string, address: string): boolean {
  return draft.isClaimed(subnetId, address) || prefixClaimAround(draft, subnetId, address) !== undefined;
}

function blockOf(subnet: Subnet, family: Family, field: string, value: unknown): string {
  if (family === 'ipv4') return subnet.spec.cidrBlock;
  if (subnet.spec.ipv6CidrBlock !== undefined) return subnet.spec.ipv6CidrBlock;
  throw new WeftError('wrong-state', `subnet ${subnet.id} has no IPv6 block`, {
    field,
    value,
    fix: 'Give the subnet one first (ipv6CidrBlock: auto).',
  });
}

/** A prefix in canonical form, when it is one and all of it is for interfaces. */
function check(subnet: Subnet, family: Family, text: string, field: string): string {
  const block = blockOf(subnet, family, field, text);
  const prefix = family === 'ipv4' ? parseCidr(text, field) : parseIpv6Cidr(text, field);
  const length = prefixLengths[family];
  if (prefix.prefixLength !== length) {
    throw new WeftError('invalid-value', `${text} is no /${length}`, {
      field,
      value: text,
      fix: `Prefixes of interfaces are /${length} blocks of ${block}.`,
    });
  }
  if (isUsable(block, prefix)) {
    return typeof prefix.address === 'bigint'
      ? formatIpv6Cidr(prefix as Ipv6Network)
      : formatCidr(prefix as Ipv4Network);
  }
  throw new WeftError(
    'address-outside',
    `${text} is not inside ${block}, or touches what is reserved there`,
    {
      field,
      value: text,
      fix: `Choose a /${length} of ${block} without its first four addresses and its last one, or ask for a number of free ones.`,
    },
  );
}

/** Whether a prefix is inside of a subnet's block and has none of its reserved addresses, which are at both ends. */
function isUsable(block: string, prefix: Ipv4Network | Ipv6Network): boolean {
  if (typeof prefix.address === 'bigint') {
    const [outer, inner] = [parseIpv6Cidr(block, 'ipv6CidrBlock'), prefix as Ipv6Network];
    const ends = [inner.address, lastIpv6Address(inner)];
    return ends.every((end) => containsIpv6(outer, end) && !isReservedIpv6Address(outer, end));
  }
  const [outer, inner] = [parseCidr(block, 'cidrBlock'), prefix as Ipv4Network];
  const ends = [inner.address, lastAddress(inner)];
  return ends.every((end) => contains(outer, end) && !isReservedAddress(outer, end));
}

/** Takes a prefix of which nobody has anything. */
function claim(draft: Draft, subnet: Subnet, prefix: string, ownerId: string): boolean {
  if (draft.isClaimed(subnet.id, prefix) || draft.view.singleClaims(subnet.id, prefix) > 0) return false;
  draft.claim(subnet.id, prefix, ownerId);
  return true;
}

/**
 * The prefixes that a subnet could give, those first that are likely to be free. Of IPv4 they come from above, since single
 * addresses fill a subnet from below.
 */
function* candidates(draft: Draft, subnet: Subnet, family: Family, block: string): Generator<string> {
  const { ipv4Prefixes, ipv6Prefixes } = draft.view.claims(subnet.id);
  if (family === 'ipv4') {
    const { address, prefixLength } = parseCidr(block, 'cidrBlock');
    const count = 2 ** Math.max(0, prefixLengths.ipv4 - prefixLength);
    for (let step = 0; step < count; step++) {
      const index = count - 1 - ((1 + ipv4Prefixes + step) % count);
      const prefix = { address: address + index * 16, prefixLength: prefixLengths.ipv4 };
      if (isUsable(block, prefix)) yield formatCidr(prefix);
    }
    return;
  }
  const { address, prefixLength } = parseIpv6Cidr(block, 'ipv6CidrBlock');
  const count = 2 ** (prefixLengths.ipv6 - prefixLength);
  for (let step = 0; step < count; step++) {
    const index = BigInt((1 + ipv6Prefixes + step) % count);
    const prefix = { address: address + (index << 48n), prefixLength: prefixLengths.ipv6 };
    if (isUsable(block, prefix)) yield formatIpv6Cidr(prefix);
  }
}

/** Nobody is given an address without asking for it that interfaces share: they would not receive it any more. */
function claimFree(draft: Draft, subnet: Subnet, family: Family, wanted: number, owner: PrefixOwner): string {
  const field = `spec.${family}PrefixCount`;
  const block = blockOf(subnet, family, field, wanted);
  const avoided = new Set(Array.from(owner.shared, prefixAround));
  for (const prefix of candidates(draft, subnet, family, block)) {
    if (avoided.has(prefix) || draft.view.countSharing(subnet.id, prefix) > 0) continue;
    if (claim(draft, subnet, prefix, owner.id)) return prefix;
  }
  throw new WeftError('no-free-address', `${block} has no free /${prefixLengths[family]}`, {
    field,
    value: wanted,
    fix: 'Use another subnet, or delete interfaces that have addresses in between.',
  });
}

/** One family's prefixes of an interface: see `assignPrefixes`. */
function assignFamily(
  draft: Draft,
  subnet: Subnet,
  family: Family,
  owner: PrefixOwner,
  { wanted, count, present }: { wanted?: readonly string[]; count?: number; present: readonly string[] },
): readonly string[] {
  if (wanted && count !== undefined) {
    throw new WeftError('invalid-value', 'prefixes are given, and a number of free ones is asked for', {
      field: `spec.${family}PrefixCount`,
      value: count,
      fix: `Give either ${family}Prefixes or ${family}PrefixCount.`,
    });
  }
  if (wanted === undefined && count === undefined) return present;
  const at = (index: number) => `spec.${family}Prefixes[${index}]`;
  const checked = wanted?.map((text, index) => check(subnet, family, text, at(index)));
  const given = checked && [...new Set(checked)];
  const kept = given ? present.filter((prefix) => given.includes(prefix)) : present.slice(0, count);
  for (const prefix of present) {
    if (!kept.includes(prefix)) draft.release(subnet.id, prefix, owner.hostIds);
  }
  for (const [index, prefix] of (given ?? []).entries()) {
    if (kept.includes(prefix) || claim(draft, subnet, prefix, owner.id)) continue;
    throw new WeftError('address-in-use', `an address of ${prefix} belongs to somebody of the subnet`, {
      field: at(index),
      value: prefix,
      fix: `Choose another prefix, or give ${family}PrefixCount to get a free one.`,
    });
  }
  if (given) return given;
  const prefixes = [...kept];
  while (prefixes.length < (count ?? 0)) {
    prefixes.push(claimFree(draft, subnet, family, count ?? 0, owner));
  }
  return prefixes;
}

/**
 * Gives an interface its prefixes, claimed for it as its addresses are; those that it had and that are not wanted any more
 * are given back. A number keeps the first ones.
 *
 * @throws WeftError invalid-value, address-outside, address-in-use, no-free-address; wrong-state without an IPv6 block
 */
export function assignPrefixes(
  draft: Draft,
  subnet: Subnet,
  owner: PrefixOwner,
  wanted: WantedPrefixes,
  present: Prefixes,
): Prefixes {
  const family = (name: Family) =>
    assignFamily(draft, subnet, name, owner, {
      ...(wanted[`${name}Prefixes`] && { wanted: wanted[`${name}Prefixes`] as readonly string[] }),
      ...(wanted[`${name}PrefixCount`] !== undefined && { count: wanted[`${name}PrefixCount`] as number }),
      present: present[`${name}Prefixes`],
    });
  return { ipv4Prefixes: family('ipv4'), ipv6Prefixes: family('ipv6') };
}
