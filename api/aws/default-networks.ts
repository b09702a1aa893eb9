import type { Caller, GraphController } from '@weft/controller';
import { defaultNetworkId, WeftError } from '@weft/controller/resources';
import type { Zones } from './zones.ts';

/** Gives every account its default VPC in each region where it is seen for the first time. */
export class DefaultNetworks {
  readonly #controller: GraphController;
  /** Owners of which it is known that they have, or had, theirs. */
  readonly #seen = new Set<string>();

  constructor(controller: GraphController) {
    this.#controller = controller;
  }

  async ensure(caller: Caller, zones: Zones): Promise<void> {
    const id = defaultNetworkId(caller.account, caller.region);
    if (this.#seen.has(id)) return;
    if (!this.#exists(id, caller)) {
      await this.#controller.create('default-network', { spec: { zones: zones.all() } }, caller);
    }
    this.#seen.add(id);
  }

  #exists(id: string, caller: Caller): boolean {
    try {
      this.#controller.read('default-network', id, caller);
      return true;
    } catch (error) {
      if (error instanceof WeftError && error.code === 'not-found') return false;
      throw error;
    }
  }
}
