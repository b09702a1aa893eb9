import { Ajv, type Options, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { Schema } from './json-schema.ts';
import { explainInvalid, type RequestPart } from './validation-errors.ts';

/**
 * Bodies are taken as they are: a number in quotes is a mistake that the caller wants to hear of. What stands in an
 * address is text by nature and is read as the schema says.
 */
const options: Options = {
  allErrors: false,
  removeAdditional: false,
  useDefaults: false,
  strict: true,
  allowUnionTypes: true,
  // Gives errors the value and the schema that they came from, for messages that name both.
  verbose: true,
  formats: { 'date-time': true },
};

/** Fastify's compiler of validators, on Ajv, with our own errors. `components` are the schemas that `$ref` may name. */
export function validatorCompiler(components: readonly Schema[]): FastifySchemaCompiler<Schema> {
  const exact = new Ajv({ ...options, schemas: [...components] });
  const fromText = new Ajv({ ...options, coerceTypes: true, schemas: [...components] });
  return ({ schema, httpPart }) => {
    const part = (httpPart ?? 'body') as RequestPart;
    const validate: ValidateFunction = (part === 'body' ? exact : fromText).compile(schema);
    return (value: unknown) =>
      validate(value) ? { value } : { error: explainInvalid(validate.errors ?? [], part) };
  };
}
