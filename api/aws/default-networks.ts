import type { Caller, GraphController } from '@weft/controller';
import { defaultNetworkId, WeftError } from '@weft/controller/resources';
import { awsRegions } from './regions.ts';
import { Zones } from './zones.ts';

/**
 * Gives every account its default VPC in each region where it is seen for the first time. Whose request that was stands in the
 * audit log.
 */
export class DefaultNetworks {
  readonly #controller: GraphController;
  readonly #regions: ReadonlySet<string>;
  /** Owners of which it is known that they have, or had, theirs. */
  readonly #seen = new Set<string>();

  /** @param regions that there are; default: AWS's. In others nothing is made */
  constructor(controller: GraphController, regions: readonly string[] = awsRegions) {
    this.#controller = controller;
    this.#regions = new Set(regions);
  }

  async ensure({ account, region, origin }: Pick<Caller, 'account' | 'region' | 'origin'>): Promise<void> {
    if (!this.#regions.has(region)) return;
    const id = defaultNetworkId(account, region);
    if (this.#seen.has(id)) return;
    // Not in the role of the caller: even who only reads gets it made.
    const caller = { account, region, ...(origin ? { origin } : {}) };
    if (this.#exists(id, caller) || (await this.#make(caller))) this.#seen.add(id);
  }

  /** False when the account has as many resources as it may have: it then does without, and gets its VPC later. */
  async #make(caller: Caller): Promise<boolean> {
    const zones = new Zones(this.#controller, caller.region).all();
    try {
      await this.#controller.create('default-network', { spec: { zones } }, caller);
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
