import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';

const none: ReadonlySet<string> = new Set();

/** External network (by name) → hosts that are up and have a port to it, and all hosts that are up. */
export class GatewayHostIndex implements TopologyIndex {
  readonly #up = new Set<string>();
  readonly #byNetwork = new Map<string, Set<string>>();

  get(networkName: string | undefined): ReadonlySet<string> {
    return networkName === undefined ? this.#up : (this.#byNetwork.get(networkName) ?? none);
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'host') this.#remove(before);
    if (after?.kind === 'host' && after.status.state === 'up') this.#add(after);
  }

  *describe(): Iterable<string> {
    for (const hostId of this.#up) yield `host ${hostId} is up`;
    for (const [name, hosts] of this.#byNetwork) yield `hosts of ${name}: ${[...hosts].sort().join(' ')}`;
  }

  #add({ id, spec }: ResourceOf<'host'>): void {
    this.#up.add(id);
    for (const name of Object.keys(spec.externalPorts)) {
      const hosts = this.#byNetwork.get(name) ?? new Set();
      this.#byNetwork.set(name, hosts.add(id));
    }
  }

  #remove({ id, spec }: ResourceOf<'host'>): void {
    this.#up.delete(id);
    for (const name of Object.keys(spec.externalPorts)) {
      const hosts = this.#byNetwork.get(name);
      hosts?.delete(id);
      if (hosts?.size === 0) this.#byNetwork.delete(name);
    }
  }
}
