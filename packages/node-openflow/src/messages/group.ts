import { decodeActions, encodeActions } from '../actions/registry.ts';
import { OpenFlowError } from '../errors.ts';
import { decodeEntries, encodeEntries } from '../fields/oxm.ts';
import { groups, ports } from '../ports.ts';
import { formatGroup } from '../text/group-format.ts';
import { enumeration } from '../wire/enumeration.ts';
import { number, type Payload, property, propertyTable } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type {
  GroupBucket,
  GroupDescription,
  GroupMod,
  GroupSelectionMethod,
  GroupType,
} from './group-meter-types.ts';
import type { Version } from './types.ts';

const groupTypes = enumeration('group type', ['all', 'select', 'indirect', 'fast-failover']);
const commands = enumeration('group-mod command', {
  add: 0,
  modify: 1,
  delete: 2,
  'insert-bucket': 3,
  'remove-bucket': 5,
  'add-or-modify': 0x8000,
});

const netronome = 0x0000154d;
const methodLength = 16;
const allBuckets = 0xffffffff;

const row = property<GroupBucket>();

/** 1.5: 0 `u16 weight, 2 zeros`, 1 `u32 port`, 2 `u32 group`. */
export const bucketProperties = propertyTable<Pick<GroupBucket, 'weight' | 'watchPort' | 'watchGroup'>>(
  'ofp_bucket',
  [
    row(0, 'weight', number('u16', { after: 2 })),
    row(1, 'watchPort', number('u32')),
    row(2, 'watchGroup', number('u32')),
  ],
);

/** `4 zeros, 16 bytes method, u64 parameter`, fields. */
const selection: Payload<GroupSelectionMethod> = {
  write(writer, { method, parameter = 0n, fields = [] }) {
    writer.pad(4);
    writer.text(method, methodLength, 'selection method');
    writer.u64(parameter, 'selection parameter');
    encodeEntries(writer, fields, 6);
  },
  read(reader) {
    reader.skip(4);
    const method = reader.text(methodLength);
    return { method, parameter: reader.u64(), fields: decodeEntries(reader) };
  },
};

/** 1.5: Netronome's selection method, which Open vSwitch has. */
export const groupProperties = propertyTable<Pick<GroupDescription, 'selection'>>('ofp_group_mod', [
  property<GroupDescription>()(0xffff, 'selection', selection, { experimenter: { id: netronome, type: 1 } }),
]);

type Draft = { -readonly [Key in keyof GroupBucket]: GroupBucket[Key] };

/** As in Open vSwitch, also where a bucket of OpenFlow 1.5 has no such property. */
function defaultWeight(type: GroupType): number {
  return type === 'select' ? 1 : 0;
}

/** Only groups of type select have a weight whatever it is. */
function setWeight(bucket: Draft, type: GroupType, weight: number): void {
  if (type === 'select' || weight !== 0) bucket.weight = weight;
}

/** 1.5: `u16 length, u16 length of the actions, u32 id, actions`, properties. */
function encodeBucket15(writer: Writer, bucket: GroupBucket, id: number, type: GroupType): void {
  const start = writer.length;
  writer.pad(4);
  writer.u32(id, 'bucket id');
  const actionsAt = writer.length;
  encodeActions(writer, bucket.actions, 6);
  writer.patch16(start + 2, writer.length - actionsAt, 'the list of actions');
  const { weight = defaultWeight(type), ...others } = bucket;
  const shown = type === 'select' || weight !== 0 ? { ...others, weight } : others;
  bucketProperties.encode(writer, shown, 6);
  writer.patch16(start, writer.length - start, 'the bucket');
}

function decodeBucket15(reader: Reader, type: GroupType): GroupBucket {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 8) reader.fail('OPENFLOW_BAD_LENGTH', `a bucket has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const actionsLength = reader.u16();
  const id = reader.u32();
  const afterActions = reader.enter(actionsLength);
  const actions = decodeActions(reader, 6);
  reader.leave(afterActions);
  const { weight = defaultWeight(type), ...properties } = bucketProperties.decode(reader, 6);
  const bucket: Draft = { id, actions, ...properties };
  setWeight(bucket, type, weight);
  reader.leave(outer);
  return bucket;
}

/** Before 1.5: `u16 length, u16 weight, u32 watch port, u32 watch group, 4 zeros, actions`. */
function encodeBucket13(writer: Writer, bucket: GroupBucket, type: GroupType, version: Version): void {
  const start = writer.length;
  writer.u16(0);
  writer.u16(bucket.weight ?? defaultWeight(type), 'weight');
  writer.u32(bucket.watchPort ?? ports.any, 'watchPort');
  writer.u32(bucket.watchGroup ?? groups.any, 'watchGroup');
  writer.pad(4);
  encodeActions(writer, bucket.actions, version);
  writer.patch16(start, writer.length - start, 'the bucket');
}

function decodeBucket13(reader: Reader, type: GroupType, version: Version): GroupBucket {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 16) reader.fail('OPENFLOW_BAD_LENGTH', `a bucket has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const weight = reader.u16();
  const watchPort = reader.u32();
  const watchGroup = reader.u32();
  reader.skip(4);
  const bucket: Draft = { actions: decodeActions(reader, version) };
  setWeight(bucket, type, weight);
  if (watchPort !== ports.any) bucket.watchPort = watchPort;
  if (watchGroup !== groups.any) bucket.watchGroup = watchGroup;
  reader.leave(outer);
  return bucket;
}

