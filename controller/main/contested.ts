import { compareBindings } from '../features/network-interface/context.ts';
import type { ResourceOf } from '../resources/index.ts';
import type { Logger } from '../southbound/index.ts';
import type { Commit } from '../store/index.ts';
import type { TopologyView } from '../topology/index.ts';

/**
 * Interfaces that several hosts claim. In a live migration that is right for a moment; two VMs with the same interface are a
 * mistake that somebody has to hear of. Traffic goes to the host where the machine was heard of last.
 */
export class ContestedInterfaces {
  readonly #view: TopologyView;
  readonly #logger: Logger;
  readonly #ids = new Set<string>();

  constructor(view: TopologyView, logger: Logger) {
    this.#view = view;
    this.#logger = logger;
  }

  get count(): number {
    return this.#ids.size;
  }

  /** Looks at all bindings, at the start. */
  load(): void {
    for (const { spec } of this.#view.all('binding')) this.#look(spec.networkInterfaceId);
  }

  /** Looks at the interfaces that a commit has bound or unbound; the view stands after it. */
  follow({ changes }: Commit): void {
    for (const { kind, before, after } of changes) {
      if (kind !== 'binding') continue;
      const binding = (after ?? before) as ResourceOf<'binding'>;
      this.#look(binding.spec.networkInterfaceId);
    }
  }

  #look(networkInterfaceId: string): void {
    const target = { kind: 'network-interface', id: networkInterfaceId } as const;
    if (this.#view.countReferrers(target, 'of-interface', 'binding') < 2) {
      if (this.#ids.delete(networkInterfaceId)) {
        this.#logger.info({ networkInterfaceId }, 'one host has the interface again');
      }
      return;
    }
    if (this.#ids.has(networkInterfaceId)) return;
    this.#ids.add(networkInterfaceId);
    const bindings = [...this.#view.referrers(target, 'of-interface', 'binding')];
    bindings.sort(compareBindings);
    const hosts = bindings.map(({ spec }) => spec.hostId);
    this.#logger.warn(
      { networkInterfaceId, hosts },
      'several hosts have the interface; traffic goes to the first of them. If this is no live migration, two VMs use one interface',
    );
  }
}
