import { WeftError } from '../resources/index.ts';

export type TagMap = Readonly<Record<string, string>>;

/** Tags with this prefix are the controller's own, as `aws:` is in AWS: deleting an instance relies on them. */
const ownPrefix = 'weft:';

/**
 * The tags that a resource gets: the caller's, and those of the controller as they are.
 * @throws WeftError invalid-value when the caller would add or change one of the controller's
 */
export function withOwnTags(wanted: TagMap, current: TagMap = {}): TagMap {
  for (const [key, value] of Object.entries(wanted)) {
    if (!key.startsWith(ownPrefix) || current[key] === value) continue;
    throw new WeftError('invalid-value', `tags that start with ${ownPrefix} are the controller's own`, {
      field: `tags.${key}`,
      value,
      fix: `Choose a name that does not start with ${ownPrefix}.`,
    });
  }
  const own = Object.entries(current).filter(([key]) => key.startsWith(ownPrefix));
  return { ...Object.fromEntries(own), ...wanted };
}
