/** JSON Schema as plain data. */
export type Schema = { readonly [keyword: string]: unknown };

/** Points at a component schema by its name, for validation and for the OpenAPI document alike. */
export const ref = (name: string): Schema => ({ $ref: `${name}#` });

/** An object with these properties and no others. */
export const closedObject = (properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** TypeBox keeps marks on its schemas that are no JSON Schema; only the data is wanted. */
export const plain = (schema: unknown): Schema => JSON.parse(JSON.stringify(schema));
