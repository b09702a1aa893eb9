import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { nameOfId, noSuchResource } from '../../resource-names.ts';
import { limited, shownTags, type TagMap, tagsOf } from '../../tags.ts';

/** Changes the tags of each resource in one commit. @throws AwsError InvalidID, X.NotFound */
async function changeTags(
  { cloud }: ActionContext,
  ids: readonly string[],
  change: (tags: TagMap) => TagMap,
): Promise<void> {
  const resources = [...new Set(ids)].map((id) => {
    const name = nameOfId(id);
    if (!name) throw new AwsError('InvalidID', `The ID '${id.slice(0, 100)}' is not valid`);
    const resource = cloud.find(name.kind, id);
    if (!resource) throw noSuchResource(name, id);
    return resource;
  });
  await cloud.transaction((batch) => {
    for (const { kind, id, tags } of resources) batch.update(kind, id, { tags: change(shownTags(tags)) });
  });
}

export const createTags = define({
  action: 'CreateTags',
  supports: ['Resources', 'Tags'],
  async handle(context, { Resources: ids, Tags: list }) {
    const tags = tagsOf(list);
    await changeTags(context, ids, (before) => limited({ ...before, ...tags }));
    return undefined;
  },
});

export const deleteTags = define({
  action: 'DeleteTags',
  supports: ['Resources', 'Tags'],
  async handle(context, { Resources: ids, Tags: list }) {
    // Without a list every tag goes; with a value, only a tag of that value.
    const goes = (key: string, value: string) =>
      list === undefined ||
      list.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
    await changeTags(context, ids, (before) =>
      Object.fromEntries(Object.entries(before).filter(([key, value]) => !goes(key, value))),
    );
    return undefined;
  },
});
