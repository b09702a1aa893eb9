import type { Subfield } from '../fields/match.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import type { LearnAction } from './learn-types.ts';

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

export interface PushMplsAction {
  readonly type: 'push-mpls';
  readonly ethertype: number;
}

/** Removes the outermost MPLS header; `ethertype` says what is below it. */
export interface PopMplsAction {
  readonly type: 'pop-mpls';
  readonly ethertype: number;
}

export interface SetMplsTtlAction {
  readonly type: 'set-mpls-ttl';
  readonly ttl: number;
}

export interface DecrementMplsTtlAction {
  readonly type: 'decrement-mpls-ttl';
}

/** Adds a provider backbone header (IEEE 802.1ah). */
export interface PushPbbAction {
  readonly type: 'push-pbb';
  readonly ethertype: number;
}

export interface PopPbbAction {
  readonly type: 'pop-pbb';
}

/** Sets the TTL of IPv4 or the hop limit of IPv6. */
export interface SetTtlAction {
  readonly type: 'set-ttl';
  readonly ttl: number;
}

/** Copies the TTL from the next to the outermost header. */
export interface CopyTtlOutAction {
  readonly type: 'copy-ttl-out';
}

/** Copies the TTL from the outermost to the next header. */
export interface CopyTtlInAction {
  readonly type: 'copy-ttl-in';
}

/** Chooses again the queue that was chosen before any `set-queue`. */
export interface PopQueueAction {
  readonly type: 'pop-queue';
}

/** Sets the id of the tunnel; `set-field` of `tunnel_id` does the same and is what Open vSwitch sends. */
export interface SetTunnelAction {
  readonly type: 'set-tunnel';
  readonly tunnel: bigint;
  /** Whether it travels in 64 bits. Default: when it does not fit into 32. */
  readonly wide?: boolean;
}

/** The instruction of the same name, as an action. */
export interface WriteMetadataAction {
  readonly type: 'write-metadata';
  readonly metadata: bigint;
  readonly mask?: bigint;
}

/** When a packet with FIN or RST comes, shortens the timeouts (in seconds) of the flow; 0 leaves one as it is. */
export interface FinTimeoutAction {
  readonly type: 'fin-timeout';
  readonly idleTimeout: number;
  readonly hardTimeout: number;
}

/** Which headers are hashed; a number is a choice without a name. */
export type HashFields =
  | 'eth_src'
  | 'symmetric_l4'
  | 'symmetric_l3l4'
  | 'symmetric_l3l4+udp'
  | 'nw_src'
  | 'nw_dst'
  | 'symmetric_l3'
  | number;

export type MultipathAlgorithm = 'modulo_n' | 'hash_threshold' | 'hrw' | 'iter_hash' | number;

/** Chooses one of `links` (1 to 65536) by a hash of the packet and writes its number, from 0, to `destination`. */
export interface MultipathAction {
  readonly type: 'multipath';
  readonly fields: HashFields;
  readonly basis: number;
  readonly algorithm: MultipathAlgorithm;
  readonly links: number;
  readonly argument: number;
  readonly destination: Subfield;
}

export type BundleAlgorithm = 'active_backup' | 'hrw' | number;

/** Chooses one of the ports that are up: sends the packet there, or writes the port's number to `destination`. */
export interface BundleAction {
  readonly type: 'bundle';
  readonly algorithm: BundleAlgorithm;
  readonly fields: HashFields;
  readonly basis: number;
  readonly members: readonly number[];
  readonly destination?: Subfield;
}

/** Sends samples of the packets to a set of IPFIX collectors. */
export interface SampleAction {
  readonly type: 'sample';
  /** Out of 65535 packets. */
  readonly probability: number;
  readonly collectorSet: number;
  /** A number, or the field that holds it (Open vSwitch 3.4). */
  readonly observationDomain: number | Subfield;
  readonly observationPoint: number | Subfield;
  readonly samplingPort?: number;
  readonly direction?: 'ingress' | 'egress';
}

/** What an added header says. */
export type EncapsulationProperty =
  | { readonly type: 'nsh-metadata-type'; readonly metadataType: number }
  | {
      readonly type: 'nsh-option';
      readonly optionClass: number;
      readonly optionType: number;
      readonly data: Uint8Array;
    }
  | {
      readonly type: 'unknown';
      readonly propertyClass: number;
      readonly propertyType: number;
      readonly data: Uint8Array;
    };

/** Adds a header. A number is a packet type: namespace in the upper 16 bits. */
export interface EncapsulateAction {
  readonly type: 'encapsulate';
  readonly header: 'ethernet' | 'nsh' | 'mpls' | 'mpls_mc' | number;
  readonly headerSize?: number;
  readonly properties: readonly EncapsulationProperty[];
}

/** Removes the outermost header. */
export interface DecapsulateAction {
  readonly type: 'decapsulate';
  /** What the packet is afterwards. Default: what the removed header says. */
  readonly packetType?: number;
}

export interface DecrementNshTtlAction {
  readonly type: 'decrement-nsh-ttl';
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
