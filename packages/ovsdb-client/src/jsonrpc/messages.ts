/** JSON-RPC 1.0 messages as RFC 7047 section 4 uses them. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';

export interface RequestMessage {
  readonly kind: 'request';
  readonly method: string;
  readonly params: readonly unknown[];
  readonly id: unknown;
}

export interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface ReplyMessage {
  readonly kind: 'reply';
  readonly id: unknown;
  readonly result: unknown;
  /** `null` after success. */
  readonly error: unknown;
}

export type Message = RequestMessage | NotificationMessage | ReplyMessage;

/**
 * Tells what kind of message an object is. An error reply may omit `result`, a notification may omit `id`: servers do.
 *
 * @throws OvsdbError OVSDB_BAD_MESSAGE when it is none
 */
export function classifyMessage(json: object): Message {
  const { method, params, id = null, result, error } = json as Record<string, unknown>;
  if (method !== undefined) {
    if (typeof method !== 'string' || !Array.isArray(params)) {
      throw new OvsdbError(
        'OVSDB_BAD_MESSAGE',
        `a request has no proper method and params: ${excerpt(json)}`,
      );
    }
    return id === null ? { kind: 'notification', method, params } : { kind: 'request', method, params, id };
  }
  if (id === null || (result === undefined && (error === undefined || error === null))) {
    throw new OvsdbError('OVSDB_BAD_MESSAGE', `a message is neither request nor reply: ${excerpt(json)}`);
  }
  return { kind: 'reply', id, result, error: error ?? null };
}
