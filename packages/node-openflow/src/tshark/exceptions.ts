import type { DecodedMessage } from '../messages/types.ts';

interface Exception {
  readonly because: string;
  readonly about: (message: DecodedMessage) => boolean;
}

/** Whether a value that was decoded names a field, at any depth. */
function namesField(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return 'field' in value || Object.values(value).some(namesField);
}

const packets: ReadonlySet<string> = new Set(['packet-in', 'packet-out', 'nicira-packet-in']);

/** What Wireshark calls malformed although Open vSwitch reads it, and why. */
const exceptions: readonly Exception[] = [
  {
    because: 'the packet inside is a sample of a few bytes, which Wireshark dissects as well',
    about: ({ type }) => packets.has(type),
  },
  {
    because: 'the data of an error is the start of a message, which Wireshark dissects as a whole one',
    about: ({ type }) => type === 'error',
  },
  {
    because: 'it leaves the rest of an unknown multipart body to the next dissector, which finds none',
    about: (message) => message.type === 'multipart-reply' || message.type === 'multipart-request',
  },
  {
    because: 'properties of ports since 1.4: it counts their padding to the length',
    about: ({ type, version }) => version >= 5 && (type === 'port-status' || type === 'port-mod'),
  },
  {
    because: 'OpenFlow 1.5: it takes the padding behind fields, in matches and actions, for another field',
    about: (message) => message.version === 6 && namesField(message),
  },
  {
    because: 'OpenFlow 1.5: it looks for buckets and properties of groups where 1.4 had them',
    about: ({ type, version }) => version === 6 && type === 'group-mod',
  },
  {
    because:
      'OpenFlow 1.5: it counts the padding behind the address of a controller to the list of controllers',
    about: ({ type, version }) => version === 6 && type === 'controller-status',
  },
  {
    because: 'OpenFlow 1.5: it knows no statistics in the new form',
    about: ({ type, version }) => version === 6 && type === 'flow-removed',
  },
];

/** Why Wireshark may call this message malformed; undefined when it may not. */
export function exceptionFor(message: DecodedMessage): string | undefined {
  const found = exceptions.find(({ about }) => about(message))?.because;
  if (found !== undefined || message.type !== 'bundle-add') return found;
  const { xid, version } = message;
  return exceptionFor({ ...message.message, xid, version });
}
