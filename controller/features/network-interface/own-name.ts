import { type Flow, ipMatch, on, onRegister, parseIpAddress, parseNetwork } from '../../pipeline/index.ts';
import { contains, containsIpv6 } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { type BoundContext, macNumber } from './context.ts';

/**
 * A group stands for its interfaces by their addresses (AWS, "Security group rules": "based on the private IP addresses"),
 * whatever MAC they send with. So packets from these pass in the interface's own name: above the flows by which those of
 * its allowed pairs, and all others when the source check is off, pass as somebody else's.
 */
function inOwnName({ networkInterface }: BoundContext, address: string, macs: Iterable<string>): Flow[] {
  const source = ipMatch('src', parseNetwork(`${address}/${address.includes(':') ? 128 : 32}`));
  return Array.from(macs, (mac) => ({
    stage: 'source-guard',
    priority: 97,
    match: [
      onRegister('interfaceNumber', networkInterface.number as number),
      on('eth_src', macNumber(mac)),
      ...source,
    ],
    actions: [],
    goto: 'admit',
  }));
}

/** From the interface's own addresses, with the MACs of its pairs; with its own MAC they pass in any case. */
export function ownAddressFlows(context: BoundContext): Flow[] {
  const {
    privateAddress,
    secondaryPrivateAddresses = [],
    ipv6Addresses = [],
    macAddress,
  } = context.networkInterface.spec;
  return [privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses].flatMap((address) => {
    const macs = macsFor(context, address);
    macs.delete(macAddress);
    return inOwnName(context, address, macs);
  });
}

/** From the shared addresses that the interface holds. */
export function heldAddressFlows(view: TopologyView, context: BoundContext): Flow[] {
  const { id, spec } = context.networkInterface;
  const target = { kind: 'network-interface', id } as const;
  const addresses = Array.from(
    view.referrers(target, 'of-interface', 'held-address'),
    (held) => held.spec.address,
  );
  return addresses.sort().flatMap((address) => {
    const macs = macsFor(context, address);
    if (isUnchecked(context, address)) macs.add(spec.macAddress);
    return inOwnName(context, address, macs);
  });
}

/** Whether any source of the address's family passes with the interface's own MAC: IPv6 only of who has IPv6 addresses. */
function isUnchecked({ networkInterface: { spec } }: BoundContext, address: string): boolean {
  const { sourceDestinationCheck, ipv6Addresses = [] } = spec;
  return sourceDestinationCheck === false && (!address.includes(':') || ipv6Addresses.length > 0);
}

/** MACs that the allowed pairs of the interface let it use with an address. */
function macsFor({ networkInterface: { spec } }: BoundContext, address: string): Set<string> {
  const pairs = (spec.allowedAddressPairs ?? []).filter(({ cidrBlock }) => isIn(cidrBlock, address));
  return new Set(pairs.map(({ macAddress = spec.macAddress }) => macAddress));
}

function isIn(cidrBlock: string, text: string): boolean {
  const [network, address] = [parseNetwork(cidrBlock), parseIpAddress(text)];
  if (typeof network.address === 'bigint') {
    return typeof address === 'bigint' && containsIpv6({ ...network, address: network.address }, address);
  }
  return typeof address === 'number' && contains({ ...network, address: network.address }, address);
}
