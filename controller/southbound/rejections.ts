import type { ErrorMessage } from 'node-openflow';
import { decodeCookie, type ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import { cookieOf } from './messages.ts';
import type { Session } from './session.ts';
import type { Rejection } from './types.ts';

/** Of each batch, so many rejections are looked into and logged; the rest is only counted. */
const examinedPerBatch = 20;

const flowModType = 14;
/** Header and cookie: what must be left of a refused flow-mod to tell whose it is. */
const headWithCookie = 16;

/**
 * Says in the log, and returns, which flow of which fragment a switch refused; undefined when the batch had too many
 * of them already.
 */
export function examineRejection(
  context: Context,
  session: Session,
  message: ErrorMessage,
  batch: { readonly last: number; readonly rejections: number },
): Rejection | undefined {
  if (batch.rejections > examinedPerBatch) return undefined;
  const { hostId } = session.host;
  const cookie = refusedCookie(message.data);
  const owner = cookie === undefined ? undefined : findFragment(context, hostId, cookie);
  const rejection: Rejection = {
    hostId,
    revision: batch.last,
    errorType: message.typeName ?? String(message.errorType),
    errorCode: message.codeName ?? String(message.errorCode),
    ...(cookie === undefined ? {} : { cookie }),
    ...(owner ?? {}),
  };
  const parts = cookie === undefined ? undefined : decodeCookie(cookie);
  context.logger.error(
    { ...rejection, cookie: cookie?.toString(16), ...parts },
    batch.rejections === examinedPerBatch
      ? 'the switch refused a message; further ones of this batch are only counted'
      : 'the switch refused a message',
  );
  return rejection;
}

/** The cookie in the first bytes of a refused message, if that is a flow-mod. */
function refusedCookie(data: Uint8Array): bigint | undefined {
  return data.length >= headWithCookie && data[1] === flowModType ? cookieOf(data) : undefined;
}

function findFragment(
  { desired }: Context,
  hostId: string,
  cookie: bigint,
): { scope: ScopeKey; fragment: string } | undefined {
  for (const scope of desired.scopesOfHost(hostId)) {
    for (const fragment of desired.scope(scope)?.fragments.values() ?? []) {
      if (fragment.cookie === cookie) return { scope, fragment: fragment.key };
    }
  }
  return undefined;
}
