import type { AnyResource } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';
import { KeyedIds } from './keyed-ids.ts';

/** (host, OpenFlow port) → binding id. A switch has one port of a number. */
export class PortIndex implements TopologyIndex {
  readonly #ids = new KeyedIds<number>();

  get(hostId: string, ofport: number): string | undefined {
    return this.#ids.get(hostId, ofport);
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'binding') this.#ids.remove(before.spec.hostId, before.spec.ofport, before.id);
    if (after?.kind === 'binding') this.#ids.set(after.spec.hostId, after.spec.ofport, after.id);
  }

  *describe(): Iterable<string> {
    for (const [hostId, ofport, id] of this.#ids) yield `port ${hostId} ${ofport} = ${id}`;
  }
}
