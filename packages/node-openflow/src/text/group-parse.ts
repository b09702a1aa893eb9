import { parseActions } from '../actions/registry.ts';
import { inFieldOrder } from '../fields/field-order.ts';
import type { FieldMatch } from '../fields/match.ts';
import { matchTable } from '../fields/registry.ts';
import { parseFieldValue } from '../fields/value-text.ts';
import type { GroupBucket, GroupMod, GroupModCommand, GroupType } from '../messages/group-meter-types.ts';
import { bucketIds, groups, ports } from '../ports.ts';
import { parsePort } from './context.ts';
import { badText, type KeyValue, keyValues, parseBigInteger, parseInteger } from './syntax.ts';

const types: Readonly<Record<string, GroupType>> = {
  all: 'all',
  select: 'select',
  indirect: 'indirect',
  ff: 'fast-failover',
  fast_failover: 'fast-failover',
};
const namedBuckets: Readonly<Record<string, number>> = {
  first: bucketIds.first,
  last: bucketIds.last,
  all: bucketIds.all,
};

/** What each command says about a group. */
const allowed: Readonly<
  Record<GroupModCommand, readonly ('type' | 'buckets' | 'bucket id' | 'all buckets')[]>
> = {
  add: ['type', 'buckets'],
  modify: ['type', 'buckets'],
  'add-or-modify': ['type', 'buckets'],
  delete: [],
  'insert-bucket': ['buckets', 'bucket id'],
  'remove-bucket': ['bucket id', 'all buckets'],
};

/** First words of lines that may hold any command. Abbreviations count, as they do for ovs-ofctl. */
const commandWords: readonly (readonly [word: string, command: GroupModCommand])[] = [
  ['add', 'add'],
  ['delete', 'delete'],
  ['modify', 'modify'],
  ['add_or_mod', 'add-or-modify'],
  ['insert_bucket', 'insert-bucket'],
  ['remove_bucket', 'remove-bucket'],
];

type Draft = { -readonly [Key in keyof GroupMod]: GroupMod[Key] };
interface Head {
  readonly group: Draft;
  hasType: boolean;
  hasBucketId: boolean;
  method: string;
  parameter: bigint;
  fields: FieldMatch[];
}

function parseGroupId(text: string): number {
  if (text === 'all') return groups.all;
  const group = parseInteger(text, 32, 'group_id');
  return group <= groups.maximum || group === groups.all ? group : badText(`"${text}" is not a group`);
}

function parseBucketId(text: string, command: GroupModCommand): number {
  const id = namedBuckets[text] ?? parseInteger(text, 32, 'command_bucket_id');
  if (id > bucketIds.maximum && !Object.values(namedBuckets).includes(id))
    badText(`"${text}" is not a bucket`);
  if (id === bucketIds.all && !allowed[command].includes('all buckets'))
    badText(`command_bucket_id=all: ${command} is about one bucket`);
  return id;
}

/** Fields that are hashed. A value is a mask: the bits that count. */
function parseSelectionFields(text: string): FieldMatch[] {
  const fields = keyValues(text).map(({ key, value }): FieldMatch => {
    const definition = matchTable.findByText(key) ?? badText(`fields: there is no field "${key}"`);
    const mask = value === '' ? definition.allOnes : parseFieldValue(definition, value).value;
    if (mask === 0n) badText(`fields: the mask ${value} of ${key} leaves no bits`);
    return { field: definition.name, value: definition.bits > 32 ? mask : Number(mask) };
  });
  if (new Set(fields.map(({ field }) => field)).size < fields.length)
    badText(`fields: a field of "${text}" is named twice`);
  return inFieldOrder(fields);
}

const setters: Readonly<Record<string, (head: Head, value: string) => void>> = {
  group_id({ group }, value) {
    group.group = parseGroupId(value);
  },
  command_bucket_id(head, value) {
    const { group } = head;
    if (!allowed[group.command].includes('bucket id')) badText(`${group.command} takes no command_bucket_id`);
    group.commandBucketId = parseBucketId(value, group.command);
    head.hasBucketId = true;
  },
  type(head, value) {
    head.group.groupType = types[value] ?? badText(`"${value}" is not a type of group`);
    head.hasType = true;
  },
  selection_method(head, value) {
    if (value.length > 15) badText(`selection_method ${value} is longer than 15 characters`);
    head.method = value;
  },
  selection_method_param(head, value) {
    head.parameter = parseBigInteger(value, 64, 'selection_method_param');
  },
  fields(head, value) {
    head.fields = parseSelectionFields(value);
  },
};

