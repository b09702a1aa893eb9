export type * from './actions/learn-types.ts';
export { formatActions, parseActions } from './actions/registry.ts';
export type * from './actions/types.ts';
export { type ClientSettings, type Interruption, OpenFlowClient } from './connection/client.ts';
export {
  type ConnectionSettings,
  OpenFlowConnection,
  type RequestOptions,
} from './connection/connection.ts';
export { MessageFramer } from './connection/framer.ts';
export { type ReconnectSettings, ReconnectState, type ReconnectStep } from './connection/reconnect.ts';
export { SwitchError } from './connection/requests.ts';
export {
  type BoundAddress,
  connect,
  OpenFlowServer,
  type PeerAddress,
  type ServerAddress,
} from './connection/server.ts';
export { type CloseReason, ConnectionState, type StateSettings, type Step } from './connection/state.ts';
export { nextXid, XidCounter } from './connection/xid.ts';
export { OpenFlowError, type OpenFlowErrorCode, openFlowErrors } from './errors.ts';
export { ipv4, ipv6, mac } from './fields/addresses.ts';
export { canonicalMatch, normalMatch } from './fields/canonical.ts';
export type * from './fields/match.ts';
export { formatMatch } from './fields/match-format.ts';
export { parseMatch } from './fields/match-parse.ts';
export type * from './fields/names.ts';
export { ovsOfctlMatch } from './fields/ovs-match.ts';
export { missingPrerequisites } from './fields/prerequisites.ts';
export type * from './instructions/types.ts';
export type * from './messages/bundle-types.ts';
export { errorNames, errorNumbers } from './messages/error-names.ts';
export type * from './messages/extension-types.ts';
export type * from './messages/flow-mod-types.ts';
export type * from './messages/flow-monitor-types.ts';
export type * from './messages/group-meter-types.ts';
export type * from './messages/multipart-types.ts';
export type * from './messages/nicira-types.ts';
export type * from './messages/packet-types.ts';
export type * from './messages/port-types.ts';
export type * from './messages/queue-types.ts';
export { decodeMessage, type EncodeOptions, encodeMessage } from './messages/registry.ts';
export type { ReplyTo } from './messages/reply-types.ts';
export type * from './messages/session-types.ts';
export type * from './messages/switch-status-types.ts';
export type * from './messages/table-types.ts';
export type * from './messages/types.ts';
export * from './ports.ts';
export { parseBundle } from './text/bundle-parse.ts';
export { commandNames, parseCommand } from './text/commands.ts';
export type { FormatOptions, ParseOptions } from './text/context.ts';
export { formatFlow } from './text/flow-format.ts';
export { parseFlow } from './text/flow-parse.ts';
export { formatGroup } from './text/group-format.ts';
export { parseGroup } from './text/group-parse.ts';
export { formatMessage } from './text/message-text.ts';
export { formatMeter, parseMeter } from './text/meter-text.ts';
export { parsePacketOut } from './text/packet-out-parse.ts';
