import type { BundleControl } from './bundle-types.ts';
import type { TlvTableReply } from './extension-types.ts';
import type { MultipartReply } from './multipart-types.ts';
import type { NiciraRoleReply } from './nicira-types.ts';
import type { QueueGetConfigReply } from './queue-types.ts';
import type {
  BarrierReply,
  EchoReply,
  FeaturesReply,
  GetAsyncReply,
  GetConfigReply,
  RoleReply,
} from './session-types.ts';
import type { Message } from './types.ts';

/** Which message answers which request. */
interface Replies {
  readonly 'features-request': FeaturesReply;
  readonly 'get-config-request': GetConfigReply;
  readonly 'barrier-request': BarrierReply;
  readonly 'echo-request': EchoReply;
  readonly 'role-request': RoleReply;
  readonly 'get-async-request': GetAsyncReply;
  readonly 'queue-get-config-request': QueueGetConfigReply;
  readonly 'nicira-role-request': NiciraRoleReply;
  readonly 'tlv-table-request': TlvTableReply;
  readonly 'bundle-control': BundleControl;
}

/** The message that answers a message of type M. */
export type ReplyTo<M extends Message> = M extends { type: 'multipart-request'; part: infer P }
  ? Extract<MultipartReply, { part: P }>
  : M extends { type: infer T extends keyof Replies }
    ? Replies[T]
    : Message;
