import type { BundleTime } from './bundle-types.ts';
import type { ControllerRole } from './session-types.ts';
import type { Message } from './types.ts';

/** Tells a controller of a change of a group or meter that another controller asked for. */
export interface RequestForward {
  readonly type: 'request-forward';
  /** With `xid`, that of the other controller; where it is absent, the xid of this message is written. */
  readonly request: Message & { readonly xid?: number };
}

/** Why a controller's status is told; a number is a reason without a name. */
export type ControllerStatusReason =
  | 'request'
  | 'channel-status'
  | 'role'
  | 'controller-added'
  | 'controller-removed'
  | 'short-id'
  | number;

/** One connection of a switch to a controller (OpenFlow 1.5). */
export interface ControllerDescription {
  readonly shortId: number;
  readonly role: ControllerRole;
  readonly reason: ControllerStatusReason;
  /** Whether the connection is down. */
  readonly down: boolean;
  /** Address of the controller, such as `tcp:10.0.0.1:6653`. */
  readonly uri?: string;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Tells of a change of a connection to a controller (OpenFlow 1.5). */
export interface ControllerStatus extends ControllerDescription {
  readonly type: 'controller-status';
}

/** What a switch says of times at which bundles are to be applied (OpenFlow 1.5). */
export interface BundleScheduling {
  readonly accuracy: BundleTime;
  /** How far ahead a time may be. */
  readonly maximumFuture: BundleTime;
  /** How long ago a time may be. */
  readonly maximumPast: BundleTime;
  /** Now, by the clock of the sender. */
  readonly timestamp: BundleTime;
}

/** What IPFIX counts in Open vSwitch. */
export interface IpfixStatistics {
  readonly totalFlows: bigint;
  readonly currentFlows: bigint;
  readonly packets: bigint;
  readonly ipv4Packets: bigint;
  readonly ipv6Packets: bigint;
  readonly errorPackets: bigint;
  readonly ipv4ErrorPackets: bigint;
  readonly ipv6ErrorPackets: bigint;
  readonly sentPackets: bigint;
  readonly sentErrors: bigint;
  readonly collectorSet: number;
}
