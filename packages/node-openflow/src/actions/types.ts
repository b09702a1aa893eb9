import type { Subfield } from '../fields/match.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import type {
  BundleAction,
  CopyTtlInAction,
  CopyTtlOutAction,
  DecapsulateAction,
  DecrementMplsTtlAction,
  DecrementNshTtlAction,
  EncapsulateAction,
  FinTimeoutAction,
  MultipathAction,
  PopMplsAction,
  PopPbbAction,
  PopQueueAction,
  PushMplsAction,
  PushPbbAction,
  SampleAction,
  SetMplsTtlAction,
  SetTtlAction,
  SetTunnelAction,
  WriteMetadataAction,
} from './header-types.ts';
import type { LearnAction } from './learn-types.ts';

export type * from './header-types.ts';

/** Sends the packet to a port (see `ports` for the reserved ones). `maxLength` counts for the controller port only. */
export interface OutputAction {
  readonly type: 'output';
  readonly port: number;
  readonly maxLength?: number;
}

/** Sends the packet to the port whose number is in `source`. */
export interface OutputRegisterAction {
  readonly type: 'output-register';
  readonly source: Subfield;
  readonly maxLength?: number;
}

/** Sends at most `maxLength` bytes of the packet to a port. */
export interface OutputTruncatedAction {
  readonly type: 'output-truncated';
  readonly port: number;
  readonly maxLength: number;
}

/** Writes a field; with a mask only the bits that are set in it. */
export interface SetFieldAction {
  readonly type: 'set-field';
  readonly field: FieldName;
  readonly value: FieldValue;
  readonly mask?: FieldValue;
  /** Bytes on the wire, for `tun_metadataN` and unknown fields only (see `FieldMatch.size`). */
  readonly size?: number;
}

/** Writes `value` into some bits of a field. In OpenFlow 1.5 it travels, and is decoded, as a masked `set-field`. */
export interface LoadAction {
  readonly type: 'load';
  readonly value: FieldValue;
  readonly destination: Subfield;
}

/** Copies bits from one field to another; both ranges have the same width. */
export interface MoveAction {
  readonly type: 'move';
  readonly source: Subfield;
  readonly destination: Subfield;
}

export interface DecrementTtlAction {
  readonly type: 'decrement-ttl';
}

/** Decrements the TTL; packets that run out go to the controllers with these ids. */
export interface DecrementTtlToControllersAction {
  readonly type: 'decrement-ttl-to-controllers';
  readonly controllerIds: readonly number[];
}

export interface GroupAction {
  readonly type: 'group';
  readonly group: number;
}

export interface MeterAction {
  readonly type: 'meter';
  readonly meter: number;
}

export interface PushVlanAction {
  readonly type: 'push-vlan';
  readonly ethertype: number;
}

export interface PopVlanAction {
  readonly type: 'pop-vlan';
}

export interface SetQueueAction {
  readonly type: 'set-queue';
  readonly queue: number;
}

/** Looks the packet up again, in `table` (default: the current one) and as if it had come from `port`. */
export interface ResubmitAction {
  readonly type: 'resubmit';
  readonly table?: number;
  readonly port?: number;
  /** Look up with the addresses and ports of the original direction of the connection. */
  readonly conntrack?: boolean;
}

/** This flow stands for clause `clause` (counted from 1) of `clauses` in the conjunctive match `id`. */
export interface ConjunctionAction {
  readonly type: 'conjunction';
  readonly id: number;
  readonly clause: number;
  readonly clauses: number;
}

/** Address translation inside a `conntrack` action. `none` applies what the connection was committed with. */
export interface NetworkAddressTranslation {
  readonly type: 'source' | 'destination' | 'none';
  /** 4 or 6; when absent, a bigint address is IPv6 and a number IPv4. */
  readonly family?: 4 | 6;
  readonly address?: readonly [first: FieldValue, last?: FieldValue];
  readonly ports?: readonly [first: number, last?: number];
  readonly persistent?: boolean;
  readonly hash?: boolean;
  readonly random?: boolean;
}

