import type { PrefixListEntry, ResourceOf } from '@weft/controller/resources';
import { type ActionContext, arnOf } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { matcher } from '../../filters.ts';
import type { AddPrefixListEntry, ManagedPrefixList } from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { nameOfKind, noSuchResource } from '../../resource-names.ts';
import { tagList, tagsFor } from '../../tags.ts';
import { canonicalBlock } from '../vpc/canonical-block.ts';

type List = ResourceOf<'prefix-list'>;

function present(context: ActionContext, list: List, state?: PrefixListState): ManagedPrefixList {
  const settled = list.status.version > 1 ? 'modify-complete' : 'create-complete';
  return {
    PrefixListId: list.id,
    PrefixListArn: arnOf(context, 'prefix-list', list.id),
    PrefixListName: list.spec.name,
    AddressFamily: list.spec.addressFamily === 'ipv6' ? 'IPv6' : 'IPv4',
    MaxEntries: list.spec.maxEntries,
    State: state ?? settled,
    Version: list.status.version,
    OwnerId: context.account,
    Tags: tagList(list.tags),
  };
}
type PrefixListState = NonNullable<ManagedPrefixList['State']>;

const entryOf = ({ Cidr: cidr, Description: description }: AddPrefixListEntry): PrefixListEntry => ({
  cidr: canonicalBlock(cidr),
  ...(description ? { description } : {}),
});

/** AWS, "CreateManagedPrefixList": `IPv4 | IPv6`. */
function familyOf(text: string): 'ipv4' | 'ipv6' {
  if (text === 'IPv4') return 'ipv4';
  if (text === 'IPv6') return 'ipv6';
  throw new AwsError('InvalidParameterValue', `Value (${text}) for parameter addressFamily is invalid`);
}

export const createManagedPrefixList = define({
  action: 'CreateManagedPrefixList',
  supports: ['PrefixListName', 'Entries', 'MaxEntries', 'TagSpecifications', 'AddressFamily'],
  async handle(context, input) {
    const addressFamily = familyOf(input.AddressFamily);
    const spec = {
      name: input.PrefixListName,
      maxEntries: input.MaxEntries,
      ...(addressFamily === 'ipv6' ? { addressFamily } : {}),
      entries: (input.Entries ?? []).map(entryOf),
    };
    const tags = tagsFor('prefix-list', input.TagSpecifications);
    return { PrefixList: present(context, await context.cloud.create('prefix-list', { spec, tags })) };
  },
});

export const describeManagedPrefixLists = describe({
  action: 'DescribeManagedPrefixLists',
  kind: 'prefix-list',
  ids: 'PrefixListIds',
  result: 'PrefixLists',
  filters: {
    'owner-id': ({ account }) => account,
    'prefix-list-id': ({ id }) => id,
    'prefix-list-name': ({ spec }) => spec.name,
  },
  present: (context, list) => present(context, list),
});

export const getManagedPrefixListEntries = define({
  action: 'GetManagedPrefixListEntries',
  supports: ['PrefixListId', 'MaxResults', 'NextToken'],
  handle({ cloud }, input) {
    const { id, spec } = cloud.require('prefix-list', input.PrefixListId);
    const places = new Map(spec.entries.map((entry, index) => [entry, String(index).padStart(6, '0')]));
    const { items, nextToken } = pageOf(
      spec.entries,
      (entry) => places.get(entry) ?? '',
      input,
      `GetManagedPrefixListEntries ${id}`,
      { least: 1, most: 100 },
    );
    return {
      Entries: items.map(({ cidr, description }) => ({ Cidr: cidr, Description: description })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
});

export const getManagedPrefixListAssociations = define({
  action: 'GetManagedPrefixListAssociations',
  supports: ['PrefixListId', 'MaxResults', 'NextToken'],
  note: 'the route tables and security groups that name the list',
  handle({ cloud }, input) {
    const list = cloud.require('prefix-list', input.PrefixListId);
    const owners = new Map<string, string>();
    for (const { id, account } of cloud.referrers('route-table', 'uses-prefix-list', list)) {
      owners.set(id, account);
    }
    for (const { spec, account } of cloud.referrers('security-group-rule', 'uses-prefix-list', list)) {
      owners.set(spec.groupId, account);
    }
    const { items, nextToken } = pageOf(
      owners,
      ([id]) => id,
      input,
      `GetManagedPrefixListAssociations ${list.id}`,
    );
    return {
      PrefixListAssociations: items.map(([ResourceId, ResourceOwner]) => ({ ResourceId, ResourceOwner })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
});

export const modifyManagedPrefixList = define({
  action: 'ModifyManagedPrefixList',
  supports: ['PrefixListId', 'CurrentVersion', 'PrefixListName', 'AddEntries', 'RemoveEntries', 'MaxEntries'],
  refusals: {
    'invalid-value spec.entries': 'PrefixListMaxEntriesExceeded',
    'quota-exceeded': 'PrefixListMaxEntriesExceeded',
    'wrong-state': 'PrefixListMaxEntriesExceeded',
  },
  async handle(context, input) {
    const { PrefixListId: id, AddEntries: added = [], RemoveEntries: removed = [] } = input;
    const { cloud } = context;
    cloud.require('prefix-list', id);
    await cloud.transaction((batch) => {
      const { spec, status } = batch.read('prefix-list', id);
      if (input.CurrentVersion !== undefined && input.CurrentVersion !== status.version) {
        throw new AwsError(
          'PrefixListVersionMismatch',
          `The prefix list has the version ${status.version}, not ${input.CurrentVersion}`,
        );
      }
      const gone = new Set([...removed, ...added].map(({ Cidr: cidr }) => canonicalBlock(cidr)));
      const entries = [...spec.entries.filter(({ cidr }) => !gone.has(cidr)), ...added.map(entryOf)];
      batch.update('prefix-list', id, {
        spec: {
          ...(added.length + removed.length === 0 ? {} : { entries }),
          ...(input.PrefixListName === undefined ? {} : { name: input.PrefixListName }),
          ...(input.MaxEntries === undefined ? {} : { maxEntries: input.MaxEntries }),
        },
      });
    });
    return { PrefixList: present(context, cloud.require('prefix-list', id)) };
  },
});

export const deleteManagedPrefixList = define({
  action: 'DeleteManagedPrefixList',
  supports: ['PrefixListId'],
  async handle(context, { PrefixListId: id }) {
    const list = context.cloud.require('prefix-list', id);
    await context.cloud.remove('prefix-list', id);
    return { PrefixList: present(context, list, 'delete-complete') };
  },
});

/** The lists that AWS itself keeps for its services; there are none here. */
export const describePrefixLists = define({
  action: 'DescribePrefixLists',
  supports: ['PrefixListIds', 'Filters', 'MaxResults', 'NextToken'],
  note: "lists of AWS's own services: there are none",
  handle(context, { PrefixListIds: ids, Filters: filters }) {
    const [id] = ids ?? [];
    if (id !== undefined) throw noSuchResource(nameOfKind('prefix-list'), id);
    matcher(
      filters,
      { 'prefix-list-id': () => undefined, 'prefix-list-name': () => undefined },
      undefined,
      context,
    );
    return { PrefixLists: [] };
  },
});
