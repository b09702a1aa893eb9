import {
  formatIpv4,
  formatIpv6,
  pairedAddress,
  parseCidr,
  parseIpv6Cidr,
  WeftError,
} from '../../resources/index.ts';

/** A network, and the MAC with which its addresses may be used; without one that of the interface. */
export interface AddressPair {
  readonly cidrBlock: string;
  readonly macAddress?: string;
}

/** Checks pairs for what the schema cannot say, and brings them into canonical form. */
export function checkAddressPairs(pairs: readonly AddressPair[]): AddressPair[] {
  const seen = new Set<string>();
  return pairs.map((pair, index) => {
    const field = `spec.allowedAddressPairs[${index}]`;
    const cidrBlock = canonical(pair.cidrBlock, `${field}.cidrBlock`);
    if (pair.macAddress !== undefined && Number.parseInt(pair.macAddress.slice(0, 2), 16) & 1) {
      throw new WeftError('invalid-value', `${pair.macAddress} is a group address`, {
        field: `${field}.macAddress`,
        value: pair.macAddress,
        fix: 'Use a unicast MAC: the last bit of its first byte is 0.',
      });
    }
    const key = `${cidrBlock} ${pair.macAddress ?? ''}`;
    if (seen.has(key)) {
      throw new WeftError('already-exists', `${cidrBlock} is allowed twice`, {
        field,
        value: cidrBlock,
        fix: 'Keep one of them.',
      });
    }
    seen.add(key);
    return { ...pair, cidrBlock };
  });
}

/** `10.0.0.9` is written as `10.0.0.9/32`. */
function canonical(text: string, field: string): string {
  if (text.includes(':')) {
    const { address, prefixLength } = parseIpv6Cidr(text.includes('/') ? text : `${text}/128`, field);
    return `${formatIpv6(address)}/${prefixLength}`;
  }
  const { address, prefixLength } = parseCidr(text.includes('/') ? text : `${text}/32`, field);
  return `${formatIpv4(address)}/${prefixLength}`;
}

/** The addresses that stand alone in pairs. */
export const pairedAddresses = (pairs: readonly AddressPair[] = []): ReadonlySet<string> =>
  new Set(pairs.flatMap((pair) => pairedAddress(pair) ?? []));
