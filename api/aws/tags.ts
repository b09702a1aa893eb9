import { AwsError } from './errors.ts';
import type { Tag, TagSpecification } from './model/generated/types.ts';

export type TagMap = Readonly<Record<string, string>>;

const mostTags = 50;
const longestKey = 127;
const longestValue = 256;
/** Tags of the controller itself: neither shown nor taken. */
const ownPrefix = 'weft:';

/** A resource's tags as callers see them. */
export function shownTags(tags: TagMap): TagMap {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith(ownPrefix)));
}

/** A resource's tags as a list of the answer. */
export function tagList(tags: TagMap): Tag[] {
  return Object.entries(shownTags(tags)).map(([Key, Value]) => ({ Key, Value }));
}

/**
 * The tags that a request gives to a new resource of this type.
 * @throws AwsError InvalidParameterValue for tags of another type of resource
 */
export function tagsFor(type: string, specifications: readonly TagSpecification[] | undefined): TagMap {
  let tags: TagMap = {};
  for (const { ResourceType: given, Tags: list } of specifications ?? []) {
    if (given !== type) {
      throw new AwsError(
        'InvalidParameterValue',
        `'${given ?? ''}' is not a valid taggable resource type for this operation. Use '${type}'.`,
      );
    }
    tags = { ...tags, ...tagsOf(list ?? []) };
  }
  return limited(tags);
}

/** @throws AwsError InvalidTagKey.Malformed, InvalidParameterValue */
export function tagsOf(list: readonly Tag[]): TagMap {
  const tags: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of list) {
    if (key === '' || key.length > longestKey || /^(aws|weft):/i.test(key)) {
      throw new AwsError(
        'InvalidTagKey.Malformed',
        `Tag key '${key.slice(0, longestKey)}' is not possible: 1 to ${longestKey} characters, not starting with aws: or ${ownPrefix}`,
      );
    }
    if (value.length > longestValue) {
      throw new AwsError(
        'InvalidParameterValue',
        `The value of tag ${key} is longer than ${longestValue} characters`,
      );
    }
    if (Object.hasOwn(tags, key)) {
      throw new AwsError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    }
    Object.defineProperty(tags, key, { value, enumerable: true });
  }
  return tags;
}

/** @throws AwsError TagLimitExceeded */
export function limited(tags: TagMap): TagMap {
  if (Object.keys(tags).length <= mostTags) return tags;
  throw new AwsError('TagLimitExceeded', `A resource has at most ${mostTags} tags`);
}
