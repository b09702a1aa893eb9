import { type NetworkInterfaceSpec, type ResourceOf, WeftError } from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';
import { assignIpv6Addresses, type WantedIpv6 } from './ipv6-addresses.ts';
import { assignPrefixes, type WantedPrefixes } from './prefixes.ts';
import type { AddressOwner } from './private-address.ts';
import { assignSecondaryAddresses, type WantedSecondary } from './secondary-addresses.ts';

/** Everything that may be asked for beside the primary address. */
export interface WantedAddresses extends WantedIpv6, WantedSecondary, WantedPrefixes {}

type AssignedAddresses = Pick<
  NetworkInterfaceSpec,
  'secondaryPrivateAddresses' | 'ipv4Prefixes' | 'ipv6Addresses' | 'ipv6Prefixes'
>;

/** AWS, "Prefix delegation": a prefix takes the place of one address that an interface may have beside the primary one. */
const most = { ipv4: 49, ipv6: 16 } as const;

function requirePlaces(family: 'ipv4' | 'ipv6', addresses: readonly string[], prefixes: readonly string[]) {
  const count = addresses.length + prefixes.length;
  if (count <= most[family]) return;
  throw new WeftError('quota-exceeded', `an interface has ${most[family]} further addresses and prefixes`, {
    field: `spec.${family}Prefixes`,
    value: count,
    fix: 'Ask for fewer, or use another interface.',
  });
}

/**
 * Gives an interface the addresses and prefixes beside its primary address; what is not asked about stays.
 *
 * @param present what it has
 */
export function assignAddresses(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  owner: AddressOwner,
  wanted: WantedAddresses,
  present: AssignedAddresses = {},
): AssignedAddresses {
  const asksIpv6 = wanted.ipv6Addresses !== undefined || wanted.ipv6AddressCount !== undefined;
  const before = present.ipv6Addresses ?? [];
  const ipv6 = asksIpv6 ? assignIpv6Addresses(draft, subnet, owner, wanted, before) : before;
  const secondary = assignSecondaryAddresses(
    draft,
    subnet,
    owner,
    wanted,
    present.secondaryPrivateAddresses ?? [],
  );
  const { ipv4Prefixes, ipv6Prefixes } = assignPrefixes(draft, subnet, owner, wanted, {
    ipv4Prefixes: present.ipv4Prefixes ?? [],
    ipv6Prefixes: present.ipv6Prefixes ?? [],
  });
  requirePlaces('ipv4', secondary, ipv4Prefixes);
  requirePlaces('ipv6', ipv6, ipv6Prefixes);
  return {
    ...(secondary.length === 0 ? {} : { secondaryPrivateAddresses: [...secondary] }),
    ...(ipv4Prefixes.length === 0 ? {} : { ipv4Prefixes: [...ipv4Prefixes] }),
    ...(ipv6.length === 0 ? {} : { ipv6Addresses: [...ipv6] }),
    ...(ipv6Prefixes.length === 0 ? {} : { ipv6Prefixes: [...ipv6Prefixes] }),
  };
}
