import type { Match } from '../fields/match.ts';
import type { FlowCounters, FlowDescription } from './flow-mod-types.ts';
import type { FlowMonitorRequest, FlowUpdate } from './flow-monitor-types.ts';
import type {
  GroupDescription,
  GroupFeatures,
  GroupStatistics,
  MeterDescription,
  MeterFeatures,
  MeterStatistics,
} from './group-meter-types.ts';
import type { PortDescription, PortStatistics } from './port-types.ts';
import type { QueueDescription, QueueStatistics } from './queue-types.ts';
import type { BundleScheduling, ControllerDescription, IpfixStatistics } from './switch-status-types.ts';
import type { TableConfiguration, TableFeatures, TableStatistics } from './table-types.ts';

/** Which flows a request is about. Without any of these it is about all. */
export interface FlowSelection {
  /** Default 255: all tables. */
  readonly table?: number;
  readonly outPort?: number;
  readonly outGroup?: number;
  readonly cookie?: bigint;
  /** Default: all ones when `cookie` is given, else 0. */
  readonly cookieMask?: bigint;
  readonly match?: Match;
}

interface Request<Part extends string> {
  readonly type: 'multipart-request';
  readonly part: Part;
  /** Set when further parts of the same request follow. */
  readonly more?: boolean;
}

interface Reply<Part extends string> {
  readonly type: 'multipart-reply';
  readonly part: Part;
  /** Set when further parts of the same reply follow. */
  readonly more?: boolean;
}

export type SwitchDescriptionRequest = Request<'description'>;
export type FlowDescRequest = Request<'flow-desc'> & FlowSelection;
export type AggregateRequest = Request<'aggregate'> & FlowSelection;
/** `port` default: any, that is all ports. */
export type PortDescRequest = Request<'port-desc'> & { readonly port?: number };
export type PortStatsRequest = Request<'port-stats'> & { readonly port?: number };
/** `group` default: all. */
export type GroupDescRequest = Request<'group-desc'> & { readonly group?: number };
/** `meter` default: all. */
export type MeterDescRequest = Request<'meter-desc'> & { readonly meter?: number };
export type FlowStatsRequest = Request<'flow-stats'> & FlowSelection;
export type TableStatsRequest = Request<'table-stats'>;
/** `port` default: any, `queue` default: all. */
export type QueueStatsRequest = Request<'queue-stats'> & { readonly port?: number; readonly queue?: number };
export type QueueDescRequest = Request<'queue-desc'> & { readonly port?: number; readonly queue?: number };
export type GroupStatsRequest = Request<'group-stats'> & { readonly group?: number };
export type GroupFeaturesRequest = Request<'group-features'>;
export type MeterStatsRequest = Request<'meter-stats'> & { readonly meter?: number };
export type MeterFeaturesRequest = Request<'meter-features'>;
/** With tables it asks the switch to have these features. */
export type TableFeaturesRequest = Request<'table-features'> & { readonly tables?: readonly TableFeatures[] };
export type TableDescRequest = Request<'table-desc'>;
export type FlowMonitorMultipartRequest = Request<'flow-monitor'> & {
  readonly monitors: readonly FlowMonitorRequest[];
};
export type ControllerStatusRequest = Request<'controller-status'>;
export type BundleFeaturesRequest = Request<'bundle-features'> & {
  /** OFPBF_* bits: 1 timestamp, 2 time set and scheduling. */
  readonly flags: number;
  readonly time?: BundleScheduling;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
};
export type IpfixBridgeRequest = Request<'ipfix-bridge'>;
export type IpfixFlowRequest = Request<'ipfix-flow'>;
export type UnknownMultipartRequest = Request<'unknown'> & {
  readonly partType: number;
  readonly body: Uint8Array;
};

