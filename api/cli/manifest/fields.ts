import type { ApiKind, OpenapiDocument } from '../../contract/index.ts';

/** Which fields of a kind's spec can be given when it is made, changed later, and read. */
export interface KindFields {
  readonly create: ReadonlySet<string>;
  readonly update: ReadonlySet<string>;
  readonly spec: ReadonlySet<string>;
}

/** The fields of a kind, as the API's own document has them. */
export function fieldsOfKind(document: OpenapiDocument, kind: ApiKind): KindFields {
  const name = kind.replace(/(^|-)(.)/g, (_whole, _dash, letter: string) => letter.toUpperCase());
  const fields = (schema: string) =>
    new Set(Object.keys(document.components.schemas[schema]?.properties ?? {}));
  return { create: fields(`${name}Create`), update: fields(`${name}Update`), spec: fields(`${name}Spec`) };
}
