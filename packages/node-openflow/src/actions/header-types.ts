import type { Subfield } from '../fields/match.ts';

/*
 * Actions on headers, metadata and hashes of the packet.
 */

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
