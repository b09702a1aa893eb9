export { WeftClient, type WeftClientOptions } from './client.ts';
export {
  ApiError,
  type ApiErrorDetails,
  type ClientErrorCode,
  clientErrorCodes,
} from './errors.ts';
export { type ApiKind, apiKinds, collections, isApiKind, paths } from './paths.ts';
export type { ClientAccess } from './transport.ts';
export type * from './types.ts';
export type { WatchOptions } from './watch.ts';
