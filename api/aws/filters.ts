import type { Lookup } from '@weft/controller';
import { AwsError } from './errors.ts';
import type { Filter } from './model/generated/types.ts';

type Scalar = string | number | boolean | undefined;
/** What a filter looks at; of several values any may match. */
export type FilterValue = Scalar | Iterable<Scalar>;

/** The filters of an action by name. Filters of tags come by themselves for items with tags. */
export type FilterTable<T, C> = Readonly<Record<string, (item: T, context: C) => FilterValue>>;

type TagsOf<T> = (item: T) => Readonly<Record<string, string>>;

const mostFilters = 200;
const mostValues = 200;

/**
 * The items that match every filter: any value of a filter is enough. `*` and `?` stand for any text and any
 * character, a backslash before them for themselves.
 * @throws AwsError InvalidParameterValue for a filter that the action does not have
 */
export function matcher<T, C>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<T, C>,
  tagsOf: TagsOf<T> | undefined,
  context: C,
): (item: T) => boolean {
  if ((filters?.length ?? 0) > mostFilters) {
    throw new AwsError('InvalidParameterValue', `A request has at most ${mostFilters} filters`);
  }
  const tests = (filters ?? []).map(({ Name: name, Values: values }) => {
    if (name === undefined || values === undefined || values.length === 0) {
      throw new AwsError('InvalidParameterValue', 'A filter needs a name and at least one value');
    }
    if (values.length > mostValues) {
      throw new AwsError('InvalidParameterValue', `A filter has at most ${mostValues} values`);
    }
    const look = lookOf(name, table, tagsOf, context);
    const patterns = values.map(patternOf);
    return (item: T) => {
      const found = look(item);
      for (const value of isIterable(found) ? found : [found]) {
        if (value !== undefined && patterns.some((matches) => matches(String(value)))) return true;
      }
      return false;
    };
  });
  return (item) => tests.every((test) => test(item));
}

function lookOf<T, C>(
  name: string,
  table: FilterTable<T, C>,
  tagsOf: TagsOf<T> | undefined,
  context: C,
): (item: T) => FilterValue {
  const own = Object.hasOwn(table, name) ? table[name] : undefined;
  if (own) return (item) => own(item, context);
  if (tagsOf) {
    if (name.startsWith('tag:')) {
      const key = name.slice('tag:'.length);
      return (item) => (Object.hasOwn(tagsOf(item), key) ? tagsOf(item)[key] : undefined);
    }
    if (name === 'tag-key') return (item) => Object.keys(tagsOf(item));
    if (name === 'tag-value') return (item) => Object.values(tagsOf(item));
  }
  throw new AwsError('InvalidParameterValue', `The filter '${name.slice(0, 100)}' is invalid`);
}

const isIterable = (value: FilterValue): value is Iterable<Scalar> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** Matches in time that grows with text × pattern: a regular expression of several `*` can take for ever. */
function patternOf(pattern: string): (text: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (text) => text === pattern;
  const tokens = [...pattern.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain]) =>
    escaped === undefined ? { any: plain === '*', one: plain === '?', text: plain } : { text: escaped },
  );
  return (text) => {
    const characters = [...text];
    let [at, token, star, retry] = [0, 0, -1, 0];
    while (at < characters.length) {
      const current = tokens[token];
      if (current?.any) {
        star = token++;
        retry = at;
      } else if (current && (current.one || current.text === characters[at])) {
        token++;
        at++;
      } else if (star >= 0) {
        token = star + 1;
        at = ++retry;
      } else return false;
    }
    while (tokens[token]?.any) token++;
    return token === tokens.length;
  };
}

/** Filters that an index may answer: where the resource has what the filter looks at, as in `spec.vpcId`. */
export type IndexedFilters = Readonly<Record<string, readonly string[]>>;

/** What the controller may look up: each filter that has its places here, or is one of tags, and has no wildcards. */
export function lookupsOf(filters: readonly Filter[] | undefined, indexed: IndexedFilters): Lookup[] {
  return (filters ?? []).flatMap(({ Name: name = '', Values: values = [] }) => {
    const paths = Object.hasOwn(indexed, name) ? indexed[name] : tagPath(name);
    return paths && !values.some((value) => /[*?\\]/.test(value)) ? [{ paths, values }] : [];
  });
}

function tagPath(name: string): readonly string[] | undefined {
  if (name.startsWith('tag:')) return [`tag.${name.slice('tag:'.length)}`];
  return name === 'tag-key' ? ['tag-key'] : undefined;
}
