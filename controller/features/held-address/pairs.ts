import {
  contains,
  containsIpv6,
  isReservedAddress,
  isReservedIpv6Address,
  pairedAddress,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
  prefixAround,
  type ResourceOf,
} from '../../resources/index.ts';

/** One address that an interface may receive when it announces it. */
export interface SharedAddress {
  readonly address: string;
  readonly macAddress: string;
}

/** Allowed pairs of one address which is not the interface's own. Pairs of a larger network are for sending only. */
export function singleAddresses({ spec }: ResourceOf<'network-interface'>): SharedAddress[] {
  const {
    allowedAddressPairs = [],
    privateAddress,
    secondaryPrivateAddresses = [],
    ipv6Addresses = [],
    ipv4Prefixes = [],
    ipv6Prefixes = [],
  } = spec;
  const addresses = [privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses];
  const own = new Set([...addresses, ...ipv4Prefixes, ...ipv6Prefixes]);
  return allowedAddressPairs.flatMap(({ cidrBlock, macAddress = spec.macAddress }) => {
    const address = pairedAddress({ cidrBlock });
    if (address === undefined || own.has(address) || own.has(prefixAround(address) as string)) return [];
    return [{ address, macAddress }];
  });
}

/** Those of them that an interface receives when it announces them: addresses that its subnet gives to machines. */
export function sharedAddresses(
  networkInterface: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
): SharedAddress[] {
  return singleAddresses(networkInterface).filter(({ address }) => isOfSubnet(address, subnet));
}

function isOfSubnet(text: string, { spec }: ResourceOf<'subnet'>): boolean {
  if (!text.includes(':')) {
    const network = parseCidr(spec.cidrBlock, 'cidrBlock');
    const address = parseAddress(text, 'address');
    return contains(network, address) && !isReservedAddress(network, address);
  }
  if (spec.ipv6CidrBlock === undefined) return false;
  const network = parseIpv6Cidr(spec.ipv6CidrBlock, 'ipv6CidrBlock');
  const address = parseIpv6Address(text, 'address');
  return containsIpv6(network, address) && !isReservedIpv6Address(network, address);
}
