import {
  containsIpv6,
  formatIpv6,
  isReservedIpv6Address,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';
import { isAddressTaken } from './prefixes.ts';
import { type AddressOwner, isSpokenFor } from './private-address.ts';

/** What a caller asks for; with neither of the two, the subnet decides. */
export interface WantedIpv6 {
  readonly ipv6Addresses?: readonly string[];
  readonly ipv6AddressCount?: number;
}

function blockOf(subnet: ResourceOf<'subnet'>, field: string, value: unknown): string {
  if (subnet.spec.ipv6CidrBlock !== undefined) return subnet.spec.ipv6CidrBlock;
  throw new WeftError('wrong-state', `subnet ${subnet.id} has no IPv6 block`, {
    field,
    value,
    fix: 'Give the subnet one first (ipv6CidrBlock: auto).',
  });
}

/** A given address in canonical form. */
function check(subnet: ResourceOf<'subnet'>, text: string, field: string): string {
  const block = blockOf(subnet, field, text);
  const network = parseIpv6Cidr(block, field);
  const address = parseIpv6Address(text, field);
  if (containsIpv6(network, address) && !isReservedIpv6Address(network, address)) return formatIpv6(address);
  const problem = containsIpv6(network, address) ? 'is reserved in' : 'is not inside';
  throw new WeftError('address-outside', `${text} ${problem} subnet ${block}`, {
    field,
    value: text,
    fix: `Choose an address of ${block} that is not among its first four or its last one.`,
  });
}

function free(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  count: number,
  avoided: ReadonlySet<string>,
): string[] {
  const field = 'spec.ipv6AddressCount';
  const first = parseIpv6Cidr(blockOf(subnet, field, count), field).address + 4n;
  // Interfaces mostly fill a subnet from below, so start behind as many as there are. A /64 is never full.
  let next = first + BigInt(draft.view.countReferrers(subnet, 'in-subnet', 'network-interface'));
  const found: string[] = [];
  for (; found.length < count; next++) {
    const text = formatIpv6(next);
    if (!avoided.has(text) && !isSpokenFor(draft, subnet.id, text)) found.push(text);
  }
  return found;
}

function wantedAddresses(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  { ipv6Addresses, ipv6AddressCount }: WantedIpv6,
  present: readonly string[],
  avoided: ReadonlySet<string>,
): readonly string[] {
  if (ipv6Addresses && ipv6AddressCount !== undefined) {
    throw new WeftError('invalid-value', 'addresses are given, and a number of free ones is asked for', {
      field: 'spec.ipv6AddressCount',
      value: ipv6AddressCount,
      fix: 'Give either ipv6Addresses or ipv6AddressCount.',
    });
  }
  if (ipv6Addresses) {
    const addresses = ipv6Addresses.map((text, index) => check(subnet, text, `spec.ipv6Addresses[${index}]`));
    return [...new Set(addresses)];
  }
  const count = ipv6AddressCount ?? 0;
  const kept = present.slice(0, count);
  return count === kept.length ? kept : [...kept, ...free(draft, subnet, count - kept.length, avoided)];
}

/**
 * Gives an interface its IPv6 addresses, claimed for it; those that it had and that are not wanted any more are released, and
 * free when the hosts of the interface have confirmed. A number keeps the first ones.
 */
export function assignIpv6Addresses(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  owner: AddressOwner,
  wanted: WantedIpv6,
  present: readonly string[] = [],
): readonly string[] {
  const addresses = wantedAddresses(draft, subnet, wanted, present, owner.shared);
  for (const text of present) if (!addresses.includes(text)) draft.release(subnet.id, text, owner.hostIds);
  for (const [index, text] of addresses.entries()) {
    if (present.includes(text)) continue;
    if (isAddressTaken(draft, subnet.id, text)) {
      throw new WeftError('address-in-use', `${text} belongs to another interface of the subnet`, {
        field: `spec.ipv6Addresses[${index}]`,
        value: text,
        fix: 'Choose another address, or give ipv6AddressCount to get free ones.',
      });
    }
    draft.claim(subnet.id, text, owner.id);
  }
  return addresses;
}
