/** What a replica holds: its rows, and the transaction as of which they are. */

import { type Uuid, zeroUuid } from '../notation/values.ts';
import { layoutSignature, type TableLayout } from './layout.ts';
import { RowStore, type StoreChange, type UpdateFormat } from './store.ts';

/** Contents or changes of the tables as a server sends them. */
export interface TableUpdates {
  /** Whether these are changes since the transaction asked for, and not the full contents. */
  readonly incremental: boolean;
  readonly format: UpdateFormat;
  readonly updates: unknown;
  /** Absent when the method does not number transactions. */
  readonly lastTransactionId: Uuid | undefined;
}

export class ReplicaContents {
  #store = new RowStore(new Map());
  /** Of the layout of the rows; `undefined` before the first load. */
  #signature: string | undefined;
  #lastTransactionId: Uuid = zeroUuid;

  get store(): RowStore {
    return this.#store;
  }

  get lastTransactionId(): Uuid {
    return this.#lastTransactionId;
  }

  get loaded(): boolean {
    return this.#signature !== undefined;
  }

  /**
   * The transaction since which changes are of use, for a request with these layouts; the zero UUID when only full
   * contents are.
   */
  since(layouts: ReadonlyMap<string, TableLayout>): Uuid {
    return layoutSignature(layouts) === this.#signature ? this.#lastTransactionId : zeroUuid;
  }

  /** The rows may not be what the server believes them to be: ask for full contents next time. */
  distrust(): void {
    this.#lastTransactionId = zeroUuid;
  }

  /**
   * Takes in the reply to a monitor request made with `since(layouts)`. Full contents replace everything; the changes
   * returned are the differences.
   *
   * @throws OvsdbError OVSDB_BAD_UPDATE or OVSDB_BAD_VALUE; nothing is changed then
   */
  load(contents: TableUpdates, layouts: ReadonlyMap<string, TableLayout>): StoreChange[] {
    if (contents.incremental && this.since(layouts) !== zeroUuid) {
      return this.update(contents);
    }
    const store = new RowStore(layouts);
    store.commit(store.plan(contents.updates, contents.format));
    const changes = store.differencesFrom(this.#store);
    this.#store = store;
    this.#signature = layoutSignature(layouts);
    this.#lastTransactionId = contents.lastTransactionId ?? zeroUuid;
    return changes;
  }

  /**
   * Takes in an update notification.
   *
   * @throws OvsdbError OVSDB_BAD_UPDATE or OVSDB_BAD_VALUE; nothing is changed then
   */
  update(update: TableUpdates): StoreChange[] {
    const changes = this.#store.plan(update.updates, update.format);
    this.#store.commit(changes);
    this.#lastTransactionId = update.lastTransactionId ?? this.#lastTransactionId;
    return changes;
  }
}
