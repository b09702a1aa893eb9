import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { encodeConditions } from '../operations/encode.ts';
import type { Condition } from '../operations/types.ts';
import type { ReplicaContents } from '../replica/contents.ts';
import type { TableLayout } from '../replica/layout.ts';

/**
 * The `<monitor-cond-update-requests>` for new conditions of tables.
 *
 * @param layouts of the tables that are monitored
 * @throws OvsdbError OVSDB_NO_SUCH_TABLE
 */
export function conditionRequests(
  changes: Readonly<Record<string, readonly Condition[]>>,
  layouts: ReadonlyMap<string, TableLayout> | undefined,
): Record<string, object[]> {
  const requests: Record<string, object[]> = {};
  for (const [name, where] of Object.entries(changes)) {
    const layout = layouts?.get(name);
    if (layout === undefined) {
      throw new OvsdbError('OVSDB_NO_SUCH_TABLE', `${name} is not monitored`);
    }
    requests[name] = [{ where: encodeConditions(where, layout.table) }];
  }
  return requests;
}

/** Changes of a replica's conditions, from the request to the rows that fulfil it. */
export class ConditionChanges {
  readonly #contents: ReplicaContents;
  /** Changes that the next full contents will fulfil. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();

  constructor(contents: ReplicaContents) {
    this.#contents = contents;
  }

  /**
   * Asks the server to apply new conditions to a monitor (ovsdb-server(7) section 4.1.13). The rows that come and go
   * arrive before the reply. When the connection breaks meanwhile, full contents are waited for.
   *
   * @param requests the `<monitor-cond-update-requests>`
   */
  send(
    connection: JsonRpcConnection,
    monitorId: string,
    requests: Readonly<Record<string, object[]>>,
    timeoutMs: number,
  ): Promise<void> {
    const change = Promise.withResolvers<void>();
    connection.send('monitor_cond_change', [monitorId, monitorId, requests], timeoutMs, (error) => {
      if (error === undefined) {
        change.resolve();
      } else if (error.code === 'OVSDB_CONNECTION_LOST') {
        this.#wait(change);
      } else {
        this.#contents.distrust();
        change.reject(error);
      }
    });
    return change.promise;
  }

  /** Waits for contents that are asked for with the new conditions. */
  awaitContents(): Promise<void> {
    const change = Promise.withResolvers<void>();
    this.#wait(change);
    return change.promise;
  }

  /** Contents have been loaded. */
  fulfilled(): void {
    for (const change of this.#waiting) {
      change.resolve();
    }
    this.#waiting.clear();
  }

  /** There will be no contents any more. */
  abandoned(reason: OvsdbError): void {
    for (const change of this.#waiting) {
      change.reject(reason);
    }
    this.#waiting.clear();
  }

  /** Rows that only the new conditions ask for are in no list of changes: everything must be read again. */
  #wait(change: PromiseWithResolvers<void>): void {
    this.#contents.distrust();
    this.#waiting.add(change);
  }
}
