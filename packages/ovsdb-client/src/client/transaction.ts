/** Sending one transaction, and canceling it. */

import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';

/**
 * Sends a `transact` request; gives the results as the server sent them.
 *
 * When `signal` fires, the server is asked to cancel, and its answer still decides: either it canceled in time, or the
 * transaction was committed. When time runs out the server is asked to cancel as well, but its answer is not awaited.
 *
 * @param params the database and the operations, RFC 7047 section 4.1.3
 */
export async function sendTransaction(
  connection: JsonRpcConnection,
  params: readonly unknown[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal?.aborted === true) {
    throw new OvsdbError('OVSDB_CANCELED', 'canceled before anything was sent');
  }
  let id: number | undefined;
  const cancel = () => connection.notify('cancel', [id]);
  const results = new Promise((resolve, reject) => {
    id = connection.send('transact', params, timeoutMs, (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });
  signal?.addEventListener('abort', cancel);
  try {
    return await results;
  } catch (error) {
    if (error instanceof OvsdbError && error.code === 'OVSDB_TIMEOUT') {
      cancel();
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
