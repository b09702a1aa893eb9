/** Sending one transaction, and canceling it. */

import type { JsonRpcConnection } from '../jsonrpc/connection.ts';

/**
 * Sends a `transact` request; gives the results as the server sent them.
 *
 * When `signal` fires, the server is asked to cancel, and its answer still decides: either it canceled in time, or the
 * transaction was committed. When time runs out the server is asked to cancel as well, but its answer is not awaited.
 *
 * @param params the database and the operations, RFC 7047 section 4.1.3
 */
export function sendTransaction(
  connection: JsonRpcConnection,
  params: readonly unknown[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = connection.send('transact', params, timeoutMs, (error, result) => {
      signal?.removeEventListener('abort', cancel);
      if (error === undefined) {
        resolve(result);
        return;
      }
      if (error.code === 'OVSDB_TIMEOUT') {
        cancel();
      }
      reject(error);
    });
    const cancel = () => connection.notify('cancel', [id]);
    if (signal?.aborted === true) {
      cancel();
    } else {
      signal?.addEventListener('abort', cancel);
    }
  });
}
