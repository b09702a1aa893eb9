import type { MessageSample } from './sample.ts';

const match = [
  { field: 'in_port', value: 3 },
  { field: 'metadata', value: 0x5n },
  { field: 'tun_ipv4_dst', value: 0x0a000001 },
] as const;
const flow = {
  table: 5,
  priority: 100,
  cookie: 0xfeed000000000001n,
  idleTimeout: 5,
  hardTimeout: 6,
  importance: 0,
  flags: ['send-flow-removed'],
  match: [
    { field: 'eth_type', value: 0x0800 },
    { field: 'ipv4_dst', value: 0x0a000000, mask: 0xff000000 },
  ],
  instructions: [
    { type: 'apply-actions', actions: [{ type: 'output', port: 2 }] },
    { type: 'goto-table', table: 9 },
  ],
  durationSeconds: 100,
  durationNanoseconds: 5000,
  packetCount: 7n,
  byteCount: 700n,
} as const;

export const flowSamples: readonly MessageSample[] = [
  {
    message: {
      type: 'flow-mod',
      command: 'delete',
      table: 255,
      priority: 32768,
      cookie: 5n,
      cookieMask: 0xffn,
      outPort: 7,
      outGroup: 8,
      match: [],
      instructions: [],
    },
    printed: 'DEL table:255',
  },
  {
    message: {
      type: 'flow-removed',
      reason: 'idle-timeout',
      table: 5,
      priority: 100,
      cookie: 9n,
      idleTimeout: 5,
      hardTimeout: 0,
      match: [{ field: 'metadata', value: 5n }],
      durationSeconds: 3,
      durationNanoseconds: 0,
      packetCount: 1n,
      byteCount: 2n,
    },
    printed: 'reason=idle table_id=5 cookie:0x9',
  },
  {
    message: { type: 'multipart-request', part: 'flow-desc', table: 3, cookie: 5n, cookieMask: 0xffn, match },
    printed: 'table=3',
  },
  {
    message: { type: 'multipart-reply', part: 'flow-desc', flows: [flow, { ...flow, table: 6 }] },
    printed: 'n_packets=7',
  },
  { message: { type: 'multipart-reply', part: 'flow-desc', more: true, flows: [] }, printed: 'flags=[more]' },
  {
    message: { type: 'multipart-request', part: 'aggregate', outPort: 2, outGroup: 3 },
    printed: 'out_port=2',
  },
  {
    message: { type: 'multipart-reply', part: 'aggregate', packetCount: 5n, byteCount: 6n, flowCount: 7 },
    printed: 'flow_count=7',
  },
];
