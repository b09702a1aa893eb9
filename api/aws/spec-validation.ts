import { type KindName, kinds, WeftError } from '@weft/controller/resources';
import { Ajv, type ValidateFunction } from 'ajv';

const ajv = new Ajv({
  allErrors: false,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
});
const compiled = new Map<string, ValidateFunction>();

/**
 * Operations take only what the kind's schema allows; what actions make of their parameters has to pass it as well.
 * @throws WeftError invalid-value
 */
export function requireValidSpec(kind: KindName, use: 'create' | 'update', spec: object): void {
  const key = `${kind}/${use}`;
  const schema = kinds[kind][use];
  // A kind without schema is internal: what it takes comes from this program alone.
  if (!schema) return;
  let validate = compiled.get(key);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(key, validate);
  }
  if (validate(spec)) return;
  const [error] = validate.errors ?? [];
  const field = `spec${(error?.instancePath ?? '').replaceAll('/', '.')}`;
  throw new WeftError('invalid-value', `${field} ${error?.message ?? 'is not possible'}`, {
    field,
    value: valueAt(spec, error?.instancePath ?? ''),
  });
}

function valueAt(spec: object, path: string): unknown {
  let value: unknown = spec;
  for (const part of path.split('/').slice(1)) value = (value as Record<string, unknown> | undefined)?.[part];
  return value;
}
