/** What is configured about a queue. Rates are tenths of a percent. */
export interface QueueDescription {
  readonly port: number;
  readonly queue: number;
  readonly minimumRate?: number;
  readonly maximumRate?: number;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Asks for the queues of a port (OpenFlow 1.3; later versions have the multipart message `queue-desc`). */
export interface QueueGetConfigRequest {
  readonly type: 'queue-get-config-request';
  /** Default `ports.any`. */
  readonly port?: number;
}

export interface QueueGetConfigReply {
  readonly type: 'queue-get-config-reply';
  readonly port: number;
  readonly queues: readonly QueueDescription[];
}

/** Counters of a queue; all ones means that the switch does not count it. */
export interface QueueStatistics {
  readonly port: number;
  readonly queue: number;
  readonly sentBytes: bigint;
  readonly sentPackets: bigint;
  readonly sentErrors: bigint;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}
