/** OVSDB for Node.js: RFC 7047 with the extensions of Open vSwitch. */

export { OvsdbClient, type OvsdbClientEvents } from './client/client.ts';
export type { OvsdbClientOptions, ReconnectOptions, RequestOptions, TlsOptions } from './client/options.ts';
export { OvsdbError, type OvsdbErrorCode, OvsdbRemoteError, ovsdbErrors } from './errors.ts';
export {
  type AnyDatabase,
  type Atom,
  type Input,
  type InputAtom,
  type InputValue,
  isNamedUuid,
  isUuid,
  type NamedUuid,
  type Row,
  type Uuid,
  uuid,
  type Value,
  zeroUuid,
} from './notation/values.ts';
export { type OperationBuilders, ops, opsFor } from './operations/builders.ts';
export type {
  Condition,
  ConditionFunction,
  Mutation,
  MutationValue,
  Mutator,
  Operation,
  OperationResult,
  WritableRow,
} from './operations/types.ts';
export { type MonitorRequest, Replica, type ReplicaEvents, type RowChange } from './replica/replica.ts';
export { generateTypes } from './schema/generate.ts';
export type * from './schema/open-vswitch.ts';
export { parseSchema } from './schema/parse.ts';
export type {
  AtomicType,
  BaseType,
  ColumnSchema,
  ColumnShape,
  ColumnType,
  DatabaseSchema,
  TableSchema,
} from './schema/types.ts';
