import { kinds, WeftError } from '@weft/controller/resources';
import type { ErrorObject } from 'ajv';
import { schemaName } from '../contract/index.ts';
import type { Schema } from './json-schema.ts';
import { exposedKinds } from './kinds.ts';
import { nearest } from './nearest.ts';

export type RequestPart = 'body' | 'querystring' | 'params' | 'headers';

/**
 * Turns what Ajv found into the error for the caller. Without `allErrors` Ajv stops at the first mistake; several
 * objects come only from the branches of an `anyOf`, which stands last.
 */
export function explainInvalid(errors: readonly ErrorObject[], part: RequestPart): WeftError {
  const error = errors.at(-1);
  if (!error) return new WeftError('invalid-value', `the ${part} is not valid`);
  const field = fieldPath(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Schema;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(join(field, error.params.additionalProperty), error.params.additionalProperty, {
        owner: error.data,
        schema,
      });
    case 'required':
    case 'dependencies':
      return missingField(field, error.params.missingProperty, error.data, schema);
    case 'minProperties':
      return missingField(field, Object.keys(propertiesOf(schema)).join(' or '), {}, {});
  }
  if (field === '' && part === 'body') {
    return new WeftError('malformed-request', 'the body must be a JSON object', {
      fix: 'Send a JSON object with content-type application/json.',
    });
  }
  return invalidValue(field, error, schema, errors);
}

/** `/spec/routes/0/destination` (RFC 6901) → `spec.routes[0].destination` */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const propertiesOf = (schema: Schema) => (schema.properties ?? {}) as Record<string, Schema>;

function unknownField(
  field: string,
  name: string,
  { owner, schema }: { owner: unknown; schema: Schema },
): WeftError {
  const known = Object.keys(propertiesOf(schema));
  const value = (owner as Record<string, unknown>)[name];
  if (fixedFields.get(String(schema.$id))?.includes(name)) {
    return new WeftError('unknown-field', `${field} cannot be changed`, {
      field,
      value,
      fix: `Leave it out, or create another resource with it. Can be changed: ${known.join(', ') || 'only tags'}.`,
    });
  }
  const guess = nearest(name, known);
  const more = schema.patternProperties && typeof schema.description === 'string' ? [schema.description] : [];
  const list = [...known, ...more].join(', ');
  return new WeftError('unknown-field', `there is no field ${field}`, {
    field,
    value,
    fix: `${guess ? `Did you mean ${guess}? ` : ''}${list ? `Known here: ${list}.` : 'No field can be given here.'}`,
  });
}

/** Schema of a change → fields that the resource has, and that stay as they were when it was made. */
const fixedFields: ReadonlyMap<string, readonly string[]> = new Map(
  exposedKinds.map((kind) => {
    const { spec, update } = kinds[kind];
    const changeable = Object.keys((update as { properties?: object } | undefined)?.properties ?? {});
    const fields = Object.keys((spec as { properties?: object }).properties ?? {});
    return [`${schemaName(kind)}Update`, fields.filter((field) => !changeable.includes(field))];
  }),
);

/** A misspelt field makes the right one missing: then the misspelling is what the caller wants to hear of. */
function missingField(path: string, missing: string, owner: unknown, schema: Schema): WeftError {
  const known = propertiesOf(schema);
  const misspelt = Object.keys(owner as object).find(
    (name) => !Object.hasOwn(known, name) && schema.additionalProperties === false,
  );
  if (misspelt !== undefined) return unknownField(join(path, misspelt), misspelt, { owner, schema });
  const field = join(path, missing);
  const wanted = known[missing] ? describe(known[missing]) : '';
  return new WeftError('missing-field', `${field} is missing`, {
    field,
    fix: `Give ${field}${wanted ? `: ${wanted}` : ''}.`,
  });
}

function invalidValue(
  field: string,
  error: ErrorObject,
  schema: Schema,
  errors: readonly ErrorObject[],
): WeftError {
  const wanted = describe(schema) || alternatives(errors);
  return new WeftError('invalid-value', `${field} ${complaint(error, schema)}`, {
    field,
    value: error.data,
    fix: wanted ? `Give ${field} as ${wanted}.` : `Give ${field} so that it ${wish(error)}.`,
  });
}

function complaint(error: ErrorObject, schema: Schema): string {
  switch (error.keyword) {
    case 'pattern':
      return `does not have the form of: ${describe(schema) || error.params.pattern}`;
    case 'enum':
    case 'const':
    case 'anyOf':
      return 'is none of the values that are allowed';
    case 'minItems':
      return `has fewer than ${error.params.limit}`;
    case 'maxItems':
      return `has more than ${error.params.limit}`;
    default:
      return error.message ?? 'is not valid';
  }
}

function wish({ keyword, message = 'is valid', params }: ErrorObject): string {
  if (keyword === 'minItems') return `has at least ${params.limit}`;
  if (keyword === 'maxItems') return `has at most ${params.limit}`;
  return message.replace(/^must be/, 'is').replace(/^must have/, 'has');
}

/** What a value must be, in words, from the schema. Empty when the schema does not say. */
function describe(schema: Schema): string {
  const examples = Array.isArray(schema.examples) ? `, for example ${schema.examples.join(' or ')}` : '';
  if (typeof schema.description === 'string') return `${schema.description}${examples}`;
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return String(schema.const);
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((branch) => describe(branch)).join(', or ');
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) {
    return `${schema.type === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`;
  }
  if (schema.type === 'null') return 'null';
  return '';
}

function alternatives(errors: readonly ErrorObject[]): string {
  return errors
    .map((error) => describe((error.parentSchema ?? {}) as Schema))
    .filter((text) => text !== '')
    .join(', or ');
}
