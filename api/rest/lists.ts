import type { Lookup } from '@weft/controller';
import { kinds, type Resource, WeftError } from '@weft/controller/resources';
import { type ApiKind, matchesFilter, meansAbsence } from '../contract/index.ts';
import type { Schema } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { fieldsParameter } from './sparse.ts';

const largestPage = 1000;

/** Query of every list. */
export const listQuery: Schema = {
  type: 'object',
  description: 'and as filters spec.FIELD, status.FIELD and tag.NAME',
  properties: {
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: largestPage,
      description: `items in a page, from 1 to ${largestPage}; without it ${largestPage}`,
    },
    cursor: { type: 'string', maxLength: 512, description: 'nextCursor of the page before' },
    fields: fieldsParameter,
    id: { type: 'string', maxLength: 256, description: 'only the resource with this id' },
    account: { type: 'string', maxLength: 64, description: 'only resources of this account' },
  },
  patternProperties: {
    '^(spec|status)\\.[A-Za-z0-9.]{1,100}$': {
      type: 'string',
      description: 'given once, as text; a list matches by any of its members, a map by any of its keys',
    },
    '^tag\\..{1,127}$': { type: 'string', description: 'given once, as text' },
  },
  additionalProperties: false,
};

export interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly fields?: string;
  readonly [filter: string]: unknown;
}

type Filter = readonly [path: string, value: string];

/** What the controller may look up by an index. @throws WeftError unknown-field */
export function lookupsOf(kind: ApiKind, query: ListQuery): Lookup[] {
  return filtersOf(kind, query)
    .filter(([path, value]) => !meansAbsence(kind, path, value))
    .map(([path, value]) => ({ paths: [path], values: [value] }));
}

/**
 * One page of resources, oldest first. The cursor names the last resource of a page and not a position, so that
 * nothing is skipped or repeated when resources come and go between pages.
 */
export function pageOf<R extends Resource>(
  kind: ApiKind,
  resources: Iterable<R>,
  query: ListQuery,
): { items: R[]; nextCursor?: string } {
  const filters = filtersOf(kind, query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const found: R[] = [];
  for (const resource of resources) {
    if (
      filters.every(([path, wanted]) => matchesFilter(resource, path, wanted)) &&
      (!after || comesAfter(resource, after))
    ) {
      found.push(resource);
    }
  }
  found.sort((a, b) => (comesAfter(a, b) ? 1 : -1));
  const limit = query.limit ?? largestPage;
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last ? { items, nextCursor: encodeCursor(last) } : { items };
}

function filtersOf(kind: ApiKind, query: ListQuery): Filter[] {
  const filters: Filter[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (name === 'limit' || name === 'cursor' || name === 'fields') continue;
    const [part, field = ''] = name.split('.', 2);
    if (part === 'spec' || part === 'status') refuseUnknownField(kind, part, field, value);
    filters.push([name, String(value)]);
  }
  return filters;
}

function refuseUnknownField(kind: ApiKind, part: 'spec' | 'status', field: string, value: unknown): void {
  const schema = kinds[kind][part] as { properties?: object } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  if (known.includes(field)) return;
  const guess = nearest(field, known);
  throw new WeftError('unknown-field', `${kind} has no field ${part}.${field} to filter by`, {
    field: `${part}.${field}`,
    value,
    fix:
      known.length === 0
        ? `${kind} has no ${part} to filter by.`
        : `${guess ? `Did you mean ${part}.${guess}? ` : ''}Known here: ${known.join(', ')}.`,
  });
}

type Position = Pick<Resource, 'createdAt' | 'id'>;

const comesAfter = (a: Position, b: Position) =>
  a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;

const encodeCursor = ({ createdAt, id }: Position) =>
  Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');

function decodeCursor(cursor: string): Position {
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof createdAt === 'string' && typeof id === 'string') return { createdAt, id };
  } catch {
    // not JSON: refused below like every other text that is no cursor
  }
  throw new WeftError('invalid-value', 'cursor was not made by this API', {
    field: 'cursor',
    value: cursor,
    fix: 'Pass nextCursor of the page before as it came, or leave cursor out to start again.',
  });
}
