import type { FieldValue } from '../fields/names.ts';

/** Chooses the form of packet-ins (NXT_SET_PACKET_IN_FORMAT). */
export interface SetPacketInFormat {
  readonly type: 'set-packet-in-format';
  readonly format: 'standard' | 'nxt-packet-in' | 'packet-in2';
}

/** Gives this connection an id that `controller(id=…)` actions name (NXT_SET_CONTROLLER_ID). */
export interface SetControllerId {
  readonly type: 'set-controller-id';
  readonly id: number;
}

/** Maps a Geneve option to `tun_metadata<index>`. `optionLength` is in bytes, a multiple of 4, at most 124. */
export interface TlvMapping {
  readonly optionClass: number;
  readonly optionType: number;
  readonly optionLength: number;
  readonly index: number;
}

export interface TlvTableMod {
  readonly type: 'tlv-table-mod';
  readonly command: 'add' | 'delete' | 'clear';
  readonly mappings: readonly TlvMapping[];
}

export interface TlvTableRequest {
  readonly type: 'tlv-table-request';
}

export interface TlvTableReply {
  readonly type: 'tlv-table-reply';
  /** Bytes of option data that all mappings together may use. */
  readonly maximumSpace: number;
  readonly maximumFields: number;
  readonly mappings: readonly TlvMapping[];
}

/** Removes every connection of a conntrack zone (NXT_CT_FLUSH_ZONE). */
export interface CtFlushZone {
  readonly type: 'ct-flush-zone';
  readonly zone: number;
}

/** One direction of a connection. IPv4 addresses are numbers, IPv6 addresses big integers. */
export interface ConntrackTuple {
  readonly source?: FieldValue;
  readonly destination?: FieldValue;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpId?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Removes the connections that have all of what is given (NXT_CT_FLUSH). */
export interface ConntrackFlush {
  readonly type: 'ct-flush';
  readonly zone?: number;
  /** IP protocol; 0 is any. */
  readonly protocol: number;
  readonly original?: ConntrackTuple;
  readonly reply?: ConntrackTuple;
  readonly mark?: number;
  readonly markMask?: number;
  readonly label?: bigint;
  readonly labelMask?: bigint;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}
