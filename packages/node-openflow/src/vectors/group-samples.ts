import { before15, type MessageSample, only15 } from './sample.ts';

export const groupSamples: readonly MessageSample[] = [
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
    versions: only15,
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
    versions: only15,
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
    versions: only15,
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
    versions: before15,
    printed: 'type=ff,bucket=watch_port:7',
  },
  {
    message: { type: 'multipart-request', part: 'group-desc' },
    printed: 'OFPST_GROUP_DESC request',
  },
  {
    message: { type: 'multipart-request', part: 'group-desc', group: 5 },
    versions: only15,
    printed: 'group_id=5',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'group-desc',
      groups: [{ groupType: 'all', group: 3, buckets: [{ id: 0, actions: [{ type: 'output', port: 1 }] }] }],
    },
    versions: only15,
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
    versions: before15,
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
