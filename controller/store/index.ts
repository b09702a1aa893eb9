export type * from './audit.ts';
export { defaultAuditRetention } from './audit.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite.ts';
export {
  type Change,
  type Commit,
  type Condition,
  type Store,
  StoreCompacted,
  StoreConflict,
  type Transaction,
  type Watch,
} from './store.ts';
