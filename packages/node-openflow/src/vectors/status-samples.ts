import { type MessageSample, only15 } from './sample.ts';

const counted = { packetCount: 7n, byteCount: 700n } as const;
const duration = { durationSeconds: 3, durationNanoseconds: 4 } as const;
const ipfix = {
  totalFlows: 1n,
  currentFlows: 2n,
  packets: 3n,
  ipv4Packets: 4n,
  ipv6Packets: 5n,
  errorPackets: 6n,
  ipv4ErrorPackets: 7n,
  ipv6ErrorPackets: 8n,
  sentPackets: 9n,
  sentErrors: 10n,
  collectorSet: 11,
} as const;

/** What switches tell about groups, meters, controllers and themselves. */
export const statusSamples: readonly MessageSample[] = [
  { message: { type: 'multipart-request', part: 'group-stats', group: 5 }, printed: 'group_id=5' },
  {
    message: {
      type: 'multipart-reply',
      part: 'group-stats',
      groups: [{ group: 5, referenceCount: 2, ...duration, ...counted, buckets: [counted, counted] }],
    },
    printed: 'group_id=5,duration=3.000000004s,ref_count=2,packet_count=7,byte_count=700',
  },
  { message: { type: 'multipart-request', part: 'group-features' }, printed: 'OFPST_GROUP_FEATURES request' },
  {
    message: {
      type: 'multipart-reply',
      part: 'group-features',
      types: 15,
      capabilities: 7,
      maximumGroups: { all: 1, select: 2, indirect: 3, fastFailover: 4 },
      actions: { all: 1, select: 1, indirect: 1, fastFailover: 1 },
    },
    printed: 'max_groups=0x3',
  },
  { message: { type: 'multipart-request', part: 'meter-stats', meter: 5 }, printed: 'meter=5' },
  {
    message: {
      type: 'multipart-reply',
      part: 'meter-stats',
      meters: [{ meter: 5, referenceCount: 2, ...duration, ...counted, bands: [counted] }],
    },
    printed: 'meter:5 flow_count:2 packet_in_count:7 byte_in_count:700',
  },
  { message: { type: 'multipart-request', part: 'meter-features' }, printed: 'OFPST_METER_FEATURES request' },
  {
    message: {
      type: 'multipart-reply',
      part: 'meter-features',
      maximumMeter: 1000,
      bandTypes: 6,
      capabilities: 15,
      maximumBands: 3,
      maximumColor: 2,
    },
    printed: 'max_meter:1000 max_bands:3 max_color:2',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'meter-features',
      maximumMeter: 1000,
      bandTypes: 6,
      capabilities: 15,
      maximumBands: 3,
      maximumColor: 2,
      features: 1,
    },
    versions: only15,
    structure: 'ofp_meter_features',
    hex: '0613002800000000000b000000000000000003e8000000060000000f030200000000000100000000',
  },
  { message: { type: 'multipart-request', part: 'ipfix-bridge' }, printed: 'NXST_IPFIX_BRIDGE request' },
  {
    message: { type: 'multipart-reply', part: 'ipfix-bridge', ...ipfix },
    printed: 'flows=1, current flows=2, sampled pkts=3',
  },
  { message: { type: 'multipart-request', part: 'ipfix-flow' }, printed: 'NXST_IPFIX_FLOW request' },
  {
    message: { type: 'multipart-reply', part: 'ipfix-flow', collectors: [ipfix] },
    printed: 'id  11: flows=1, current flows=2, sampled pkts=3',
  },
  {
    message: {
      type: 'controller-status',
      shortId: 5,
      role: 'primary',
      reason: 'role',
      down: true,
      uri: 'tcp:1.2.3.4:6',
    },
    versions: only15,
    structure: 'ofp_controller_status',
    hex:
      '06230030000000000028000500000002020100000000000000000011' + '7463703a312e322e332e343a3600000000000000',
  },
  {
    message: { type: 'multipart-request', part: 'controller-status' },
    versions: only15,
    structure: 'ofp_controller_status',
    hex: '06120010000000000012000000000000',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'controller-status',
      controllers: [{ shortId: 0, role: 'equal', reason: 'request', down: false }],
    },
    versions: only15,
    structure: 'ofp_controller_status',
    hex: '061300200000000000120000000000000010000000000001' + '0000000000000000',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'flow-stats',
      table: 3,
      match: [{ field: 'metadata', value: 5n }],
    },
    versions: only15,
    structure: 'ofp_flow_stats_request',
    hex:
      '06120040000000000011000000000000' +
      '03000000ffffffffffffffff0000000000000000000000000000000000000000' +
      '00010010800004080000000000000005',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'flow-stats',
      flows: [
        {
          table: 3,
          reason: 'trigger',
          priority: 100,
          match: [],
          idleSeconds: 1,
          idleNanoseconds: 2,
          packetCount: 7n,
        },
      ],
    },
    versions: only15,
    structure: 'ofp_flow_stats',
    hex:
      '06130040000000000011000000000000' +
      '0030000003010064' +
      '0001000400000000' +
      '0000001c' +
      '800202080000000100000002' +
      '800208080000000000000007' +
      '00000000',
  },
  {
    message: {
      type: 'multipart-request',
      part: 'bundle-features',
      flags: 3,
      time: {
        accuracy: { seconds: 1n, nanoseconds: 2 },
        maximumFuture: { seconds: 3n, nanoseconds: 4 },
        maximumPast: { seconds: 5n, nanoseconds: 6 },
        timestamp: { seconds: 7n, nanoseconds: 8 },
      },
    },
    versions: only15,
    structure: 'ofp_bundle_features_request',
    hex:
      '06120060000000000013000000000000' +
      '0000000300000000' +
      '0001004800000000' +
      '00000000000000010000000200000000' +
      '00000000000000030000000400000000' +
      '00000000000000050000000600000000' +
      '00000000000000070000000800000000',
  },
  {
    message: { type: 'multipart-reply', part: 'bundle-features', capabilities: 7 },
    versions: only15,
    structure: 'ofp_bundle_features',
    hex: '0613001800000000001300000000000000070000' + '00000000',
  },
  {
    message: {
      type: 'bundle-control',
      bundle: 3,
      command: 'commit-request',
      flags: ['atomic', 'time'],
      time: { seconds: 0x1234n, nanoseconds: 0x56 },
    },
    versions: only15,
    structure: 'ofp_bundle_prop_time',
    hex: '062100280000000000000003000400050001001800000000' + '00000000000012340000005600000000',
  },
];
