import type { EventEmitter } from 'node:events';
import type { ListenOptions } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { Action } from './actions/types.ts';
import type { Match } from './fields/match.ts';
import type { FlowDescription, FlowMod, FlowModCommand } from './messages/flow-mod-types.ts';
import type { ErrorMessage } from './messages/session-types.ts';
import type { DecodedMessage, Message, Version } from './messages/types.ts';

export type * from './actions/learn-types.ts';
export type * from './actions/types.ts';
export type * from './fields/match.ts';
export type * from './fields/names.ts';
export type * from './instructions/types.ts';
export type * from './messages/bundle-types.ts';
export type * from './messages/extension-types.ts';
export type * from './messages/flow-mod-types.ts';
export type * from './messages/group-meter-types.ts';
export type * from './messages/multipart-types.ts';
export type * from './messages/packet-types.ts';
export type * from './messages/port-types.ts';
export type * from './messages/session-types.ts';
export type * from './messages/types.ts';
export * from './ports.ts';

export type OpenFlowErrorCode = string;
/** Malformed input or a value that cannot be written. `offset` is in bytes from the start of the message. */
export declare class OpenFlowError extends Error {
  readonly code: OpenFlowErrorCode;
  readonly offset: number;
  readonly reason: string;
}
/** A switch refused a request. */
export declare class SwitchError extends Error {
  readonly code: 'OPENFLOW_SWITCH_ERROR';
  readonly errorType: number;
  readonly errorCode: number;
  readonly typeName: string;
  readonly codeName: string;
  readonly errorMessage: ErrorMessage;
}

export declare function encodeMessage(
  message: Message,
  options?: { readonly version?: Version; readonly xid?: number },
): Uint8Array;
export declare function decodeMessage(bytes: Uint8Array): DecodedMessage;
export declare function missingPrerequisites(match: Match): readonly string[];

/** `for (const bytes of framer.push(chunk))` gives whole messages, as copies. */
export declare class MessageFramer {
  push(chunk: Uint8Array): Iterable<Uint8Array>;
}

export interface FormatOptions {
  readonly tableNames?: ReadonlyMap<number, string>;
  readonly portNames?: ReadonlyMap<number, string>;
}
export declare function parseFlow(text: string, command?: FlowModCommand): FlowMod;
export declare function formatFlow(flow: FlowMod | FlowDescription, options?: FormatOptions): string;
export declare function parseActions(text: string): Action[];
export declare function formatActions(actions: readonly Action[], options?: FormatOptions): string;
export declare function parseMatch(text: string): Match;
export declare function formatMatch(match: Match, options?: FormatOptions): string;
export declare function formatMessage(message: Message, options?: FormatOptions): string;

export declare const ipv4: { parse(text: string): number; format(address: number): string };
export declare const ipv6: { parse(text: string): bigint; format(address: bigint): string };
export declare const mac: { parse(text: string): bigint; format(address: bigint): string };

export declare class XidCounter {
  next(): number;
}
/** The next transaction id of this process: 1 to 0xffffffff, then again from 1. */
export declare function nextXid(): number;

export type CloseReason =
  | 'closed'
  | 'peer-closed'
  | 'echo-timeout'
  | 'hello-timeout'
  | 'version-mismatch'
  | 'protocol-error'
  | 'overflow'
  | 'socket-error';

export interface ConnectionSettings {
  /** Default [6, 5, 4]. */
  readonly versions?: readonly Version[];
  /** Silence after which an echo request is sent; default 5000. */
  readonly echoIntervalMs?: number;
  /** Silence after that echo request which ends the connection; default 5000. */
  readonly echoTimeoutMs?: number;
  /** Default 5000. */
  readonly helloTimeoutMs?: number;
  /** Default 'controller'. */
  readonly role?: 'controller' | 'switch';
  /** Bytes waiting in the socket beyond which the connection is closed as `overflow`; default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Messages of one multipart reply together; default 256 MiB. */
  readonly maxMultipartBytes?: number;
}

interface ConnectionEvents {
  message: [message: DecodedMessage];
  'error-message': [message: ErrorMessage & { readonly xid: number; readonly version: number }];
  close: [reason: CloseReason, error?: Error];
  drain: [];
}

/** One OpenFlow connection over a duplex stream. */
export declare class OpenFlowConnection extends EventEmitter<ConnectionEvents> {
  constructor(socket: Duplex, settings?: ConnectionSettings);
  /** Resolves after the hello exchange; rejects when the connection ends before. */
  readonly ready: Promise<{ readonly version: Version }>;
  readonly socket: Duplex;
  /** The negotiated version; undefined before `ready`. */
  readonly version: Version | undefined;
  readonly closed: boolean;
  /** Encodes and sends; returns the xid. */
  send(message: Message, xid?: number): number;
  /** Sends bytes that were encoded before. False when the socket's buffer is full: wait for 'drain'. */
  write(bytes: Uint8Array): boolean;
  /** Sends and waits for the reply with the same xid; rejects with SwitchError when the switch refuses. */
  request(message: Message, options?: { readonly timeoutMs?: number }): Promise<DecodedMessage>;
  /** Resolves when the switch has processed everything sent before. */
  barrier(options?: { readonly timeoutMs?: number }): Promise<void>;
  close(): void;
}

interface ServerEvents {
  connection: [connection: OpenFlowConnection];
  error: [error: Error];
}

export type ServerAddress = ListenOptions & { readonly tls?: TlsOptions };
/** Listens for switches (or controllers). */
export declare class OpenFlowServer extends EventEmitter<ServerEvents> {
  constructor(settings?: ConnectionSettings);
  listen(
    address: ServerAddress,
  ): Promise<{ readonly host?: string; readonly port?: number; readonly path?: string }>;
  readonly connections: ReadonlySet<OpenFlowConnection>;
  close(): Promise<void>;
}

export type PeerAddress = { readonly tls?: ConnectionOptions } & (
  | { readonly host?: string; readonly port: number }
  | { readonly path: string }
);
export declare function connect(address: PeerAddress, settings?: ConnectionSettings): OpenFlowConnection;
