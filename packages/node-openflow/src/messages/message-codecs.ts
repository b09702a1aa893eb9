import { getAsyncReply, getAsyncRequest, niciraSetAsync, niciraSetAsync2, setAsync } from './async.ts';
import { bundleAdd, bundleControl } from './bundle.ts';
import type { MessageCodec } from './codec.ts';
import { conntrackFlush } from './conntrack-flush.ts';
import {
  ctFlushZone,
  setControllerId,
  setPacketInFormat,
  tlvTableMod,
  tlvTableReply,
  tlvTableRequest,
} from './extension.ts';
import { flowMod, flowRemoved } from './flow-mod.ts';
import { flowMonitorCancel, flowMonitorPaused, flowMonitorResumed } from './flow-monitor.ts';
import { groupMod } from './group.ts';
import { meterMod } from './meter.ts';
import { multipartReply, multipartRequest } from './multipart.ts';
import {
  niciraFlowAge,
  niciraFlowModTableId,
  niciraFlowRemoved,
  niciraPacketIn,
  niciraRoleReply,
  niciraRoleRequest,
} from './nicira.ts';
import { packetIn, packetIn2, packetOut, resume } from './packet.ts';
import { portStatus } from './port.ts';
import { portMod } from './port-mod.ts';
import { queueGetConfigReply, queueGetConfigRequest } from './queue.ts';
import {
  barrierReply,
  barrierRequest,
  echoReply,
  echoRequest,
  error,
  featuresReply,
  featuresRequest,
  getConfigReply,
  getConfigRequest,
  hello,
  roleReply,
  roleRequest,
  roleStatus,
  setConfig,
} from './session.ts';
import { controllerStatus, requestForward } from './switch-status.ts';
import { tableMod, tableStatus } from './table.ts';

/** Every message there is. To add one, write its codec and put it here. */
export const messageCodecs: readonly MessageCodec[] = [
  hello,
  error,
  echoRequest,
  echoReply,
  featuresRequest,
  featuresReply,
  getConfigRequest,
  getConfigReply,
  setConfig,
  packetIn,
  flowRemoved,
  portStatus,
  packetOut,
  flowMod,
  groupMod,
  multipartRequest,
  multipartReply,
  barrierRequest,
  barrierReply,
  roleRequest,
  roleReply,
  getAsyncRequest,
  getAsyncReply,
  setAsync,
  meterMod,
  roleStatus,
  bundleControl,
  bundleAdd,
  setPacketInFormat,
  setControllerId,
  tlvTableMod,
  tlvTableRequest,
  tlvTableReply,
  resume,
  ctFlushZone,
  conntrackFlush,
  packetIn2,
  portMod,
  tableMod,
  tableStatus,
  requestForward,
  controllerStatus,
  queueGetConfigRequest,
  queueGetConfigReply,
  flowMonitorCancel,
  flowMonitorPaused,
  flowMonitorResumed,
  niciraRoleRequest,
  niciraRoleReply,
  niciraSetAsync,
  niciraSetAsync2,
  niciraPacketIn,
  niciraFlowRemoved,
  niciraFlowModTableId,
  niciraFlowAge,
];
