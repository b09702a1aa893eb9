import type { AnyResource } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';
import { KeyedIds } from './keyed-ids.ts';

/** (VPC, private address) → interface id. Address claims make sure that a VPC has an address only once. */
export class AddressIndex implements TopologyIndex {
  readonly #ids = new KeyedIds<string>();

  get(vpcId: string, address: string): string | undefined {
    return this.#ids.get(vpcId, address);
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'network-interface') {
      this.#ids.remove(before.spec.vpcId, before.spec.privateAddress, before.id);
    }
    if (after?.kind === 'network-interface') {
      this.#ids.set(after.spec.vpcId, after.spec.privateAddress, after.id);
    }
  }

  *describe(): Iterable<string> {
    for (const [vpcId, address, id] of this.#ids) yield `address ${vpcId} ${address} = ${id}`;
  }
}
