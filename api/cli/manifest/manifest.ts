import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { type ApiKind, apiKinds, isApiKind } from '../../contract/index.ts';
import { CliError } from '../errors.ts';
import { namesIn } from './references.ts';

/** One resource that a manifest wants. Texts may be `$name` or `$name.spec.field` of another entry. */
export interface Entry {
  readonly kind: ApiKind;
  /** Unique in the manifest. */
  readonly name: string;
  /** Present when the resource comes with another one, or was made by somebody else: it is changed and never deleted. */
  readonly id?: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A set of resources that are kept together. */
export interface Manifest {
  /** Name of the set: two manifests with the same one are versions of each other. */
  readonly set: string;
  /** In an order in which they can be made: an entry stands behind those that it names. */
  readonly entries: readonly Entry[];
}

const nameForm = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
/** Kinds that agents report, and accounts with their keys: no part of a network. */
const apart: ReadonlySet<ApiKind> = new Set([
  'host',
  'binding',
  'placement',
  'held-address',
  'account',
  'access-key',
]);
export const writableKinds: readonly ApiKind[] = apiKinds.filter((kind) => !apart.has(kind));

/**
 * Reads a manifest: YAML or JSON, one document for each entry, or lists of entries.
 *
 * @param path of the file; `-` is standard input
 * @param set name of the set; without it the name of the file without its ending
 * @throws CliError wrong-manifest, with the place and what to write there
 */
export async function readManifest(path: string, set: string | undefined): Promise<Manifest> {
  const name = set ?? basename(path).replace(/\.[^.]*$/, '');
  if (!nameForm.test(name)) {
    throw new CliError('usage', 'the set of a manifest needs a name', {
      field: '--set',
      value: name,
      fix: 'Give it with --set: a letter, then letters, digits, dash and underscore.',
    });
  }
  return parseManifest(await contentOf(path), name);
}

async function contentOf(path: string): Promise<string> {
  if (path === '-') return readAll(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError('wrong-manifest', `${path} cannot be read: ${(cause as Error).message}`, {
      fix: 'Give the path of a file, or - for standard input.',
      cause,
    });
  }
}

async function parseManifest(text: string, set: string): Promise<Manifest> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text, { maxAliasCount: 100 } as never);
  const found: unknown[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error) throw new CliError('wrong-manifest', `the manifest is no YAML: ${error.message}`);
    const content: unknown = document.toJS({ maxAliasCount: 100 });
    if (content !== null && content !== undefined)
      found.push(...(Array.isArray(content) ? content : [content]));
  }
  if (found.length === 0) {
    throw new CliError('wrong-manifest', 'the manifest has no entries', {
      fix: 'Write an entry with kind, name and spec; weft export shows how.',
    });
  }
  const entries = found.map((entry, index) => checkEntry(entry, `entry ${index + 1}`));
  const byName = new Map<string, Entry>();
  for (const entry of entries) {
    if (byName.has(entry.name)) {
      throw new CliError('wrong-manifest', `two entries have the name ${entry.name}`, {
        fix: 'Give each a name of its own; kind and name together are not enough.',
      });
    }
    byName.set(entry.name, entry);
  }
  return { set, entries: inOrder(byName) };
}

const known = ['kind', 'name', 'id', 'spec', 'tags'];

function checkEntry(value: unknown, place: string): Entry {
  if (!isObject(value)) throw wrong(place, value, 'Write kind, name and spec.');
  const { kind, name, id, spec = {}, tags = {} } = value;
  if (typeof kind !== 'string' || !isApiKind(kind) || apart.has(kind)) {
    throw wrong(`${place}, kind`, kind, `Kinds: ${writableKinds.join(', ')}.`);
  }
  if (typeof name !== 'string' || !nameForm.test(name)) {
    throw wrong(`${place}, name`, name, 'A letter, then letters, digits, dash and underscore; at most 63.');
  }
  const at = `${kind} ${name}`;
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) throw wrong(`${at}, ${unknown}`, value[unknown], `Fields: ${known.join(', ')}.`);
  if (id !== undefined && typeof id !== 'string')
    throw wrong(`${at}, id`, id, 'Give an id, or $name.spec.field.');
  if (!isObject(spec)) throw wrong(`${at}, spec`, spec, 'Write the fields of the resource.');
  if (!isObject(tags) || Object.values(tags).some((tag) => typeof tag !== 'string')) {
    throw wrong(`${at}, tags`, tags, 'Tags are texts; put numbers and true in quotes.');
  }
  return { kind, name, ...(id === undefined ? {} : { id }), spec, tags: tags as Record<string, string> };
}

/** Each entry behind those that it names; otherwise as written. */
function inOrder(entries: ReadonlyMap<string, Entry>): Entry[] {
  const ordered: Entry[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (entry: Entry, path: readonly string[]): void => {
    if (state.get(entry.name) === 'done') return;
    if (state.get(entry.name) === 'open') {
      throw new CliError(
        'wrong-manifest',
        `entries name each other in a circle: ${[...path, entry.name].join(' → ')}`,
        {
          fix: 'Take a rule or a route out of one of them, into an entry of its own.',
        },
      );
    }
    state.set(entry.name, 'open');
    for (const name of namesIn([entry.id, entry.spec, entry.tags])) {
      const other = entries.get(name);
      if (!other) {
        throw new CliError(
          'wrong-manifest',
          `${entry.kind} ${entry.name} names $${name}, which is no entry`,
          {
            fix: `Entries: ${[...entries.keys()].join(', ')}. A dollar sign itself is written $$.`,
          },
        );
      }
      visit(other, [...path, entry.name]);
    }
    state.set(entry.name, 'done');
    ordered.push(entry);
  };
  for (const entry of entries.values()) visit(entry, []);
  return ordered;
}

const wrong = (place: string, value: unknown, fix: string) =>
  new CliError('wrong-manifest', `the manifest is wrong at ${place}`, { value: value ?? 'nothing', fix });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
