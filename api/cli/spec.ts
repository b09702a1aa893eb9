import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ApiKind, WeftClient } from '../contract/index.ts';
import { CliError } from './errors.ts';
import { kindOfPattern } from './kinds.ts';
import { resolveId } from './names.ts';
import { alternatives, type FieldSchema, fieldSchemas } from './schema.ts';

/** Fields of the API that a command has no flag of its own for. */
export interface SpecOptions {
  readonly spec?: readonly (readonly [field: string, value: string])[];
  readonly specFile?: string;
}

/** Adds `--spec` and `--spec-file`, by which every field of the API can be given. */
export function specifiable(command: Command): Command {
  return command
    .option('--spec <field=value>', 'any field of the spec, as in the REST API; repeatable', specOption)
    .option('--spec-file <path>', 'fields of the spec in YAML or JSON');
}

function specOption(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] {
  const [, field, value] = /^([A-Za-z][A-Za-z0-9]{0,62})=(.*)$/s.exec(text) ?? [];
  if (field !== undefined && value !== undefined) return [...before, [field, value]];
  throw new CliError('usage', 'this is no field with a value', {
    field: '--spec',
    value: text,
    fix: 'Give it as FIELD=VALUE, for example description=web.',
  });
}

/**
 * The fields that `--spec` and `--spec-file` give; `--spec` wins. Where the API wants the id of a resource, its name
 * will do. Lists are given as YAML (`[a, b]`) or separated by commas.
 * @throws CliError usage, when the file cannot be read or is no mapping; whatever the API refuses is its own to say
 */
export async function readSpec(
  client: WeftClient,
  kind: ApiKind,
  part: 'Create' | 'Update',
  { spec = [], specFile }: SpecOptions,
): Promise<Record<string, unknown>> {
  if (spec.length === 0 && specFile === undefined) return {};
  const schemas = fieldSchemas(await client.openapi(), kind, part);
  const { parse } = await import('yaml');
  const fields = specFile === undefined ? {} : await readSpecFile(specFile, parse);
  for (const [field, text] of spec) fields[field] = valueFrom(text, schemas[field], parse);
  for (const [field, value] of Object.entries(fields)) {
    const schema = schemas[field];
    if (schema) fields[field] = await withIds(client, value, schema);
  }
  return fields;
}

async function readSpecFile(
  path: string,
  parse: (text: string) => unknown,
): Promise<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CliError('usage', `the fields cannot be read: ${(cause as Error).message}`, {
      field: '--spec-file',
      value: path,
      fix: 'Give the path of a file in YAML or JSON.',
      cause,
    });
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  throw new CliError('usage', 'the file holds no fields', {
    field: '--spec-file',
    value: path,
    fix: 'Write a mapping of fields to values, for example cidrBlock: 10.0.0.0/16.',
  });
}

/** Texts stay texts where the API wants text, even `80` and `true`; everything else is read as YAML. */
function valueFrom(text: string, schema: FieldSchema | undefined, parse: (text: string) => unknown): unknown {
  const forms = schema ? alternatives(schema).map(({ type }) => type) : [];
  if (text === 'null' && forms.includes('null')) return null;
  if (forms.length > 0 && forms.every((form) => form === 'string' || form === 'null')) return text;
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    value = text; // the API says what it wants instead
  }
  return forms.includes('array') && typeof value === 'string' ? value.split(',') : value;
}

async function withIds(client: WeftClient, value: unknown, schema: FieldSchema): Promise<unknown> {
  const forms = alternatives(schema);
  if (Array.isArray(value)) {
    const items = forms.find((form) => form.items)?.items;
    return items ? Promise.all(value.map((item) => withIds(client, item, items))) : value;
  }
  if (typeof value !== 'string') return value;
  const kinds = forms.flatMap(({ pattern = '' }) => kindOfPattern(pattern) ?? []);
  return kinds[0] ? resolveId(client, kinds[0], value) : value;
}
