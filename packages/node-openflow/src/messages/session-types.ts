/** The first message of both sides. `versions` is the version bitmap (4 is OpenFlow 1.3, 5 is 1.4, 6 is 1.5). */
export interface Hello {
  readonly type: 'hello';
  readonly versions?: readonly number[];
  /** Elements this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

export interface EchoRequest {
  readonly type: 'echo-request';
  readonly data?: Uint8Array;
}

export interface EchoReply {
  readonly type: 'echo-reply';
  readonly data?: Uint8Array;
}

/** A refusal. `data` begins with the refused message. The names are filled in by decoding and ignored by encoding. */
export interface ErrorMessage {
  readonly type: 'error';
  readonly errorType: number;
  readonly errorCode: number;
  /** Set when errorType is 0xffff: then errorCode is the 16-bit code of this experimenter. */
  readonly experimenter?: number;
  /** For example `OFPET_FLOW_MOD_FAILED`. */
  readonly typeName?: string;
  /** For example `OFPFMFC_TABLE_FULL`. */
  readonly codeName?: string;
  readonly data: Uint8Array;
}

export interface FeaturesRequest {
  readonly type: 'features-request';
}

export interface FeaturesReply {
  readonly type: 'features-reply';
  readonly datapathId: bigint;
  readonly buffers: number;
  readonly tables: number;
  readonly auxiliaryId: number;
  /** Bits OFPC_*. */
  readonly capabilities: number;
}

export interface GetConfigRequest {
  readonly type: 'get-config-request';
}

export interface GetConfigReply {
  readonly type: 'get-config-reply';
  /** Bits OFPC_FRAG_*. */
  readonly flags: number;
  /** Bytes of a packet that are sent to the controller. */
  readonly missSendLength: number;
}

export interface SetConfig {
  readonly type: 'set-config';
  readonly flags: number;
  readonly missSendLength: number;
}

export interface BarrierRequest {
  readonly type: 'barrier-request';
}

export interface BarrierReply {
  readonly type: 'barrier-reply';
}

export type ControllerRole = 'no-change' | 'equal' | 'primary' | 'secondary';

export interface RoleRequest {
  readonly type: 'role-request';
  readonly role: ControllerRole;
  /** Default 0. A stale one is refused for primary and secondary. */
  readonly generationId?: bigint;
  /** Number for the connection by which others are told of it. OpenFlow 1.5 only. */
  readonly shortId?: number;
}

export interface RoleReply {
  readonly type: 'role-reply';
  readonly role: ControllerRole;
  readonly generationId: bigint;
  readonly shortId?: number;
}

/** Tells that the switch changed this controller's role. */
export interface RoleStatus {
  readonly type: 'role-status';
  readonly role: ControllerRole;
  /** 0 another controller became primary, 1 configuration, 2 experimenter. */
  readonly reason: number;
  readonly generationId: bigint;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Bitmaps of reasons, for each kind of asynchronous message and role; absent ones stay as they are. */
export interface AsyncMasks {
  readonly packetInSecondary?: number;
  readonly packetInPrimary?: number;
  readonly portStatusSecondary?: number;
  readonly portStatusPrimary?: number;
  readonly flowRemovedSecondary?: number;
  readonly flowRemovedPrimary?: number;
  readonly roleStatusSecondary?: number;
  readonly roleStatusPrimary?: number;
  readonly tableStatusSecondary?: number;
  readonly tableStatusPrimary?: number;
  readonly requestForwardSecondary?: number;
  readonly requestForwardPrimary?: number;
  /** OpenFlow 1.5, like those below. */
  readonly flowStatsSecondary?: number;
  readonly flowStatsPrimary?: number;
  readonly controllerStatusSecondary?: number;
  readonly controllerStatusPrimary?: number;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Chooses the asynchronous messages. Equal and primary controllers share the masks named primary. */
export interface SetAsync {
  readonly type: 'set-async';
  readonly masks: AsyncMasks;
}

export interface GetAsyncRequest {
  readonly type: 'get-async-request';
}

export interface GetAsyncReply {
  readonly type: 'get-async-reply';
  readonly masks: AsyncMasks;
}
