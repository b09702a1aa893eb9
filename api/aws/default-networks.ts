import type { Caller, GraphController } from '@weft/controller';
import { defaultNetworkId, WeftError } from '@weft/controller/resources';
import type { Zones } from './zones.ts';

/** Gives every account its default VPC in each region where it is seen for the first time. Whose request that was stands in the audit log. */
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
    if (this.#exists(id, caller) || (await this.#make(caller, zones))) this.#seen.add(id);
  }

  /** False when the account has as many resources as it may have: it then does without, and gets its VPC later. */
  async #make(caller: Caller, zones: Zones): Promise<boolean> {
    try {
      await this.#controller.create('default-network', { spec: { zones: zones.all() } }, caller);
      return true;
    } catch (error) {
      if (error instanceof WeftError && error.code === 'quota-exceeded') return false;
      throw error;
    }
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
