/** OVSDB for Node.js: RFC 7047 with the extensions of Open vSwitch. */

export { OvsdbClient, type OvsdbClientEvents } from './client/client.ts';
export { OvsdbLock, type OvsdbLockEvents } from './client/lock.ts';
export type {
  ConnectOptions,
  LockOptions,
  OvsdbClientOptions,
  ReconnectOptions,
  RequestOptions,
} from './client/options.ts';
export { OvsdbError, type OvsdbErrorCode, ovsdbErrors } from './errors.ts';
export type { TlsOptions } from './jsonrpc/endpoint.ts';
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
export {
  AbortedError,
  ClusterError,
  ConstraintError,
  DomainError,
  DuplicateUuidError,
  DuplicateUuidNameError,
  InputOutputError,
  isOutcomeUnknown,
  NotAllowedError,
  NotOwnerError,
  NotSupportedError,
  OvsdbOperationError,
  PermissionError,
  ReferentialIntegrityError,
  ResourcesExhaustedError,
  ResultRangeError,
  WaitTimedOutError,
} from './operations/errors.ts';
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
export { OvsdbRemoteError } from './remote-errors.ts';
export {
  type ConditionChange,
  type MonitorRequest,
  Replica,
  type ReplicaEvents,
  type RowChange,
  type RowMatch,
} from './replica/replica.ts';
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
