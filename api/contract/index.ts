export { WeftClient, type WeftClientOptions } from './client.ts';
export {
  ApiError,
  type ApiErrorDetails,
  type ClientErrorCode,
  clientErrorCodes,
} from './errors.ts';
export { matchesFilter, meansAbsence } from './filter.ts';
export type { OperationId, Operations, Schemas } from './generated/operations.ts';
export type { OperationRequest } from './operation.ts';
export { type ApiKind, apiKinds, collections, isApiKind, paths, schemaName } from './paths.ts';
export { escaped, mapTexts, parseReference, unescaped, valueAt } from './references.ts';
export type { ClientAccess } from './transport.ts';
export type * from './types.ts';
export type { WatchOptions } from './watch.ts';
