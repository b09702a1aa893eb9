import { isDeepStrictEqual } from 'node:util';
import type { ApiKind, ApiResource } from '@weft/api/contract';
import type { AnyResource } from '@weft/controller/resources';

interface Entry {
  readonly owner: number;
  readonly resource: ApiResource<ApiKind>;
}

/** The tag that marks what clients of a run have made. */
export const chaosTag = 'chaos';

/**
 * What was acknowledged to the clients: the newest version of every resource, and which are gone. Only the client that
 * made a resource changes or removes it, so that the newest acknowledgement is the truth.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #removed = new Set<string>();

  put(owner: number, resource: ApiResource<ApiKind>): void {
    this.#entries.set(`${resource.kind}/${resource.id}`, { owner, resource });
  }

  remove({ kind, id }: { kind: ApiKind; id: string }): void {
    this.#entries.delete(`${kind}/${id}`);
    this.#removed.add(`${kind}/${id}`);
  }

  /** Everything of a kind that should be there, in the order of creation. */
  all<K extends ApiKind>(kind: K, owner?: number): ApiResource<K>[] {
    const found: ApiResource<K>[] = [];
    for (const { owner: of, resource } of this.#entries.values()) {
      if (resource.kind !== kind || (owner !== undefined && of !== owner)) continue;
      if (!this.#wentWithOthers(resource)) found.push(resource as ApiResource<K>);
    }
    return found;
  }

  get<K extends ApiKind>(kind: K, id: string): ApiResource<K> | undefined {
    return this.#entries.get(`${kind}/${id}`)?.resource as ApiResource<K> | undefined;
  }

  /** A group takes its rules with it. Seen late on purpose: acknowledgements of two clients arrive in any order. */
  #wentWithOthers(resource: ApiResource<ApiKind>): boolean {
    return (
      resource.kind === 'security-group-rule' && this.#removed.has(`security-group/${resource.spec.groupId}`)
    );
  }

  /**
   * What the newest acknowledged version must look like now: an elastic IP outlives its interface, alone.
   */
  #expectedSpec(resource: ApiResource<ApiKind>): object {
    if (resource.kind === 'elastic-ip') {
      const { networkInterfaceId, privateAddress: _with, ...rest } = resource.spec;
      return this.#removed.has(`network-interface/${networkInterfaceId}`) ? rest : resource.spec;
    }
    return resource.spec;
  }

  /** Where the stored resources are not what was acknowledged. */
  *differences(stored: readonly AnyResource[]): Generator<string> {
    const found = new Map(stored.map((resource) => [`${resource.kind}/${resource.id}`, resource]));
    for (const [key, { resource }] of this.#entries) {
      const present = found.get(key);
      if (this.#wentWithOthers(resource)) {
        if (present) yield `${key} is there although its group was deleted`;
      } else if (!present) {
        yield `${key} was acknowledged and is missing`;
      } else if (!isDeepStrictEqual(present.spec, this.#expectedSpec(resource))) {
        yield `${key} is ${JSON.stringify(present.spec)}, acknowledged was ${JSON.stringify(this.#expectedSpec(resource))}`;
      }
    }
    for (const key of this.#removed) if (found.has(key)) yield `${key} was deleted and is there`;
    for (const [key, { tags }] of found) {
      if (tags[chaosTag] !== undefined && !this.#entries.has(key))
        yield `${key} is there, and nobody made it`;
    }
  }
}
