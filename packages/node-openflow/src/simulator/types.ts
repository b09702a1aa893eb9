import type { PacketInReason } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import type { CtFlushZone, TlvTableMod } from '../messages/extension-types.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import type { GroupMod, MeterMod } from '../messages/group-meter-types.ts';

/** Values of fields by name: numbers for fields up to 32 bits wide, big integers for wider ones. */
export type FieldValues = ReadonlyMap<FieldName, FieldValue>;

/**
 * A packet as the fields of its headers. `fields` may also hold what a packet brings along from the port it came in by:
 * the fields of its tunnel (`tunnel_id`, `tun_ipv4_src`, `tun_metadata0` …) and `pkt_mark`.
 *
 * The builders in `packet` make packets whose fields agree with each other.
 */
export interface SimulatedPacket {
  readonly fields: FieldValues;
  /** All VLAN tags, outermost first, where there is more than one or where the one is not of type 0x8100. */
  readonly vlans?: readonly VlanTag[];
  /** Identifier of an ICMP echo, timestamp or information message: the connection tracker tells connections apart by it. */
  readonly echoId?: number;
  /** What an ICMP error quotes: the headers, from the IP header on, of the packet it is about. */
  readonly inner?: SimulatedPacket;
  /** Bytes that follow the headers that have fields. */
  readonly payload?: Uint8Array;
  /** Bytes of the frame, Ethernet header included and frame check sequence not. */
  readonly length: number;
}

/** `tci`: 3 bits priority, 0x1000, 12 bits VLAN. */
export interface VlanTag {
  readonly ethertype: number;
  readonly tci: number;
}

/** A port of the simulated switch. */
export interface SimulatedPort {
  readonly number: number;
  readonly name?: string;
  /** A tunnel whose remote address and key come from the flow (`remote_ip=flow`, `key=flow`). */
  readonly tunnel?: boolean;
  /** Default true; `fast-failover` groups watch it. */
  readonly live?: boolean;
  /** Left out by the FLOOD port. */
  readonly noFlood?: boolean;
}

export interface SimulatorOptions {
  /** Without it every port number is a port, and FLOOD and ALL are refused. */
  readonly ports?: readonly SimulatedPort[];
  /** Seconds on the simulator's clock at the start; default 0. */
  readonly now?: number;
}

/** What changes the simulated switch. */
export type SimulatedMessage = FlowMod | GroupMod | MeterMod | TlvTableMod | CtFlushZone;

/** A packet that left by a port. */
export interface SimulatedOutput {
  readonly port: number;
  readonly packet: SimulatedPacket;
  /** For tunnel ports: what the tunnel header carries. */
  readonly tunnel?: FieldValues;
  /** Only so many bytes of the packet were sent. */
  readonly maxLength?: number;
}

/** A packet that was sent to controllers. */
export interface SimulatedPacketIn {
  /** Id of the controllers (0 for the default one). */
  readonly id: number;
  readonly reason: PacketInReason;
  readonly table: number;
  readonly cookie: bigint;
  readonly packet: SimulatedPacket;
  readonly userdata?: Uint8Array;
  /** Pipeline fields as a packet-in carries them: `in_port`, `metadata`, registers, tunnel, connection tracking. */
  readonly metadata: Match;
  readonly maxLength?: number;
  /** For `controller(pause)`: hand it to `FlowTableSimulator.resume`. */
  readonly continuation?: Continuation;
}

/** The rest of the processing of a held packet. Opaque. */
export interface Continuation {
  readonly type: 'continuation';
}

/** One step of a packet's way. `depth` counts how deep resubmits, groups and clones are nested. */
export type TraceStep =
  | {
      readonly type: 'lookup';
      readonly depth: number;
      readonly table: number;
      /** Absent when no flow matched. */
      readonly flow?: MatchedFlow;
    }
  | { readonly type: 'action'; readonly depth: number; readonly text: string }
  /** Why an action had no effect, or another remark. */
  | { readonly type: 'note'; readonly depth: number; readonly text: string }
  /** The packet goes on after the connection tracker, or after a pause, in this table. */
  | { readonly type: 'resume'; readonly depth: number; readonly table: number; readonly fields: FieldValues }
  /** The fields at the end, before the next `resume`. */
  | { readonly type: 'final'; readonly depth: number; readonly fields: FieldValues };

export interface MatchedFlow {
  readonly cookie: bigint;
  readonly priority: number;
  readonly match: Match;
  /** The match as ovs-ofctl writes it. */
  readonly matchText: string;
}

/** What became of a packet. */
export interface SimulationResult {
  readonly outputs: readonly SimulatedOutput[];
  readonly toControllers: readonly SimulatedPacketIn[];
  /** Neither output nor sent to a controller. */
  readonly dropped: boolean;
  readonly trace: readonly TraceStep[];
}

/** Where packets of one direction of a connection come from and go to. */
export interface ConntrackTuple {
  /** IPv4 addresses are numbers, IPv6 addresses big integers. */
  readonly source: FieldValue;
  readonly destination: FieldValue;
  /** For ICMP: the identifier. 0 where the protocol has neither. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A tracked connection. */
export interface ConntrackEntry {
  readonly zone: number;
  /** 0x0800 or 0x86dd. */
  readonly ethertype: number;
  readonly protocol: number;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly mark: number;
  readonly label: bigint;
  /** Packets of both directions were seen. */
  readonly replied: boolean;
  /** For TCP: states of the side that opened the connection and of the other one. */
  readonly tcp?: readonly [original: string, reply: string];
  /** Seconds on the simulator's clock. */
  readonly expires: number;
}