/** Numbers for the buckets that have none: from 0 on, those left out that a later bucket has. */
function bucketNumbers(buckets: readonly GroupBucket[]): number[] {
  const firstWithout = buckets.findIndex(({ id }) => id === undefined);
  const used = new Set(buckets.slice(firstWithout).map(({ id }) => id));
  let next = 0;
  return buckets.map(({ id }) => {
    if (id !== undefined) return id;
    while (used.has(next)) next++;
    return next++;
  });
}

function encodeBuckets(writer: Writer, group: GroupDescription, version: Version): void {
  if (version !== 6) {
    for (const bucket of group.buckets) encodeBucket13(writer, bucket, group.groupType, version);
    return;
  }
  const numbers = bucketNumbers(group.buckets);
  for (const [index, bucket] of group.buckets.entries())
    encodeBucket15(writer, bucket, numbers[index] as number, group.groupType);
}

function decodeBuckets(reader: Reader, type: GroupType, version: Version): GroupBucket[] {
  const buckets: GroupBucket[] = [];
  while (reader.remaining > 0) {
    buckets.push(version === 6 ? decodeBucket15(reader, type) : decodeBucket13(reader, type, version));
  }
  return buckets;
}

/**
 * 1.5: `u16 command, u8 type, zero, u32 group, u16 length of the buckets, 2 zeros, u32 bucket id, buckets`, properties.
 * Before: `u16 command, u8 type, zero, u32 group, buckets`.
 */
export const groupMod: MessageCodec<GroupMod> = {
  type: 'group-mod',
  forms: [{ number: 15 }],
  encode(writer, message, { version }) {
    writer.u16(commands.number(message.command));
    writer.u8(groupTypes.number(message.groupType));
    writer.pad(1);
    writer.u32(message.group, 'group');
    if (version !== 6) {
      requireOldCommand(message);
      encodeBuckets(writer, message, version);
      return;
    }
    const lengthAt = writer.length;
    writer.pad(4);
    writer.u32(message.commandBucketId ?? allBuckets, 'commandBucketId');
    encodeBuckets(writer, message, version);
    writer.patch16(lengthAt, writer.length - lengthAt - 8, 'the list of buckets');
    groupProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const start = reader.offset;
    const command = commands.strictName(reader.u16(), start);
    const groupType = groupTypes.strictName(reader.u8(), reader.offset - 1);
    reader.skip(1);
    const group = reader.u32();
    const head = { type: 'group-mod', command, groupType, group } as const;
    if (version !== 6 && isNewCommand(command)) {
      reader.fail('OPENFLOW_BAD_VALUE', `${command} exists since OpenFlow 1.5`, start);
    }
    if (version !== 6) return { ...head, buckets: decodeBuckets(reader, groupType, version) };
    const length = reader.u16();
    reader.skip(2);
    const commandBucketId = reader.u32();
    const outer = reader.enter(length);
    const buckets = decodeBuckets(reader, groupType, version);
    reader.leave(outer);
    return { ...head, commandBucketId, buckets, ...groupProperties.decode(reader, version) };
  },
  format: (message, options) => `${message.command} ${formatGroup(message, options)}`,
};

function isNewCommand(command: GroupMod['command']): boolean {
  return command === 'insert-bucket' || command === 'remove-bucket';
}

function requireOldCommand({ command, selection }: GroupMod): void {
  if (!isNewCommand(command) && !selection) return;
  throw new OpenFlowError(
    'OPENFLOW_NOT_IN_VERSION',
    'single buckets and selection methods exist since OpenFlow 1.5: use modify, without a selection',
  );
}

/**
 * 1.5: `u16 length, u8 type, zero, u32 group, u16 length of the buckets, 6 zeros, buckets`, properties.
 * Before: `u16 length, u8 type, zero, u32 group, buckets`.
 */
export function encodeGroupDescription(writer: Writer, group: GroupDescription, version: Version): void {
  const start = writer.length;
  writer.u16(0);
  writer.u8(groupTypes.number(group.groupType));
  writer.pad(1);
  writer.u32(group.group, 'group');
  const lengthAt = writer.length;
  if (version === 6) writer.pad(8);
  encodeBuckets(writer, group, version);
  if (version === 6) writer.patch16(lengthAt, writer.length - lengthAt - 8, 'the list of buckets');
  if (version === 6) groupProperties.encode(writer, group, version);
  writer.patch16(start, writer.length - start, 'the group');
}

/** Reads what `encodeGroupDescription` wrote. */
export function decodeGroupDescription(reader: Reader, version: Version): GroupDescription {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 8) reader.fail('OPENFLOW_BAD_LENGTH', `a group has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const groupType = groupTypes.strictName(reader.u8(), reader.offset - 1);
  reader.skip(1);
  const group = reader.u32();
  let properties: Pick<GroupDescription, 'selection' | 'unknown'> = {};
  let buckets: GroupBucket[];
  if (version === 6) {
    const bucketsLength = reader.u16();
    reader.skip(6);
    const afterBuckets = reader.enter(bucketsLength);
    buckets = decodeBuckets(reader, groupType, version);
    reader.leave(afterBuckets);
    properties = groupProperties.decode(reader, version);
  } else {
    buckets = decodeBuckets(reader, groupType, version);
  }
  reader.leave(outer);
  return { groupType, group, buckets, ...properties };
}
