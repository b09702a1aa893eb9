import { type KindDefinition, kinds, WeftError } from '@weft/controller/resources';
import type { ApiKind } from '../contract/index.ts';
import type { Schema } from './json-schema.ts';
import { nearest } from './nearest.ts';

/** Query parameter of every read. */
export const fieldsParameter: Schema = {
  type: 'string',
  maxLength: 1000,
  description: 'only these fields, separated by commas: `id,spec.cidrBlock,tags`; without it all',
  examples: ['id,spec.cidrBlock'],
};

const envelope = [
  'kind',
  'id',
  'account',
  'region',
  'revision',
  'createdAt',
  'number',
  'tags',
  'liveness',
  'freeAddresses',
];

/** One field of an answer, `id` or `spec.cidrBlock`. */
type Path = readonly [part: string, field?: string];

/**
 * Makes the function that leaves only the asked fields of a resource. A field that this resource happens not to have is left
 * out of the answer; one that no resource of the kind can have is refused.
 *
 * @throws WeftError unknown-field
 */
export function fieldsOf(kind: ApiKind, text: string | undefined): (resource: object) => object {
  if (text === undefined) return (resource) => resource;
  const paths = text.split(',').map((name) => pathOf(kind, name.trim()));
  return (resource) => {
    const picked: Record<string, unknown> = {};
    for (const path of paths) pick(picked, resource as Record<string, unknown>, path);
    return picked;
  };
}

function pick(picked: Record<string, unknown>, resource: Record<string, unknown>, [part, field]: Path): void {
  const value = resource[part];
  if (value === undefined) return;
  if (field === undefined) {
    picked[part] = value;
    return;
  }
  const inner = (value as Record<string, unknown>)[field];
  if (inner === undefined) return;
  picked[part] = { ...(picked[part] as object | undefined), [field]: inner };
}

function pathOf(kind: ApiKind, name: string): Path {
  const [part = '', field, ...rest] = name.split('.');
  const known = knownFields(kinds[kind]);
  const wanted = field === undefined ? part : `${part}.${field}`;
  // A tag's name may have dots and is the caller's own.
  if (part === 'tags' && field !== undefined) return ['tags', [field, ...rest].join('.')];
  if (rest.length === 0 && known.includes(wanted)) return field === undefined ? [part] : [part, field];
  const guess = nearest(wanted, known);
  throw new WeftError('unknown-field', `${kind} has no field ${name}`, {
    field: 'fields',
    value: name,
    fix: `${guess ? `Did you mean ${guess}? ` : ''}Known here: ${known.join(', ')}.`,
  });
}

function knownFields(definition: KindDefinition): string[] {
  const inside = (part: 'spec' | 'status') => {
    const schema = definition[part] as { properties?: object } | undefined;
    return Object.keys(schema?.properties ?? {}).map((field) => `${part}.${field}`);
  };
  return [...envelope, 'spec', 'status', ...inside('spec'), ...inside('status')];
}
