import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyResource, KindName, ResourceOf } from '@weft/controller/resources';
import { Compiler } from '../../controller/compiler/index.ts';
import { features } from '../../controller/features/index.ts';
import { cookieOf } from '../../controller/southbound/messages.ts';
import { openSqliteStore } from '../../controller/store/index.ts';
import { Topology } from '../../controller/topology/index.ts';

/** What the store of a stopped controller says, compiled from nothing. */
export class StoredState {
  readonly revision: number;
  readonly resources: readonly AnyResource[];
  readonly topology = new Topology();
  readonly #compiler = new Compiler(this.topology, features);

  private constructor(snapshot: { revision: number; resources: AnyResource[] }) {
    this.revision = snapshot.revision;
    this.resources = snapshot.resources;
    this.topology.load(snapshot);
    this.#compiler.load();
  }

  /**
   * Reads a copy, so that nothing is left in the store by who looks at it.
   * @param directory the controller's state directory; nobody may write to it meanwhile
   */
  static async read(directory: string): Promise<StoredState> {
    const copy = await mkdtemp(join(tmpdir(), 'weft-chaos-'));
    try {
      await cp(directory, copy, { recursive: true });
      const store = await openSqliteStore(join(copy, 'store.sqlite'));
      try {
        return new StoredState(await store.snapshot());
      } finally {
        await store.close();
      }
    } finally {
      await rm(copy, { recursive: true });
    }
  }

  all<K extends KindName>(kind: K): ResourceOf<K>[] {
    return [...this.topology.all(kind)];
  }

  /** How many flows of each cookie a host should have, markers of its scopes included. */
  cookiesOf(hostId: string): Map<bigint, number> {
    const cookies = new Map<bigint, number>();
    for (const key of this.#compiler.scopesOfHost(hostId)) {
      const content = this.#compiler.scope(key);
      if (!content) continue;
      for (const { cookie, flowCount } of content.fragments.values()) cookies.set(cookie, flowCount);
      cookies.set(cookieOf(content.marker), 1);
    }
    return cookies;
  }
}
