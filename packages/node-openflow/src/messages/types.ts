import type { BundleAdd, BundleControl } from './bundle-types.ts';
import type {
  ConntrackFlush,
  CtFlushZone,
  SetControllerId,
  SetPacketInFormat,
  TlvTableMod,
  TlvTableReply,
  TlvTableRequest,
} from './extension-types.ts';
import type { FlowMod, FlowRemoved } from './flow-mod-types.ts';
import type { FlowMonitorCancel, FlowMonitorPaused, FlowMonitorResumed } from './flow-monitor-types.ts';
import type { GroupMod, MeterMod } from './group-meter-types.ts';
import type { MultipartReply, MultipartRequest } from './multipart-types.ts';
import type {
  NiciraFlowAge,
  NiciraFlowModTableId,
  NiciraFlowRemoved,
  NiciraPacketIn,
  NiciraRoleReply,
  NiciraRoleRequest,
  NiciraSetAsync,
  NiciraSetAsync2,
} from './nicira-types.ts';
import type { PacketIn, PacketIn2, PacketOut, Resume } from './packet-types.ts';
import type { PortMod, PortStatus } from './port-types.ts';
import type { QueueGetConfigReply, QueueGetConfigRequest } from './queue-types.ts';
import type {
  BarrierReply,
  BarrierRequest,
  EchoReply,
  EchoRequest,
  ErrorMessage,
  FeaturesReply,
  FeaturesRequest,
  GetAsyncReply,
  GetAsyncRequest,
  GetConfigReply,
  GetConfigRequest,
  Hello,
  RoleReply,
  RoleRequest,
  RoleStatus,
  SetAsync,
  SetConfig,
} from './session-types.ts';
import type { ControllerStatus, RequestForward } from './switch-status-types.ts';
import type { TableMod, TableStatus } from './table-types.ts';

/** A message this library does not know, whole (header included) and written back as it was, except for its xid. */
export interface UnknownMessage {
  readonly type: 'unknown';
  readonly raw: Uint8Array;
}

/** Any OpenFlow message, told apart by `type` (and, for multipart messages, by `part`). */
export type Message =
  | Hello
  | EchoRequest
  | EchoReply
  | ErrorMessage
  | FeaturesRequest
  | FeaturesReply
  | GetConfigRequest
  | GetConfigReply
  | SetConfig
  | PacketIn
  | PacketIn2
  | Resume
  | PacketOut
  | FlowMod
  | FlowRemoved
  | PortStatus
  | GroupMod
  | MeterMod
  | BarrierRequest
  | BarrierReply
  | RoleRequest
  | RoleReply
  | RoleStatus
  | SetAsync
  | GetAsyncRequest
  | GetAsyncReply
  | MultipartRequest
  | MultipartReply
  | BundleControl
  | BundleAdd
  | SetPacketInFormat
  | SetControllerId
  | TlvTableMod
  | TlvTableRequest
  | TlvTableReply
  | CtFlushZone
  | ConntrackFlush
  | PortMod
  | FlowMonitorCancel
  | FlowMonitorPaused
  | FlowMonitorResumed
  | NiciraFlowAge
  | NiciraFlowModTableId
  | NiciraFlowRemoved
  | NiciraPacketIn
  | NiciraRoleReply
  | NiciraRoleRequest
  | NiciraSetAsync
  | NiciraSetAsync2
  | QueueGetConfigReply
  | QueueGetConfigRequest
  | ControllerStatus
  | RequestForward
  | TableMod
  | TableStatus
  | UnknownMessage;

/** OpenFlow 1.3, 1.4 and 1.5 as they appear in the header. */
export type Version = 4 | 5 | 6;

/** What decoding adds to every message. */
export interface Envelope {
  readonly xid: number;
  readonly version: number;
}

export type DecodedMessage = Message & Envelope;
