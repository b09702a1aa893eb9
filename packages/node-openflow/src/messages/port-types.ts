/** Speeds (kbps) and feature bits (OFPPF_*) of an Ethernet port. */
export interface EthernetPortFeatures {
  readonly current: number;
  readonly advertised: number;
  readonly supported: number;
  readonly peer: number;
  readonly currentSpeed: number;
  readonly maximumSpeed: number;
}

export interface PortDescription {
  readonly port: number;
  readonly hardwareAddress: bigint;
  readonly name: string;
  /** Bits OFPPC_*. */
  readonly config: number;
  /** Bits OFPPS_*. */
  readonly state: number;
  readonly ethernet?: EthernetPortFeatures;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

export type PortChange = 'add' | 'delete' | 'modify';

/** Tells that a port came, went or changed. OVS sends `add` and then `modify` for a new port. */
export interface PortStatus {
  readonly type: 'port-status';
  readonly reason: PortChange;
  readonly port: PortDescription;
}

/** Errors that only Ethernet ports count. */
export interface EthernetPortErrors {
  readonly frame: bigint;
  readonly overrun: bigint;
  readonly crc: bigint;
  readonly collisions: bigint;
}

/** Counters of a port; all ones means that the switch does not count it. */
export interface PortStatistics {
  readonly port: number;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  readonly receivedPackets: bigint;
  readonly sentPackets: bigint;
  readonly receivedBytes: bigint;
  readonly sentBytes: bigint;
  readonly receivedDropped: bigint;
  readonly sentDropped: bigint;
  readonly receivedErrors: bigint;
  readonly sentErrors: bigint;
  readonly ethernet?: EthernetPortErrors;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}
