import { type OperationId, type Operations, operations } from './generated/operations.ts';
import type { Call } from './transport.ts';

type Part = 'parameters' | 'query' | 'headers' | 'body';

/** A part that has nothing in it, or nothing that is needed, can be left out. */
type IsOptional<Value> = Value extends undefined
  ? true
  : Record<string, never> extends Value
    ? true
    : Partial<Value> extends Value
      ? true
      : false;

type OptionalPart<O extends OperationId> = {
  [P in Part]: IsOptional<Operations[O][P]> extends true ? P : never;
}[Part];

/** What a call of an operation is given. */
export type OperationRequest<O extends OperationId> = {
  readonly [P in Exclude<Part, OptionalPart<O>>]: Operations[O][P];
} & { readonly [P in OptionalPart<O>]?: Operations[O][P] };

/** As a request is looked at when its operation is not known. */
interface AnyRequest {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request as it is sent, and how long it may wait for hosts. */
export function addressOf<O extends OperationId>(name: O, request: OperationRequest<O>) {
  const { method, path }: { readonly method: Call['method']; readonly path: string } = operations[name];
  const { parameters = {}, query = {}, headers = {}, body } = request as AnyRequest;
  const search = new URLSearchParams();
  for (const [field, value] of Object.entries(query))
    if (value !== undefined) search.set(field, String(value));
  const filled = path.replace(/\{(\w+)\}/g, (_, field) => encodeURIComponent(String(parameters[field])));
  const waitsByDefault = query.wait === 'applied' || name === 'receipt';
  const waitSeconds = typeof query.timeout === 'number' ? query.timeout : waitsByDefault ? 10 : 0;
  return { method, path: search.size > 0 ? `${filled}?${search}` : filled, body, headers, waitSeconds };
}
