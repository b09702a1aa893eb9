import type { GroupBucket, GroupDescription, GroupMod } from '../messages/group-meter-types.ts';
import { groups as groupNumbers } from '../ports.ts';
import { refuse } from './errors.ts';

const bucket = { first: 0xfffffffd, last: 0xfffffffe, all: 0xffffffff } as const;

function numbered(buckets: readonly GroupBucket[]): GroupBucket[] {
  return buckets.map((entry, index) => ({ ...entry, id: entry.id ?? index }));
}

function description({ groupType, group, buckets, selection }: GroupMod): GroupDescription {
  if (groupType === 'indirect' && buckets.length !== 1) {
    refuse(
      'OFPGMFC_INVALID_GROUP',
      `group ${group} is indirect and has ${buckets.length} buckets instead of one`,
    );
  }
  return { groupType, group, buckets: numbered(buckets), ...(selection ? { selection } : {}) };
}

function indexOf({ group, buckets }: GroupDescription, id: number): number {
  const index = buckets.findIndex((entry) => entry.id === id);
  return index >= 0 ? index : refuse('OFPGMFC_UNKNOWN_BUCKET', `group ${group} has no bucket ${id}`);
}

/** Buckets go to the front, to the end, or behind the one that is named. */
function inserted(group: GroupDescription, message: GroupMod): GroupBucket[] {
  const { commandBucketId = bucket.all } = message;
  if (commandBucketId === bucket.all)
    refuse('OFPGMFC_BAD_BUCKET', 'insert-bucket needs a place: commandBucketId');
  const free = Math.max(-1, ...group.buckets.map(({ id = 0 }) => id)) + 1;
  const added = message.buckets.map((entry, index) => ({ ...entry, id: entry.id ?? free + index }));
  const taken = added.find(({ id }) => group.buckets.some((other) => other.id === id));
  if (taken) refuse('OFPGMFC_BUCKET_EXISTS', `group ${group.group} has a bucket ${taken.id} already`);
  if (commandBucketId === bucket.first) return [...added, ...group.buckets];
  if (commandBucketId === bucket.last) return [...group.buckets, ...added];
  return group.buckets.toSpliced(indexOf(group, commandBucketId) + 1, 0, ...added);
}

function removed(group: GroupDescription, { commandBucketId = bucket.all }: GroupMod): GroupBucket[] {
  if (commandBucketId === bucket.all) return [];
  if (commandBucketId === bucket.first) return group.buckets.slice(1);
  if (commandBucketId === bucket.last) return group.buckets.slice(0, -1);
  return group.buckets.toSpliced(indexOf(group, commandBucketId), 1);
}

function existing(groups: ReadonlyMap<number, GroupDescription>, group: number): GroupDescription {
  return groups.get(group) ?? refuse('OFPGMFC_UNKNOWN_GROUP', `group ${group} does not exist`);
}

function deleteGroups(groups: Map<number, GroupDescription>, group: number): ReadonlySet<number> {
  const gone = new Set(group === groupNumbers.all ? groups.keys() : [group]);
  for (const number of gone) groups.delete(number);
  return gone;
}

/** Obeys a group-mod (OpenFlow 1.5.1, section 6.6). Returns the groups that are gone. */
export function applyGroupMod(groups: Map<number, GroupDescription>, message: GroupMod): ReadonlySet<number> {
  const { command, group } = message;
  switch (command) {
    case 'delete':
      return deleteGroups(groups, group);
    case 'add':
      if (groups.has(group)) refuse('OFPGMFC_GROUP_EXISTS', `group ${group} exists`);
      break;
    case 'modify':
      existing(groups, group);
      break;
    case 'insert-bucket':
      groups.set(group, { ...existing(groups, group), buckets: inserted(existing(groups, group), message) });
      return new Set();
    case 'remove-bucket':
      groups.set(group, { ...existing(groups, group), buckets: removed(existing(groups, group), message) });
      return new Set();
    case 'add-or-modify':
      break;
  }
  groups.set(group, description(message));
  return new Set();
}