function setItem(head: Head, { key, value, offset }: KeyValue): void {
  const setter = setters[key] ?? badText(`there is no property "${key}" of a group`, offset);
  const always = key === 'group_id' || key === 'command_bucket_id';
  if (!always && !allowed[head.group.command].includes('type'))
    badText(`${head.group.command} takes no ${key}`, offset);
  setter(head, value);
}

type BucketDraft = { -readonly [Key in keyof GroupBucket]: GroupBucket[Key] };

const bucketSetters: Readonly<Record<string, (bucket: BucketDraft, value: string) => void>> = {
  bucket_id(bucket, value) {
    bucket.id = parseInteger(value, 32, 'bucket_id');
    if (bucket.id > bucketIds.maximum) badText(`bucket_id ${value} is reserved`);
  },
  weight(bucket, value) {
    bucket.weight = parseInteger(value, 16, 'weight');
  },
  watch_port(bucket, value) {
    const port = parsePort(value);
    if (port >= ports.maximum && port !== ports.any && port !== ports.controller)
      badText(`watch_port ${value} cannot be watched`);
    if (port !== ports.any) bucket.watchPort = port;
  },
  watch_group(bucket, value) {
    bucket.watchGroup = parseInteger(value, 32, 'watch_group');
    if (bucket.watchGroup > groups.maximum) badText(`watch_group ${value} is not a group`);
  },
};

function parseBucket(text: string, { groupType, command }: GroupMod): GroupBucket {
  const bucket: BucketDraft = { actions: [] };
  const actions: string[] = [];
  for (const { key, value, offset, end } of keyValues(text)) {
    const word = key.toLowerCase();
    const setter = bucketSetters[word];
    if (setter) setter(bucket, value);
    else actions.push(word === 'actions' || word === 'action' ? value : text.slice(offset, end));
  }
  if (actions.length === 0) badText('a bucket needs actions; actions=drop drops packets');
  bucket.actions = parseActions(actions.filter((action) => action !== '').join(','));
  const watches = bucket.watchPort !== undefined || bucket.watchGroup !== undefined;
  if (groupType === 'fast-failover' && !watches)
    badText('a bucket of a ff group needs watch_port or watch_group');
  if (bucket.weight && groupType !== 'select' && command !== 'insert-bucket')
    badText('only select groups have weights');
  return bucket;
}

function checkHead({ group, hasType, hasBucketId, method, parameter, fields }: Head): void {
  if (group.group === groups.any) badText('the group needs a group_id');
  if (allowed[group.command].includes('type') && !hasType) badText('the group needs a type');
  if (fields.length > 0 && method !== 'hash') badText('fields are for selection_method=hash only');
  if (method === '' && parameter !== 0n) badText('selection_method_param needs a selection_method');
  if (group.command === 'insert-bucket' && !hasBucketId) badText('insert-bucket needs a command_bucket_id');
}

/**
 * Reads a group in the syntax of ovs-ofctl(8), such as
 * `group_id=1,type=select,bucket=weight:5,actions=output:1,bucket=actions=output:2`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseGroup(text: string, command: GroupModCommand = 'add'): GroupMod {
  const group: Draft = { type: 'group-mod', command, groupType: 'all', group: groups.any, buckets: [] };
  if (command === 'delete' && text.trim() === '') return { ...group, group: groups.all };
  const [first = '', ...bucketTexts] = text.split('bucket=');
  if (bucketTexts.length > 0 && !allowed[command].includes('buckets')) badText(`${command} takes no buckets`);
  const head: Head = { group, hasType: false, hasBucketId: false, method: '', parameter: 0n, fields: [] };
  for (const item of keyValues(first)) setItem(head, item);
  checkHead(head);
  if (head.method !== '')
    group.selection = { method: head.method, parameter: head.parameter, fields: head.fields };
  group.buckets = bucketTexts.map((bucket) => parseBucket(bucket, group));
  if (group.groupType === 'indirect' && group.buckets.length > 1) badText('an indirect group has one bucket');
  return group;
}

/** Reads a group whose text may begin with a command, such as `modify group_id=…`; without one it is added. */
export function parseGroupLine(text: string): GroupMod {
  const word = /^[^,\s]*/.exec(text.trimStart())?.[0] ?? '';
  const found = commandWords.find(([known]) => word !== '' && known.startsWith(word));
  return found ? parseGroup(text.trimStart().slice(word.length), found[1]) : parseGroup(text);
}
