import { type Flow, ipMatch, on, onRegister, parseNetwork } from '../../pipeline/index.ts';
import {
  containsIpv6Network,
  containsNetwork,
  type Ipv4Network,
  type Ipv6Network,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { type BoundContext, macNumber } from './context.ts';
import { hasIpv6, ipv4NetworksOf, ipv6NetworksOf } from './own-networks.ts';

type Network = Ipv4Network | Ipv6Network;

/**
 * A group stands for its interfaces by their addresses (AWS, "Security group rules": "based on the private IP addresses"),
 * whatever MAC they send with. So packets from these pass in the interface's own name: above the flows by which those of
 * its allowed pairs, and all others when the source check is off, pass as somebody else's.
 */
function inOwnName({ networkInterface }: BoundContext, network: Network, mac: string): Flow {
  const here = onRegister('interfaceNumber', networkInterface.number as number);
  return {
    stage: 'source-guard',
    priority: 97,
    match: [here, on('eth_src', macNumber(mac)), ...ipMatch('src', network)],
    actions: [],
    goto: 'admit',
  };
}

/** From the interface's own addresses and prefixes, with the MACs of its pairs; with its own MAC they pass in any case. */
export function ownAddressFlows(context: BoundContext): Flow[] {
  const { networkInterface } = context;
  const own = [...ipv4NetworksOf(networkInterface), ...ipv6NetworksOf(networkInterface)];
  return own.flatMap((network) =>
    pairsWithin(context, network)
      .filter(({ mac }) => mac !== networkInterface.spec.macAddress)
      .map((pair) => inOwnName(context, pair.network, pair.mac)),
  );
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
    const network = parseNetwork(address);
    const macs = new Set(pairsWithin(context, network).map(({ mac }) => mac));
    if (isUnchecked(context, network)) macs.add(spec.macAddress);
    return Array.from(macs, (mac) => inOwnName(context, network, mac));
  });
}

/** Whether any source of the network's family passes with the interface's own MAC: IPv6 only of who has IPv6. */
function isUnchecked({ networkInterface }: BoundContext, { address }: Network): boolean {
  const { sourceDestinationCheck } = networkInterface.spec;
  return sourceDestinationCheck === false && (typeof address !== 'bigint' || hasIpv6(networkInterface));
}

/** What the allowed pairs of the interface let it use of a network, each once: a pair may be for a part of a prefix. */
function pairsWithin({ networkInterface: { spec } }: BoundContext, own: Network) {
  const found = new Map<string, { readonly network: Network; readonly mac: string }>();
  for (const { cidrBlock, macAddress: mac = spec.macAddress } of spec.allowedAddressPairs ?? []) {
    const pair = parseNetwork(cidrBlock);
    const network = isInside(pair, own) ? own : pair;
    if (network === pair && !isInside(own, pair)) continue;
    found.set(`${network.address}/${network.prefixLength} ${mac}`, { network, mac });
  }
  return [...found.values()];
}

function isInside(outer: Network, inner: Network): boolean {
  if (typeof outer.address === 'bigint' || typeof inner.address === 'bigint') {
    if (typeof outer.address !== typeof inner.address) return false;
    return containsIpv6Network(outer as Ipv6Network, inner as Ipv6Network);
  }
  return containsNetwork(outer as Ipv4Network, inner as Ipv4Network);
}
