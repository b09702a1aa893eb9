import { badText } from '../text/syntax.ts';
import { enumeration } from '../wire/enumeration.ts';
import type { PacketInReason } from './types.ts';

/** OFPR_*: why a packet was sent to a controller. Names may be absent for numbers of extensions. */
export const packetInReasons = {
  ...enumeration('packet-in reason', [
    'no-match',
    'action',
    'invalid-ttl',
    'action-set',
    'group',
    'packet-out',
  ]),
} as {
  name(number: number): PacketInReason;
  number(name: PacketInReason): number;
};

const texts: readonly (readonly [text: string, reason: PacketInReason])[] = [
  ['no_match', 'no-match'],
  ['action', 'action'],
  ['invalid_ttl', 'invalid-ttl'],
  ['action_set', 'action-set'],
  ['group', 'group'],
  ['packet_out', 'packet-out'],
];

export function parseReason(text: string): PacketInReason {
  return (
    texts.find(([name]) => name === text.toLowerCase())?.[1] ?? badText(`"${text}" is not a packet-in reason`)
  );
}

export function formatReason(reason: PacketInReason): string {
  return texts.find(([, name]) => name === reason)?.[0] ?? String(reason);
}
