import type { ApiKind, OpenapiDocument } from '../../contract/index.ts';
import { fieldSchemas } from '../schema.ts';

/** Which fields of a kind's spec can be given when it is made, changed later, and read. */
export interface KindFields {
  readonly create: ReadonlySet<string>;
  readonly update: ReadonlySet<string>;
  readonly spec: ReadonlySet<string>;
}

/** The fields of a kind, as the API's own document has them. */
export function fieldsOfKind(document: OpenapiDocument, kind: ApiKind): KindFields {
  const fields = (part: Parameters<typeof fieldSchemas>[2]) =>
    new Set(Object.keys(fieldSchemas(document, kind, part)));
  return { create: fields('Create'), update: fields('Update'), spec: fields('Spec') };
}
