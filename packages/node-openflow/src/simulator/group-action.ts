import type { GroupAction } from '../actions/types.ts';
import type { GroupBucket, GroupDescription } from '../messages/group-meter-types.ts';
import { groups, ports } from '../ports.ts';
import { orderedActionSet } from './action-set.ts';
import { isIp } from './prerequisites.ts';
import type { Translation } from './translation.ts';

const maximumWatchDepth = 128;

function portIsLive({ switch: { ports: known } }: Translation, port: number): boolean {
  if (!known) return true;
  return known.get(port)?.live ?? known.has(port);
}

/** Whether a bucket's port or group works (OpenFlow 1.5.1, section 5.10.1.1). */
function isLive(translation: Translation, group: GroupDescription, bucket: GroupBucket, depth = 0): boolean {
  const { watchPort = ports.any, watchGroup = groups.any, weight = 1 } = bucket;
  if (depth >= maximumWatchDepth) return false;
  if (group.groupType === 'select' && weight === 0) return false;
  if (watchPort === ports.any && watchGroup === groups.any) return true;
  if (watchPort !== ports.any && portIsLive(translation, watchPort)) return true;
  const watched = translation.switch.groups.get(watchGroup);
  return watched?.buckets.some((other) => isLive(translation, watched, other, depth + 1)) ?? false;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}

/** What both directions of a connection have in common. */
function connectionText({ flow }: Translation): string {
  const pair = (a: string, b: string) =>
    [flow.get(a) ?? 0n, flow.get(b) ?? 0n].sort((x, y) => (x < y ? -1 : 1));
  const network = isIp(flow)
    ? [...pair('ipv4_src', 'ipv4_dst'), ...pair('ipv6_src', 'ipv6_dst'), flow.get('ip_proto') ?? 0n]
    : [];
  const transport = network.length > 0 ? pair('tp_src', 'tp_dst') : [];
  return [...pair('eth_src', 'eth_dst'), flow.get('eth_type') ?? 0n, ...network, ...transport].join();
}

/**
 * Picks the bucket of a `select` group by a hash of the connection that is the same in both directions and in every run,
 * weighted as Open vSwitch weights its own. Which bucket a real switch picks is not told by this.
 */
function selected(translation: Translation, group: GroupDescription): GroupBucket | undefined {
  const connection = connectionText(translation);
  let best: GroupBucket | undefined;
  let bestScore = -1;
  group.buckets.forEach((bucket, index) => {
    if (!isLive(translation, group, bucket)) return;
    const score = (hash(`${connection} ${bucket.id ?? index}`) & 0xffff) * (bucket.weight ?? 1);
    if (score < bestScore) return;
    best = bucket;
    bestScore = score;
  });
  return best;
}

function bucketsOf(translation: Translation, group: GroupDescription): readonly GroupBucket[] {
  if (group.groupType === 'all' || group.groupType === 'indirect') return group.buckets;
  const one =
    group.groupType === 'select'
      ? selected(translation, group)
      : group.buckets.find((bucket) => isLive(translation, group, bucket));
  if (one) return [one];
  translation.report('no bucket is live');
  return [];
}

/** Carries out a bucket, which is an action set, on a copy of the packet. */
function runBucket(translation: Translation, bucket: GroupBucket): void {
  const { flow, inBucket } = translation;
  translation.report(`bucket ${bucket.id ?? ''}`.trim());
  translation.flow = new Map(flow);
  translation.inBucket = true;
  translation.depth++;
  translation.runItems(orderedActionSet(bucket.actions));
  translation.depth--;
  translation.inBucket = inBucket;
  translation.finishBucket();
  translation.flow = flow;
  translation.exit = false;
}

export function group(translation: Translation, action: GroupAction): 'stop' | undefined {
  if (!translation.mayGoDeeper()) return undefined;
  const found = translation.switch.groups.get(action.group);
  if (!found) {
    translation.report(`group ${action.group} does not exist`);
    return 'stop';
  }
  for (const bucket of bucketsOf(translation, found)) runBucket(translation, bucket);
  return undefined;
}