/** Sends the packet through the connection tracker. */
export interface ConntrackAction {
  readonly type: 'conntrack';
  readonly commit?: boolean;
  readonly force?: boolean;
  /** A constant zone or the 16 bits to read it from; 0 when absent. */
  readonly zone?: number | Subfield;
  /** Table in which the tracked packet continues; without it the tracked copy goes no further. */
  readonly table?: number;
  /** Application-level gateway by its well-known port (21 ftp, 69 tftp). */
  readonly alg?: number;
  readonly nat?: NetworkAddressTranslation;
  /** Applied to the connection when it is committed (set-field, load or move to `ct_mark` and `ct_label`). */
  readonly exec?: readonly Action[];
  /** Translate addresses behind `exec`; usually it is before. */
  readonly natLast?: boolean;
}

export interface ConntrackClearAction {
  readonly type: 'conntrack-clear';
}

/** Why a packet was sent to a controller; a number is a reason without a name. */
export type PacketInReason =
  | 'no-match'
  | 'action'
  | 'invalid-ttl'
  | 'action-set'
  | 'group'
  | 'packet-out'
  | number;

/** Sends the packet to the controllers whose id is `id` (default 0). */
export interface ControllerAction {
  readonly type: 'controller';
  /** Default 65535: the whole packet. */
  readonly maxLength?: number;
  readonly reason?: PacketInReason;
  readonly id?: number;
  /** Returned as it is in the packet-in. */
  readonly userdata?: Uint8Array;
  /** Hold the packet's processing until a `resume` message. */
  readonly pause?: boolean;
  readonly meter?: number;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Space in the flow that has no meaning to the switch. Padded with zeros to 6 + 8n bytes on the wire. */
export interface NoteAction {
  readonly type: 'note';
  readonly data: Uint8Array;
}

/** Runs actions on a copy of the packet and its metadata. */
export interface CloneAction {
  readonly type: 'clone';
  readonly actions: readonly Action[];
}

export interface StackPushAction {
  readonly type: 'stack-push';
  readonly source: Subfield;
}

export interface StackPopAction {
  readonly type: 'stack-pop';
  readonly destination: Subfield;
}

/** Writes 1 to the one-bit `destination` when the packet is longer than `length` bytes, else 0. */
export interface CheckPacketLargerAction {
  readonly type: 'check-packet-larger';
  readonly length: number;
  readonly destination: Subfield;
}

/** Removes a field from the packet (a `tun_metadataN` option). */
export interface DeleteFieldAction {
  readonly type: 'delete-field';
  readonly field: FieldName;
  /** Bytes on the wire, as in `Subfield`. */
  readonly size?: number;
}

/** Stops processing: no further actions, tables or resubmits of this level. */
export interface ExitAction {
  readonly type: 'exit';
}

/** An action this library does not know, whole and written back as it was. */
export interface UnknownAction {
  readonly type: 'unknown';
  readonly raw: Uint8Array;
}

/** An action. An empty list of actions drops the packet. */
export type Action =
  | OutputAction
  | OutputRegisterAction
  | OutputTruncatedAction
  | SetFieldAction
  | LoadAction
  | MoveAction
  | DecrementTtlAction
  | DecrementTtlToControllersAction
  | GroupAction
  | MeterAction
  | PushVlanAction
  | PopVlanAction
  | SetQueueAction
  | ResubmitAction
  | ConjunctionAction
  | ConntrackAction
  | ConntrackClearAction
  | ControllerAction
  | LearnAction
  | NoteAction
  | CloneAction
  | StackPushAction
  | StackPopAction
  | CheckPacketLargerAction
  | DeleteFieldAction
  | PushMplsAction
  | PopMplsAction
  | SetMplsTtlAction
  | DecrementMplsTtlAction
  | PushPbbAction
  | PopPbbAction
  | SetTtlAction
  | CopyTtlOutAction
  | CopyTtlInAction
  | PopQueueAction
  | SetTunnelAction
  | WriteMetadataAction
  | FinTimeoutAction
  | MultipathAction
  | BundleAction
  | SampleAction
  | EncapsulateAction
  | DecapsulateAction
  | DecrementNshTtlAction
  | ExitAction
  | UnknownAction;
