import { type ApiKind, type OpenapiDocument, schemaName } from '../contract/index.ts';

/** A schema of the API's document, as far as commands look into it. */
export interface FieldSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** The fields of a kind: those that it has, those that can be given when it is made, or changed later. */
export function fieldSchemas(
  document: OpenapiDocument,
  kind: ApiKind,
  part: 'Spec' | 'Create' | 'Update',
): Readonly<Record<string, FieldSchema>> {
  const schema = document.components.schemas[schemaName(kind) + part];
  return (schema?.properties ?? {}) as Readonly<Record<string, FieldSchema>>;
}

/** A schema without its `anyOf`: everything that a value may be. */
export function alternatives(schema: FieldSchema): readonly FieldSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(alternatives) : [schema];
}

/** Every text in a schema, with the path by which lists filter: `vpcId`, `routes.target`. */
export function* textFields(
  fields: Readonly<Record<string, FieldSchema>>,
  before = '',
): Iterable<readonly [path: string, schema: FieldSchema]> {
  for (const [name, field] of Object.entries(fields)) yield* textsOf(field, before + name);
}

function* textsOf(field: FieldSchema, path: string): Iterable<readonly [string, FieldSchema]> {
  for (const schema of alternatives(field)) {
    if (schema.type === 'string') yield [path, schema];
    if (schema.items) yield* textsOf(schema.items, path);
    if (schema.properties) yield* textFields(schema.properties, `${path}.`);
  }
}
