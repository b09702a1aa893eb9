import type { BundleControl } from './bundle-types.ts';
import type { TlvTableReply, TlvTableRequest } from './extension-types.ts';
import type { MultipartReply, MultipartRequest } from './multipart-types.ts';
import type {
  BarrierReply,
  BarrierRequest,
  EchoReply,
  EchoRequest,
  FeaturesReply,
  FeaturesRequest,
  GetAsyncReply,
  GetAsyncRequest,
  GetConfigReply,
  GetConfigRequest,
  RoleReply,
  RoleRequest,
} from './session-types.ts';
import type { Message } from './types.ts';

/** The message that answers a message of type M. */
export type ReplyTo<M extends Message> = M extends MultipartRequest
  ? Extract<MultipartReply, { part: M['part'] }>
  : M extends FeaturesRequest
    ? FeaturesReply
    : M extends GetConfigRequest
      ? GetConfigReply
      : M extends BarrierRequest
        ? BarrierReply
        : M extends EchoRequest
          ? EchoReply
          : M extends RoleRequest
            ? RoleReply
            : M extends GetAsyncRequest
              ? GetAsyncReply
              : M extends TlvTableRequest
                ? TlvTableReply
                : M extends BundleControl
                  ? BundleControl
                  : Message;
