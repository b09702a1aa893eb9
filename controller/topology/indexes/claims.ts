import { type AnyResource, ipv4PrefixSize, prefixAround } from '../../resources/index.ts';
import { Counts } from './counts.ts';
import type { TopologyIndex } from './index.ts';

/** What somebody has of a subnet's addresses. */
export interface SubnetClaims {
  /** IPv4 addresses; a prefix is sixteen. */
  readonly ipv4Addresses: number;
  readonly ipv4Prefixes: number;
  readonly ipv6Prefixes: number;
}

/** One claim of an address or prefix in a subnet. */
export interface SubnetClaim {
  readonly subnetId: string;
  readonly is: 'ipv4Address' | 'ipv4Prefix' | 'ipv6Address' | 'ipv6Prefix';
  /** The prefix, or the one that the address is in. */
  readonly prefix: string;
}

/** Reads the id of an address claim; undefined when its scope is no subnet. */
export function subnetClaim(id: string): SubnetClaim | undefined {
  if (!id.startsWith('subnet-')) return undefined;
  const end = id.indexOf('/');
  const [subnetId, text] = [id.slice(0, end), id.slice(end + 1)];
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  if (text.includes('/')) return { subnetId, is: `${family}Prefix`, prefix: text };
  return { subnetId, is: `${family}Address`, prefix: prefixAround(text) as string };
}

/** How many addresses and prefixes of each subnet are claimed, and of each prefix, by single addresses. */
export class ClaimIndex implements TopologyIndex {
  /** Subnet → sort of claim → how many. */
  readonly #sorts = new Counts();
  /** Subnet → prefix → how many single addresses inside. */
  readonly #singles = new Counts();

  of(subnetId: string): SubnetClaims {
    const sorts = this.#sorts.of(subnetId);
    const [ipv4Prefixes, ipv6Prefixes] = [sorts.get('ipv4Prefix') ?? 0, sorts.get('ipv6Prefix') ?? 0];
    const ipv4Addresses = (sorts.get('ipv4Address') ?? 0) + ipv4PrefixSize * ipv4Prefixes;
    return { ipv4Addresses, ipv4Prefixes, ipv6Prefixes };
  }

  singlesIn(subnetId: string, prefix: string): number {
    return this.#singles.of(subnetId).get(prefix) ?? 0;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    // A claim is of its address for good: only those that come and go count.
    if (before === undefined && after?.kind === 'address-claim') this.#count(after.id, 1);
    if (after === undefined && before?.kind === 'address-claim') this.#count(before.id, -1);
  }

  *describe(): Iterable<string> {
    for (const [subnetId, sort, count] of this.#sorts) yield `claims of ${subnetId}: ${count} ${sort}`;
    for (const [subnetId, prefix, count] of this.#singles)
      yield `claims of ${subnetId} in ${prefix}: ${count}`;
  }

  #count(id: string, difference: 1 | -1): void {
    const claim = subnetClaim(id);
    if (!claim) return;
    this.#sorts.add(claim.subnetId, claim.is, difference);
    if (claim.is.endsWith('Address')) this.#singles.add(claim.subnetId, claim.prefix, difference);
  }
}
