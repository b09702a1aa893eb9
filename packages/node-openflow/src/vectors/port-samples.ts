import { type MessageSample, only15, since14 } from './sample.ts';

const description = { port: 7, hardwareAddress: 0x020000000007n, name: 'eth7', config: 0, state: 4 } as const;
const counters = {
  receivedPackets: 1n,
  sentPackets: 2n,
  receivedBytes: 3n,
  sentBytes: 4n,
  receivedDropped: 5n,
  sentDropped: 6n,
  receivedErrors: 7n,
  sentErrors: 8n,
} as const;

/** Ports: OpenFlow 1.5.1. */
export const portSamples: readonly MessageSample[] = [
  {
    message: {
      type: 'port-mod',
      port: 7,
      hardwareAddress: 0x020000000007n,
      config: 1,
      mask: 1,
      advertise: 2,
    },
    printed: 'port: 7: addr:02:00:00:00:00:07',
  },
  {
    message: { type: 'port-status', reason: 'delete', port: description },
    versions: since14,
    printed: 'DEL',
  },
  {
    message: { type: 'port-status', reason: 'modify', port: description },
    versions: since14,
    printed: 'MOD',
  },
  {
    message: {
      type: 'port-mod',
      port: 7,
      hardwareAddress: 0x020000000007n,
      config: 0,
      mask: 0,
      optical: { configure: 3, frequency: 191_700, offset: 1, gridSpan: 50, power: 10 },
    },
    versions: since14,
    structure: 'ofp_port_mod_prop_optical',
    hex:
      '0610003800000000' +
      '0000000700000000020000000007000000000000000000000' +
      '001001800000003' +
      '0002ecd4000000010000003200000' +
      '00a',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'port-desc',
      ports: [
        {
          ...description,
          optical: {
            supported: 3,
            sentMinimumFrequency: 1,
            sentMaximumFrequency: 2,
            sentGrid: 3,
            receivedMinimumFrequency: 4,
            receivedMaximumFrequency: 5,
            receivedGrid: 6,
            minimumPower: 7,
            maximumPower: 8,
          },
        },
      ],
    },
    versions: since14,
    structure: 'ofp_port_desc_prop_optical',
    hex:
      '0613006000000000000d000000000000' +
      '0000000700500000020000000007000065746837000000000000000000000000' +
      '0000000000000004' +
      '00010028000000000000000300000001000000020000000300000004000000050000000600070008',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'port-desc',
      ports: [
        {
          ...description,
          pipelineInput: [{ field: 'metadata', maskable: true }],
          pipelineOutput: [{ field: 'tunnel_id' }, { field: 'in_port' }],
          recirculate: [8, 9],
        },
      ],
    },
    versions: only15,
    structure: 'ofp_port_desc_prop_oxm',
    hex:
      '0613006000000000000d000000000000' +
      '0000000700500000020000000007000065746837000000000000000000000000' +
      '0000000000000004' +
      '0002000880000508' +
      '0003000c80004c088000000400000000' +
      '0004000c000000080000000900000000',
  },
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
          optical: {
            flags: 3,
            sentFrequency: 1,
            sentOffset: 2,
            sentGridSpan: 3,
            receivedFrequency: 4,
            receivedOffset: 5,
            receivedGridSpan: 6,
            sentPower: 7,
            receivedPower: 8,
            biasCurrent: 9,
            temperature: 10,
          },
        },
      ],
    },
    versions: since14,
    structure: 'ofp_port_stats_prop_optical',
    hex:
      '06130090000000000004000000000000' +
      '00800000000000050000000100000002' +
      '0000000000000001000000000000000200000000000000030000000000000004' +
      '0000000000000005000000000000000600000000000000070000000000000008' +
      '0001002c00000000000000030000000100000002000000030000000400000005000000060007000800090' +
      '00a00000000',
  },
];
