import { bytes, type MessageSample, only13 } from './sample.ts';

const masks = {
  packetInSecondary: 0,
  packetInPrimary: 7,
  portStatusSecondary: 7,
  portStatusPrimary: 3,
  flowRemovedSecondary: 0,
  flowRemovedPrimary: 15,
} as const;
const match = [
  { field: 'in_port', value: 3 },
  { field: 'tunnel_id', value: 5n },
  { field: 'reg1', value: 7 },
] as const;
const flow = {
  cookie: 9n,
  priority: 100,
  durationSeconds: 3,
  durationNanoseconds: 4,
  idleTimeout: 5,
  packetCount: 6n,
  byteCount: 7n,
} as const;

/** Messages that Open vSwitch had before OpenFlow did (its nicira-ext.h). */
export const niciraSamples: readonly MessageSample[] = [
  { message: { type: 'nicira-role-request', role: 'primary' }, printed: 'role=primary' },
  { message: { type: 'nicira-role-reply', role: 'secondary' }, printed: 'role=secondary' },
  { message: { type: 'nicira-set-async', masks }, printed: 'PORT_STATUS: add delete' },
  { message: { type: 'nicira-set-async2', masks }, versions: only13, printed: 'PORT_STATUS: add delete' },
  {
    message: {
      type: 'nicira-packet-in',
      bufferId: 0xffffffff,
      totalLength: 4,
      reason: 'action',
      table: 3,
      cookie: 9n,
      match,
      data: bytes(1, 2, 3, 4),
    },
    printed: 'total_len=4 reg1=0x7,tun_id=0x5,in_port=3 (via action) data_len=4',
  },
  {
    message: { type: 'nicira-flow-removed', ...flow, reason: 'hard-timeout', table: 4, match },
    printed: 'reason=hard table_id=4 cookie:0x9',
  },
  {
    message: { type: 'nicira-flow-removed', ...flow, reason: 'delete', match: [] },
    printed: 'reason=delete cookie:0x9',
  },
  { message: { type: 'nicira-flow-mod-table-id', set: true }, printed: 'enable' },
  { message: { type: 'nicira-flow-age' }, printed: 'NXT_FLOW_AGE' },
];
