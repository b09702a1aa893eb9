import { formatActions } from '../actions/registry.ts';
import { inFieldOrder } from '../fields/field-order.ts';
import { matchTable } from '../fields/registry.ts';
import { formatFieldValue } from '../fields/value-text.ts';
import type {
  GroupBucket,
  GroupDescription,
  GroupMod,
  GroupSelectionMethod,
} from '../messages/group-meter-types.ts';
import { bucketIds } from '../ports.ts';
import { type FormatOptions, formatPort } from './context.ts';

const typeWords = { all: 'all', select: 'select', indirect: 'indirect', 'fast-failover': 'ff' } as const;
const bucketWords = new Map<number, string>([
  [bucketIds.first, 'first'],
  [bucketIds.last, 'last'],
  [bucketIds.all, 'all'],
]);

function formatSelection({ method, parameter, fields = [] }: GroupSelectionMethod): string {
  const parts = inFieldOrder(fields).map(({ field, value }) => {
    const definition = matchTable.get(field);
    const whole = BigInt(value) === definition.allOnes;
    return whole
      ? definition.textName
      : `${definition.textName}=${formatFieldValue(definition, value, undefined)}`;
  });
  const parameterPart = parameter ? `,selection_method_param=${parameter}` : '';
  let fieldsPart = '';
  if (parts.length === 1) fieldsPart = `,fields=${parts[0]}`;
  else if (parts.length > 1) fieldsPart = `,fields(${parts.join(',')})`;
  return `,selection_method=${method}${parameterPart}${fieldsPart}`;
}

function formatBucket(bucket: GroupBucket, group: GroupDescription, options: FormatOptions): string {
  const { id, weight, watchPort, watchGroup, actions } = bucket;
  const usualWeight = group.groupType === 'select' ? 1 : 0;
  const parts: string[] = [];
  if (id !== undefined) parts.push(`bucket_id:${bucketWords.get(id) ?? id},`);
  if (weight !== undefined && weight !== usualWeight) parts.push(`weight:${weight},`);
  if (watchPort !== undefined) parts.push(`watch_port:${formatPort(watchPort, options.portNames)},`);
  if (watchGroup !== undefined) parts.push(`watch_group:${watchGroup},`);
  return `bucket=${parts.join('')}actions=${formatActions(actions, options)}`;
}

/** Writes a group as `ovs-ofctl dump-groups` prints it. The result can be read again by `parseGroup`. */
export function formatGroup(group: GroupDescription | GroupMod, options: FormatOptions = {}): string {
  const command = 'command' in group ? group.command : undefined;
  const single = command === 'insert-bucket' || command === 'remove-bucket';
  const parts = [`group_id=${group.group}`];
  if (single && 'commandBucketId' in group) {
    const id = group.commandBucketId ?? bucketIds.all;
    parts.unshift(`command_bucket_id:${bucketWords.get(id) ?? id}`);
  }
  if (!single && command !== 'delete') parts.push(`type=${typeWords[group.groupType]}`);
  const head = `${parts.join(',')}${group.selection ? formatSelection(group.selection) : ''}`;
  return [head, ...group.buckets.map((bucket) => formatBucket(bucket, group, options))].join(',');
}
