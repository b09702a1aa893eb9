import type { FieldFeature } from './table-types.ts';

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
  /** OpenFlow 1.4 and later. */
  readonly optical?: OpticalPortFeatures;
  /** Fields that a packet coming from this logical port has. OpenFlow 1.5, like those below. */
  readonly pipelineInput?: readonly FieldFeature[];
  /** Fields that this logical port looks at when a packet is sent to it. */
  readonly pipelineOutput?: readonly FieldFeature[];
  /** Ports at which packets sent to this one may come in again. */
  readonly recirculate?: readonly number[];
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
export interface PortCounters {
  readonly receivedPackets: bigint;
  readonly sentPackets: bigint;
  readonly receivedBytes: bigint;
  readonly sentBytes: bigint;
  readonly receivedDropped: bigint;
  readonly sentDropped: bigint;
  readonly receivedErrors: bigint;
  readonly sentErrors: bigint;
}

export interface PortStatistics extends PortCounters {
  readonly port: number;
  readonly durationSeconds: number;
  readonly durationNanoseconds: number;
  readonly ethernet?: EthernetPortErrors;
  /** OpenFlow 1.4 and later. */
  readonly optical?: OpticalPortStatistics;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** An optical port: OFPOPF_* bits, frequencies in MHz or wavelengths in hundredths of nanometres, power in tenths of dBm. */
export interface OpticalPortFeatures {
  readonly supported: number;
  readonly sentMinimumFrequency: number;
  readonly sentMaximumFrequency: number;
  readonly sentGrid: number;
  readonly receivedMinimumFrequency: number;
  readonly receivedMaximumFrequency: number;
  readonly receivedGrid: number;
  readonly minimumPower: number;
  readonly maximumPower: number;
}

/** What an optical port sends and receives now; units as in `OpticalPortFeatures`, OFPOSF_* bits in `flags`. */
export interface OpticalPortStatistics {
  readonly flags: number;
  readonly sentFrequency: number;
  readonly sentOffset: number;
  readonly sentGridSpan: number;
  readonly receivedFrequency: number;
  readonly receivedOffset: number;
  readonly receivedGridSpan: number;
  readonly sentPower: number;
  readonly receivedPower: number;
  /** Tenths of milliamperes. */
  readonly biasCurrent: number;
  /** Tenths of degrees Celsius. */
  readonly temperature: number;
}

export interface OpticalConfiguration {
  /** OFPOPF_* bits: which of the following count. */
  readonly configure: number;
  readonly frequency: number;
  readonly offset: number;
  readonly gridSpan: number;
  readonly power: number;
}

/** Changes the configuration of a port. */
export interface PortMod {
  readonly type: 'port-mod';
  readonly port: number;
  /** Must be that of the port. */
  readonly hardwareAddress: bigint;
  /** OFPPC_* bits. */
  readonly config: number;
  /** OFPPC_* bits that change. */
  readonly mask: number;
  /** OFPPF_* bits; absent or 0 changes nothing. */
  readonly advertise?: number;
  /** OpenFlow 1.4 and later. */
  readonly optical?: OpticalConfiguration;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}