export type SwitchDescriptionReply = Reply<'description'> & {
  readonly manufacturer: string;
  readonly hardware: string;
  readonly software: string;
  readonly serialNumber: string;
  readonly datapath: string;
};
export type FlowDescReply = Reply<'flow-desc'> & { readonly flows: readonly FlowDescription[] };
export type AggregateReply = Reply<'aggregate'> & {
  readonly packetCount: bigint;
  readonly byteCount: bigint;
  readonly flowCount: number;
  /** Entries of OpenFlow 1.5 that this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
};
export type PortDescReply = Reply<'port-desc'> & { readonly ports: readonly PortDescription[] };
export type PortStatsReply = Reply<'port-stats'> & { readonly ports: readonly PortStatistics[] };
export type GroupDescReply = Reply<'group-desc'> & { readonly groups: readonly GroupDescription[] };
export type MeterDescReply = Reply<'meter-desc'> & { readonly meters: readonly MeterDescription[] };
export type FlowStatsReply = Reply<'flow-stats'> & { readonly flows: readonly FlowCounters[] };
export type TableStatsReply = Reply<'table-stats'> & { readonly tables: readonly TableStatistics[] };
export type QueueStatsReply = Reply<'queue-stats'> & { readonly queues: readonly QueueStatistics[] };
export type QueueDescReply = Reply<'queue-desc'> & { readonly queues: readonly QueueDescription[] };
export type GroupStatsReply = Reply<'group-stats'> & { readonly groups: readonly GroupStatistics[] };
export type GroupFeaturesReply = Reply<'group-features'> & GroupFeatures;
export type MeterStatsReply = Reply<'meter-stats'> & { readonly meters: readonly MeterStatistics[] };
export type MeterFeaturesReply = Reply<'meter-features'> & MeterFeatures;
export type TableFeaturesReply = Reply<'table-features'> & { readonly tables: readonly TableFeatures[] };
export type TableDescReply = Reply<'table-desc'> & { readonly tables: readonly TableConfiguration[] };
export type FlowMonitorMultipartReply = Reply<'flow-monitor'> & { readonly updates: readonly FlowUpdate[] };
export type ControllerStatusReply = Reply<'controller-status'> & {
  readonly controllers: readonly ControllerDescription[];
};
export type BundleFeaturesReply = Reply<'bundle-features'> & {
  /** OFPBF_* bits: 1 atomic, 2 ordered, 4 scheduled. */
  readonly capabilities: number;
  readonly time?: BundleScheduling;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
};
export type IpfixBridgeReply = Reply<'ipfix-bridge'> & IpfixStatistics;
export type IpfixFlowReply = Reply<'ipfix-flow'> & { readonly collectors: readonly IpfixStatistics[] };
export type UnknownMultipartReply = Reply<'unknown'> & {
  readonly partType: number;
  readonly body: Uint8Array;
};

export type MultipartRequest =
  | SwitchDescriptionRequest
  | FlowDescRequest
  | AggregateRequest
  | PortDescRequest
  | PortStatsRequest
  | GroupDescRequest
  | MeterDescRequest
  | FlowStatsRequest
  | TableStatsRequest
  | QueueStatsRequest
  | QueueDescRequest
  | GroupStatsRequest
  | GroupFeaturesRequest
  | MeterStatsRequest
  | MeterFeaturesRequest
  | TableFeaturesRequest
  | TableDescRequest
  | FlowMonitorMultipartRequest
  | ControllerStatusRequest
  | BundleFeaturesRequest
  | IpfixBridgeRequest
  | IpfixFlowRequest
  | UnknownMultipartRequest;

export type MultipartReply =
  | SwitchDescriptionReply
  | FlowDescReply
  | AggregateReply
  | PortDescReply
  | PortStatsReply
  | GroupDescReply
  | MeterDescReply
  | FlowStatsReply
  | TableStatsReply
  | QueueStatsReply
  | QueueDescReply
  | GroupStatsReply
  | GroupFeaturesReply
  | MeterStatsReply
  | MeterFeaturesReply
  | TableFeaturesReply
  | TableDescReply
  | FlowMonitorMultipartReply
  | ControllerStatusReply
  | BundleFeaturesReply
  | IpfixBridgeReply
  | IpfixFlowReply
  | UnknownMultipartReply;
