import type { Resource } from '@weft/controller/resources';

/**
 * Whether a list that is filtered by `path=wanted` has a resource. A list matches by any of its members, a map by any of its
 * keys.
 *
 * @param path `spec.zone`, or `tag.Name`; a tag's name may have dots
 */
export function matchesFilter(
  resource: Pick<Resource, 'spec' | 'status' | 'tags'>,
  path: string,
  wanted: string,
): boolean {
  if (path.startsWith('tag.')) return resource.tags[path.slice('tag.'.length)] === wanted;
  let values: unknown[] = [resource];
  for (const name of path.split('.')) {
    values = values.flatMap((value) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? ((value as Record<string, unknown>)[name] as unknown)
        : [],
    );
  }
  return values.some((value) =>
    typeof value === 'object' && value !== null ? Object.hasOwn(value, wanted) : String(value) === wanted,
  );
}
