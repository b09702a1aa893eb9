import type { Match } from '../fields/match.ts';
import type { FlowDescription } from './flow-mod-types.ts';
import type { GroupDescription, MeterDescription } from './group-meter-types.ts';
import type { PortDescription, PortStatistics } from './port-types.ts';

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
};
export type PortDescReply = Reply<'port-desc'> & { readonly ports: readonly PortDescription[] };
export type PortStatsReply = Reply<'port-stats'> & { readonly ports: readonly PortStatistics[] };
export type GroupDescReply = Reply<'group-desc'> & { readonly groups: readonly GroupDescription[] };
export type MeterDescReply = Reply<'meter-desc'> & { readonly meters: readonly MeterDescription[] };
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
  | UnknownMultipartRequest;

export type MultipartReply =
  | SwitchDescriptionReply
  | FlowDescReply
  | AggregateReply
  | PortDescReply
  | PortStatsReply
  | GroupDescReply
  | MeterDescReply
  | UnknownMultipartReply;
