import { type MessageSample, only13, since14 } from './sample.ts';

const queue = { port: 5, queue: 7, minimumRate: 100, maximumRate: 500 } as const;

/** Queues, in 1.3 with messages of their own. */
export const queueSamples: readonly MessageSample[] = [
  { message: { type: 'queue-get-config-request', port: 5 }, versions: only13, printed: 'port=5' },
  {
    message: { type: 'queue-get-config-reply', port: 5, queues: [queue, { port: 5, queue: 8 }] },
    versions: only13,
    printed: 'min_rate:10.0% max_rate:50.0%',
  },
  {
    message: { type: 'multipart-request', part: 'queue-desc', port: 5, queue: 7 },
    versions: since14,
    printed: 'port=5 queue=7',
  },
  {
    message: { type: 'multipart-reply', part: 'queue-desc', queues: [queue, { port: 5, queue: 8 }] },
    versions: since14,
    printed: 'min_rate:10.0% max_rate:50.0%',
  },
  { message: { type: 'multipart-request', part: 'queue-stats', port: 5 }, printed: 'port=5 queue=ALL' },
  {
    message: {
      type: 'multipart-reply',
      part: 'queue-stats',
      queues: [
        {
          port: 5,
          queue: 7,
          sentBytes: 1n,
          sentPackets: 2n,
          sentErrors: 3n,
          durationSeconds: 4,
          durationNanoseconds: 5,
        },
      ],
    },
    printed: 'bytes=1, pkts=2, errors=3',
  },
];
