import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { filtered } from '../../describe.ts';
import { type FilterTable, lookupsOf, matcher } from '../../filters.ts';
import type { Filter, TagDescription } from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { resourceNames } from '../../resource-names.ts';
import { shownTags } from '../../tags.ts';

type Found = Required<TagDescription>;

const filters: FilterTable<Found, ActionContext> = {
  key: ({ Key }) => Key,
  'tag-key': ({ Key }) => Key,
  value: ({ Value }) => Value,
  'tag-value': ({ Value }) => Value,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
};

function* tagsOfResource(
  { id, tags }: { id: string; tags: Readonly<Record<string, string>> },
  type: string,
): Iterable<Found> {
  for (const [Key, Value] of Object.entries(shownTags(tags))) {
    yield { Key, Value, ResourceId: id, ResourceType: type as NonNullable<Found['ResourceType']> };
  }
}

const indexed = { 'resource-id': ['id'], key: ['tag-key'] } as const;

function* allTags({ cloud }: ActionContext, given: readonly Filter[] | undefined): Iterable<Found> {
  const lookups = lookupsOf(given, indexed);
  for (const { kind, tagType } of resourceNames) {
    for (const resource of cloud.list(kind, lookups)) yield* tagsOfResource(resource, tagType);
  }
}

export const describeTags = define({
  action: 'DescribeTags',
  supports: ['Filters', 'MaxResults', 'NextToken'],
  handle(context, input) {
    const tags = allTags(context, input.Filters);
    const byKey: FilterTable<Found, ActionContext> = Object.fromEntries(
      (input.Filters ?? [])
        .flatMap(({ Name: name }) => (name?.startsWith('tag:') ? [name] : []))
        .map((name) => [
          name,
          ({ Key, Value }: Found) => (Key === name.slice('tag:'.length) ? Value : undefined),
        ]),
    );
    const matches = matcher(input.Filters, { ...filters, ...byKey }, undefined, context);
    const { items, nextToken } = pageOf(
      filtered(tags, matches),
      ({ ResourceId, Key }) => `${ResourceId}/${Key}`,
      input,
      `DescribeTags ${context.account} ${context.region}`,
    );
    return { Tags: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
});
