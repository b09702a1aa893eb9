import { type AnyResource, pairedAddress, prefixAround } from '../../resources/index.ts';
import { Counts } from './counts.ts';
import type { TopologyIndex } from './index.ts';

/** (Subnet, address or prefix) → how many interfaces there list the address, or one of the prefix, alone in an allowed pair. */
export class SharedAddressIndex implements TopologyIndex {
  readonly #counts = new Counts();

  /** @param text an address, or a prefix such as `prefixAround` gives */
  count(subnetId: string, text: string): number {
    return this.#counts.of(subnetId).get(text) ?? 0;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    for (const [subnetId, address] of pairedAddressesOf(before)) this.#counts.add(subnetId, address, -1);
    for (const [subnetId, address] of pairedAddressesOf(after)) this.#counts.add(subnetId, address, 1);
  }

  *describe(): Iterable<string> {
    for (const [subnetId, address, count] of this.#counts) {
      yield `shared address ${subnetId} ${address} of ${count}`;
    }
  }
}

/** Each address once, also where an interface lists it with several MACs, and each prefix that has one of them. */
export function pairedAddressesOf(
  resource: AnyResource | undefined,
): (readonly [subnetId: string, address: string])[] {
  if (resource?.kind !== 'network-interface') return [];
  const { subnetId, allowedAddressPairs = [] } = resource.spec;
  const addresses = new Set(allowedAddressPairs.flatMap((pair) => pairedAddress(pair) ?? []));
  const prefixes = new Set(Array.from(addresses, (address) => prefixAround(address) as string));
  return [...addresses, ...prefixes].map((text) => [subnetId, text] as const);
}
