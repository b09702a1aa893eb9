import { type MessageSample, only13, since14 } from './sample.ts';

const flow = {
  table: 5,
  priority: 100,
  idleTimeout: 5,
  hardTimeout: 6,
  cookie: 9n,
  match: [{ field: 'metadata', value: 5n }],
  instructions: [{ type: 'apply-actions', actions: [{ type: 'output', port: 2 }] }],
} as const;

/** Flow monitors; in 1.3 the ONF's extension 187, which Open vSwitch takes. */
export const monitorSamples: readonly MessageSample[] = [
  {
    message: {
      type: 'multipart-request',
      part: 'flow-monitor',
      monitors: [
        {
          monitor: 1,
          flags: ['initial', 'add', 'removed', 'modify', 'instructions'],
          table: 5,
          outPort: 7,
          match: [{ field: 'metadata', value: 5n }],
        },
        { monitor: 2, flags: ['add'] },
      ],
    },
    printed: 'table=5',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'flow-monitor',
      monitors: [{ monitor: 3, flags: ['modify', 'no-abbreviations'] }],
    },
    versions: only13,
    printed: 'id=3 flags=modify,own',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'flow-monitor',
      monitors: [{ monitor: 3, flags: ['modify', 'no-abbreviations'] }],
    },
    versions: since14,
    structure: 'ofp_flow_monitor_request',
    hex: '06120028000000000010000000000000' + '00000003ffffffffffffffff0028ff000001000400000000',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'flow-monitor',
      monitors: [{ monitor: 1, command: 'modify', flags: ['removed', 'only-own'], outGroup: 8 }],
    },
    versions: since14,
    printed: 'OFPST_FLOW_MONITOR request',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'flow-monitor',
      monitors: [{ monitor: 1, command: 'delete', flags: [] }],
    },
    versions: since14,
    printed: 'OFPST_FLOW_MONITOR request',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'flow-monitor',
      updates: [
        { event: 'added', ...flow },
        { event: 'removed', reason: 'delete', ...flow, instructions: [] },
        { event: 'modified', ...flow },
        { event: 'abbreviated', xid: 0x1234 },
      ],
    },
    printed: 'event=ABBREV xid=0x1234',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'flow-monitor',
      updates: [{ event: 'initial', ...flow }],
    },
    versions: since14,
    printed: 'event=INITIAL table=5',
  },
  {
    message: { type: 'multipart-reply', part: 'flow-monitor', updates: [{ event: 'paused' }] },
    versions: since14,
    printed: 'event=PAUSED',
  },
  {
    message: { type: 'multipart-reply', part: 'flow-monitor', updates: [{ event: 'resumed' }] },
    versions: since14,
    printed: 'event=RESUMED',
  },
  { message: { type: 'flow-monitor-cancel', monitor: 3 }, versions: only13, printed: 'id=3' },
  { message: { type: 'flow-monitor-paused' }, versions: only13, printed: 'FLOW_MONITOR_PAUSED' },
  { message: { type: 'flow-monitor-resumed' }, versions: only13, printed: 'FLOW_MONITOR_RESUMED' },
];
