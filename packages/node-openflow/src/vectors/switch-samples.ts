import { bytes, type MessageSample, only15 } from './sample.ts';

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

export const switchSamples: readonly MessageSample[] = [
  { message: { type: 'port-status', reason: 'add', port }, printed: 'ADD: 7(eth7): addr:02:00:00:00:00:07' },
  { message: { type: 'multipart-request', part: 'port-desc' }, printed: 'OFPST_PORT_DESC request' },
  { message: { type: 'multipart-request', part: 'port-desc', port: 5 }, versions: only15, printed: 'port=5' },
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
    message: { type: 'multipart-request', part: 'unknown', partType: 99, body: bytes() },
    structure: 'ofp_multipart_request',
    hex: '06120010000000000063000000000000',
  },
  {
    message: { type: 'multipart-reply', part: 'unknown', partType: 99, body: bytes() },
    structure: 'ofp_multipart_reply',
    hex: '06130010000000000063000000000000',
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
  {
    message: {
      type: 'ct-flush',
      protocol: 6,
      zone: 7,
      original: { source: 0x0a000001, destination: 0x0a000002, sourcePort: 5, destinationPort: 80 },
      reply: { source: 0x0a000003 },
    },
    printed: 'ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_tp_src=5,ct_tp_dst=80,ct_nw_proto=6',
  },
  {
    message: { type: 'ct-flush', protocol: 0, mark: 5, markMask: 0xff, label: 6n, labelMask: 0xf0n },
    structure: 'nx_ct_flush',
    hex:
      '0604005800000000' +
      '0000232000000020' +
      '0000000000000000' +
      '0003000800000005' +
      '00040008000000ff' +
      '0005001400000000000000000000000000000006' +
      '00000000' +
      '00060014000000000000000000000000000000f0' +
      '00000000',
  },
  {
    message: {
      type: 'ct-flush',
      protocol: 58,
      original: { source: 0xfd00n << 112n, icmpId: 1, icmpType: 128, icmpCode: 0 },
    },
    printed: 'ct_ipv6_src=fd00::',
  },
];
