import { type AnyResource, prefixAround } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';
import { KeyedIds } from './keyed-ids.ts';

/** (VPC, private or IPv6 address or prefix) → interface id. Address claims make sure that a VPC has an address only once. */
export class AddressIndex implements TopologyIndex {
  readonly #ids = new KeyedIds<string>();

  get(vpcId: string, address: string): string | undefined {
    return this.#ids.get(vpcId, address) ?? this.#ids.get(vpcId, prefixAround(address) ?? '');
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    for (const [vpcId, address, id] of addressesOf(before)) this.#ids.remove(vpcId, address, id);
    for (const [vpcId, address, id] of addressesOf(after)) this.#ids.set(vpcId, address, id);
  }

  *describe(): Iterable<string> {
    for (const [vpcId, address, id] of this.#ids) yield `address ${vpcId} ${address} = ${id}`;
  }
}

function addressesOf(resource: AnyResource | undefined): [vpcId: string, address: string, id: string][] {
  if (resource?.kind !== 'network-interface') return [];
  const { id, spec } = resource;
  const { secondaryPrivateAddresses = [], ipv4Prefixes = [], ipv6Addresses = [], ipv6Prefixes = [] } = spec;
  const own = [spec.privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses];
  return [...own, ...ipv4Prefixes, ...ipv6Prefixes].map((address) => [spec.vpcId, address, id]);
}
