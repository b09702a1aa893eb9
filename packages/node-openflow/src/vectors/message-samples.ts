import type { Message, Version } from '../messages/types.ts';
import { ports } from '../ports.ts';

/** A message, the versions that have it, and a word that ofp-print must say about it. */
export interface MessageSample {
  readonly message: Message;
  readonly versions?: readonly Version[];
  readonly printed: string;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const match = [
  { field: 'in_port', value: 3 },
  { field: 'metadata', value: 0x5n },
  { field: 'tun_ipv4_dst', value: 0x0a000001 },
] as const;
const port = {
  port: 7,
  hardwareAddress: 0x020000000007n,
  name: 'eth7',
  config: 0,
  state: 4,
  ethernet: {
    current: 0x840,
    advertised: 0,
    supported: 0,
    peer: 0,
    currentSpeed: 10_000_000,
    maximumSpeed: 0,
  },
};
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
const counters = {
  receivedPackets: 1n,
  sentPackets: 2n,
  receivedBytes: 3n,
  sentBytes: 4n,
  receivedDropped: 5n,
  sentDropped: 6n,
  receivedErrors: 7n,
  sentErrors: 8n,
};
const new15: readonly Version[] = [6];
const old: readonly Version[] = [4, 5];
const since14: readonly Version[] = [5, 6];

const sessionSamples: readonly MessageSample[] = [
  { message: { type: 'hello' }, printed: 'OFPT_HELLO' },
  { message: { type: 'hello', versions: [4, 5, 6] }, printed: 'version bitmap: 0x04, 0x05, 0x06' },
  { message: { type: 'echo-request' }, printed: 'OFPT_ECHO_REQUEST' },
  { message: { type: 'echo-reply', data: bytes(1, 2, 3) }, printed: '3 bytes of payload' },
  {
    message: {
      type: 'error',
      errorType: 5,
      errorCode: 1,
      typeName: 'OFPET_FLOW_MOD_FAILED',
      codeName: 'OFPFMFC_TABLE_FULL',
      data: bytes(),
    },
    printed: 'OFPFMFC_TABLE_FULL',
  },
  {
    message: {
      type: 'error',
      errorType: 0xffff,
      errorCode: 19,
      experimenter: 0x2320,
      typeName: 'OFPET_EXPERIMENTER',
      codeName: 'NXTTMFC_TABLE_FULL',
      data: bytes(),
    },
    printed: 'NXTTMFC_TABLE_FULL',
  },
  { message: { type: 'features-request' }, printed: 'OFPT_FEATURES_REQUEST' },
  {
    message: {
      type: 'features-reply',
      datapathId: 0xabcn,
      buffers: 0,
      tables: 254,
      auxiliaryId: 0,
      capabilities: 0x4f,
    },
    printed: 'dpid:0000000000000abc',
  },
  { message: { type: 'get-config-request' }, printed: 'OFPT_GET_CONFIG_REQUEST' },
  { message: { type: 'get-config-reply', flags: 0, missSendLength: 128 }, printed: 'miss_send_len=128' },
  { message: { type: 'set-config', flags: 0, missSendLength: 65535 }, printed: 'miss_send_len=65535' },
  { message: { type: 'barrier-request' }, printed: 'OFPT_BARRIER_REQUEST' },
  { message: { type: 'barrier-reply' }, printed: 'OFPT_BARRIER_REPLY' },
  {
    message: { type: 'role-request', role: 'primary', generationId: 5n },
    printed: 'role=primary generation_id=5',
  },
  { message: { type: 'role-reply', role: 'secondary', generationId: 6n }, printed: 'role=secondary' },
  {
    message: { type: 'role-status', role: 'secondary', reason: 0, generationId: 7n },
    printed: 'role=secondary generation_id=7 reason=primary_request',
  },
  {
    message: {
      type: 'set-async',
      masks: {
        packetInSecondary: 0,
        packetInPrimary: 7,
        portStatusSecondary: 7,
        portStatusPrimary: 7,
        flowRemovedSecondary: 0,
        flowRemovedPrimary: 15,
      },
    },
    printed: 'PORT_STATUS: add delete modify',
  },
  {
    message: { type: 'set-async', masks: { packetInPrimary: 1 } },
    versions: since14,
    printed: 'PACKET_IN: no_match',
  },
  { message: { type: 'get-async-request' }, printed: 'OFPT_GET_ASYNC_REQUEST' },
  {
    message: { type: 'get-async-reply', masks: { roleStatusPrimary: 1, requestForwardSecondary: 3 } },
    versions: since14,
    printed: 'OFPT_GET_ASYNC_REPLY',
  },
];

const packetSamples: readonly MessageSample[] = [
  {
    message: {
      type: 'packet-in',
      bufferId: 0xffffffff,
      totalLength: 4,
      reason: 'action',
      table: 3,
      cookie: 9n,
      match,
      data: bytes(1, 2, 3, 4),
    },
    printed: 'table_id=3 cookie=0x9 total_len=4 tun_dst=10.0.0.1,metadata=0x5,in_port=3 (via action)',
  },
  {
    message: {
      type: 'packet-in2',
      packet: bytes(1, 2, 3, 4, 5),
      fullLength: 100,
      bufferId: 7,
      table: 3,
      cookie: 9n,
      reason: 'no-match',
      metadata: match,
      userdata: bytes(0, 1, 2),
    },
    printed: 'userdata=00.01.02',
  },
  {
    message: { type: 'resume', packet: bytes(1, 2, 3), table: 3, reason: 'action', metadata: match },
    printed: 'NXT_RESUME',
  },
  {
    message: {
      type: 'packet-out',
      inPort: ports.controller,
      actions: [{ type: 'output', port: 2 }],
      data: bytes(1, 2),
    },
    printed: 'actions=output:2 data_len=2',
  },
  {
    message: {
      type: 'packet-out',
      inPort: 3,
      match: [{ field: 'metadata', value: 5n }],
      actions: [{ type: 'resubmit', table: 1 }],
      data: bytes(1),
    },
    versions: new15,
    printed: 'metadata=0x5,in_port=3 actions=resubmit(,1)',
  },
];

const flowSamples: readonly MessageSample[] = [
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

const switchSamples: readonly MessageSample[] = [
  { message: { type: 'port-status', reason: 'add', port }, printed: 'ADD: 7(eth7): addr:02:00:00:00:00:07' },
  { message: { type: 'multipart-request', part: 'port-desc' }, printed: 'OFPST_PORT_DESC request' },
  { message: { type: 'multipart-request', part: 'port-desc', port: 5 }, versions: new15, printed: 'port=5' },
  {
    message: { type: 'multipart-reply', part: 'port-desc', ports: [port, { ...port, port: 8 }] },
    printed: '8(eth7)',
  },
  { message: { type: 'multipart-request', part: 'port-stats', port: 5 }, printed: 'port_no=5' },
  {
    message: {
      type: 'multipart-reply',
      part: 'port-stats',
      ports: [
        {
          port: 5,
          durationSeconds: 1,
          durationNanoseconds: 2,
          ...counters,
          ethernet: { frame: 9n, overrun: 10n, crc: 11n, collisions: 12n },
        },
      ],
    },
    printed: 'rx pkts=1, bytes=3, drop=5, errs=7, frame=9, over=10, crc=11',
  },
  { message: { type: 'multipart-request', part: 'description' }, printed: 'OFPST_DESC request' },
  {
    message: {
      type: 'multipart-reply',
      part: 'description',
      manufacturer: 'someone',
      hardware: 'h',
      software: 's',
      serialNumber: 'n',
      datapath: 'd',
    },
    printed: 'Manufacturer: someone',
  },
  {
    message: { type: 'multipart-request', part: 'unknown', partType: 3, body: bytes() },
    printed: 'OFPST_TABLE request',
  },
  {
    message: { type: 'multipart-reply', part: 'unknown', partType: 3, body: bytes() },
    printed: 'OFPST_TABLE reply',
  },
  { message: { type: 'set-packet-in-format', format: 'packet-in2' }, printed: 'NXT_SET_PACKET_IN_FORMAT' },
  { message: { type: 'set-controller-id', id: 5 }, printed: 'id=5' },
  {
    message: {
      type: 'tlv-table-mod',
      command: 'add',
      mappings: [{ optionClass: 0x177, optionType: 1, optionLength: 4, index: 0 }],
    },
    printed: '0x177   0x1       4  tun_metadata0',
  },
  { message: { type: 'tlv-table-mod', command: 'clear', mappings: [] }, printed: 'CLEAR' },
  { message: { type: 'tlv-table-request' }, printed: 'NXT_TLV_TABLE_REQUEST' },
  {
    message: {
      type: 'tlv-table-reply',
      maximumSpace: 256,
      maximumFields: 64,
      mappings: [{ optionClass: 0x177, optionType: 1, optionLength: 4, index: 3 }],
    },
    printed: 'max option space=256 max fields=64',
  },
  { message: { type: 'ct-flush-zone', zone: 77 }, printed: 'zone_id=77' },
];

const groupSamples: readonly MessageSample[] = [
  {
    message: {
      type: 'group-mod',
      command: 'add',
      groupType: 'select',
      group: 9,
      commandBucketId: 0xffffffff,
      selection: { method: 'dp_hash', parameter: 1n, fields: [] },
      buckets: [
        { id: 1, weight: 5, actions: [{ type: 'output', port: 1 }] },
        {
          id: 2,
          weight: 1,
          watchPort: 7,
          watchGroup: 8,
          actions: [{ type: 'conntrack', table: 5, nat: { type: 'none' } }],
        },
      ],
    },
    versions: new15,
    printed:
      'group_id=9,type=select,selection_method=dp_hash,selection_method_param=1,bucket=bucket_id:1,weight:5',
  },
  {
    message: {
      type: 'group-mod',
      command: 'add',
      groupType: 'select',
      group: 9,
      commandBucketId: 0xffffffff,
      selection: { method: 'hash', parameter: 0n, fields: [{ field: 'ipv4_src', value: 0xffffffff }] },
      buckets: [],
    },
    versions: new15,
    printed: 'selection_method=hash,fields=ip_src',
  },
  {
    message: {
      type: 'group-mod',
      command: 'insert-bucket',
      groupType: 'all',
      group: 9,
      commandBucketId: 0xfffffffe,
      buckets: [{ id: 5, actions: [{ type: 'output', port: 1 }] }],
    },
    versions: new15,
    printed: 'INSERT_BUCKET command_bucket_id:last',
  },
  {
    message: {
      type: 'group-mod',
      command: 'modify',
      groupType: 'fast-failover',
      group: 9,
      buckets: [{ watchPort: 7, actions: [{ type: 'output', port: 1 }] }],
    },
    versions: old,
    printed: 'type=ff,bucket=watch_port:7',
  },
  {
    message: { type: 'multipart-request', part: 'group-desc', group: 5 },
    versions: new15,
    printed: 'group_id=5',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'group-desc',
      groups: [{ groupType: 'all', group: 3, buckets: [{ id: 0, actions: [{ type: 'output', port: 1 }] }] }],
    },
    versions: new15,
    printed: 'group_id=3,type=all,bucket=bucket_id:0,actions=output:1',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'group-desc',
      groups: [
        { groupType: 'select', group: 3, buckets: [{ weight: 4, actions: [{ type: 'output', port: 1 }] }] },
      ],
    },
    versions: old,
    printed: 'group_id=3,type=select,bucket=weight:4,actions=output:1',
  },
  {
    message: {
      type: 'meter-mod',
      command: 'add',
      flags: ['packets', 'burst', 'statistics'],
      meter: 5,
      bands: [{ type: 'drop', rate: 100, burst: 10 }],
    },
    printed: 'ADD meter=5 pktps burst stats bands=',
  },
  { message: { type: 'multipart-request', part: 'meter-desc', meter: 5 }, printed: 'meter=5' },
  {
    message: {
      type: 'multipart-reply',
      part: 'meter-desc',
      meters: [
        {
          flags: ['kilobits'],
          meter: 5,
          bands: [
            { type: 'drop', rate: 100 },
            { type: 'dscp-remark', rate: 50, precedenceLevel: 2 },
          ],
        },
      ],
    },
    printed: 'type=dscp_remark rate=50 prec_level=2',
  },
  {
    message: { type: 'bundle-control', bundle: 3, command: 'open-request', flags: ['atomic', 'ordered'] },
    printed: 'bundle_id=0x3 type=OPEN_REQUEST flags=atomic ordered',
  },
  {
    message: { type: 'bundle-control', bundle: 3, command: 'commit-reply', flags: [] },
    printed: 'type=COMMIT_REPLY',
  },
];

/** Messages of every type, with all that they can say. */
export const messageSamples: readonly MessageSample[] = [
  ...sessionSamples,
  ...packetSamples,
  ...flowSamples,
  ...switchSamples,
  ...groupSamples,
];
