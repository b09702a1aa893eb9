import { ports } from '../ports.ts';
import { bytes, type MessageSample, only15 } from './sample.ts';

const match = [
  { field: 'in_port', value: 3 },
  { field: 'metadata', value: 0x5n },
  { field: 'tun_ipv4_dst', value: 0x0a000001 },
] as const;

export const packetSamples: readonly MessageSample[] = [
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
    message: { type: 'packet-in2', packet: bytes(1, 2), continuation: bytes() },
    structure: 'nx_packet_in2',
    hex: '06040020000000000000232000000' + '01e00000006010200000008000400000000',
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
    versions: only15,
    printed: 'metadata=0x5,in_port=3 actions=resubmit(,1)',
  },
];
