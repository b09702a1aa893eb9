import type { KindName, ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from './context.ts';
import { type ActionName, type AnyAction, define } from './define.ts';
import { type FilterTable, type IndexedFilters, lookupsOf, matcher } from './filters.ts';
import type { Actions, Filter } from './model/generated/types.ts';
import { type PageRequest, pageOf } from './pages.ts';
import { nameOfKind, noSuchResource } from './resource-names.ts';
import { shownTags } from './tags.ts';

interface ListInput extends PageRequest {
  readonly Filters?: readonly Filter[];
  readonly [parameter: string]: unknown;
}

type Output<A extends ActionName> = NonNullable<Actions[A]['output']>;
type ListMember<A extends ActionName> = Extract<
  {
    [M in keyof Output<A>]: NonNullable<Output<A>[M]> extends readonly object[] ? M : never;
  }[keyof Output<A>],
  string
>;
type Item<A extends ActionName> =
  NonNullable<Output<A>[ListMember<A> & keyof Output<A>]> extends readonly (infer I)[] ? I : never;

export interface DescribeDefinition<A extends ActionName, K extends KindName> {
  readonly action: A;
  readonly kind: K;
  /** Parameter with the ids, where there is one. */
  readonly ids?: keyof Actions[A]['input'] & string;
  /** Member of the answer that has the items. */
  readonly result: ListMember<A>;
  readonly filters: FilterTable<ResourceOf<K>, ActionContext>;
  readonly indexed?: IndexedFilters;
  /** False for the few actions without pages. */
  readonly paged?: boolean;
  /** What of the kind the action knows of; absent: all. */
  readonly only?: (resource: ResourceOf<K>) => boolean;
  readonly supports?: readonly string[];
  readonly note?: string;
  present(context: ActionContext, resource: ResourceOf<K>): Item<A>;
}

/** Defines an action that lists resources of one kind: by ids, filters and pages. */
export function describe<A extends ActionName, K extends KindName>(
  definition: DescribeDefinition<A, K>,
): AnyAction {
  const { action, kind, ids, result, filters, paged = true, supports = [], note } = definition;
  const isKnown = definition.only ?? (() => true);
  const parameters = [
    'Filters',
    ...(ids ? [ids] : []),
    ...(paged ? ['MaxResults', 'NextToken'] : []),
    ...supports,
  ];
  return define<A>({
    action,
    supports: parameters,
    ...(note === undefined ? {} : { note }),
    handle(context, given) {
      const input = given as unknown as ListInput;
      const wanted = ids === undefined ? undefined : (input[ids] as readonly string[] | undefined);
      const candidates = wanted?.length
        ? [...new Set(wanted)].map((id) => required(context, kind, id, isKnown))
        : context.cloud.list(kind, lookupsOf(input.Filters, definition.indexed ?? {}));
      const matches = matcher(input.Filters, filters, ({ tags }) => shownTags(tags), context);
      const { items, nextToken } = pageOf(
        filtered(candidates, (one) => isKnown(one) && matches(one)),
        ({ createdAt, id }) => `${createdAt}/${id}`,
        input,
        `${action} ${context.account} ${context.region}`,
      );
      return {
        [result]: items.map((resource) => definition.present(context, resource)),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      } as unknown as Actions[A]['output'];
    },
  });
}

function required<K extends KindName>(
  { cloud }: ActionContext,
  kind: K,
  id: string,
  isKnown: (resource: ResourceOf<K>) => boolean,
): ResourceOf<K> {
  const found = cloud.require(kind, id);
  if (isKnown(found)) return found;
  throw noSuchResource(nameOfKind(kind), id);
}

export function* filtered<T>(items: Iterable<T>, matches: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (matches(item)) yield item;
}
