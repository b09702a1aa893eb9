import {
  contains,
  isReservedAddress,
  parseAddress,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';
import { type AddressOwner, chooseAddress } from './private-address.ts';

/** What a caller asks for; with neither of the two, an interface keeps what it has. */
export interface WantedSecondary {
  readonly secondaryPrivateAddresses?: readonly string[];
  readonly secondaryPrivateAddressCount?: number;
}

/**
 * Gives an interface its secondary IPv4 addresses, claimed for it; those that it had and that are not wanted any more are
 * given back. A number keeps the first ones.
 */
export function assignSecondaryAddresses(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  owner: AddressOwner,
  { secondaryPrivateAddresses: wanted, secondaryPrivateAddressCount: count }: WantedSecondary,
  present: readonly string[] = [],
): readonly string[] {
  if (wanted && count !== undefined) {
    throw new WeftError('invalid-value', 'addresses are given, and a number of free ones is asked for', {
      field: 'spec.secondaryPrivateAddressCount',
      value: count,
      fix: 'Give either secondaryPrivateAddresses or secondaryPrivateAddressCount.',
    });
  }
  if (wanted === undefined && count === undefined) return present;
  const kept = wanted ? present.filter((address) => wanted.includes(address)) : present.slice(0, count);
  for (const address of present) {
    if (!kept.includes(address)) draft.release(subnet.id, address, owner.hostIds);
  }
  const addresses = wanted
    ? wanted.map((text, index) => check(subnet, text, owner.privateAddress, index))
    : [...kept];
  for (const [index, address] of addresses.entries()) {
    if (kept.includes(address)) continue;
    chooseAddress(draft, subnet, address, `spec.secondaryPrivateAddresses[${index}]`);
    draft.claim(subnet.id, address, owner.id);
  }
  while (addresses.length < (count ?? 0)) {
    const field = 'spec.secondaryPrivateAddressCount';
    const address = chooseAddress(draft, subnet, undefined, field, owner.shared);
    draft.claim(subnet.id, address, owner.id);
    addresses.push(address);
  }
  return addresses;
}

function check(subnet: ResourceOf<'subnet'>, text: string, primary: string, index: number): string {
  const field = `spec.secondaryPrivateAddresses[${index}]`;
  const network = parseCidr(subnet.spec.cidrBlock, field);
  const address = parseAddress(text, field);
  if (text !== primary && contains(network, address) && !isReservedAddress(network, address)) return text;
  throw new WeftError(
    'address-outside',
    `${text} cannot be a secondary address in ${subnet.spec.cidrBlock}`,
    {
      field,
      value: text,
      fix: `Choose an address of ${subnet.spec.cidrBlock} that is not among its first four, its last one, or the primary one.`,
    },
  );
}
