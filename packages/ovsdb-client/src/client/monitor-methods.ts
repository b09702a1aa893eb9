/**
 * The three generations of monitor requests and what their replies and notifications look like: RFC 7047 section 4.1.5,
 * ovsdb-server(7) sections 4.1.12 and 4.1.15.
 */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { decodeUuidText } from '../notation/decode.ts';
import { encodeConditions } from '../operations/encode.ts';
import type { Condition } from '../operations/types.ts';
import { OvsdbRemoteError } from '../remote-errors.ts';
import type { TableUpdates } from '../replica/contents.ts';
import type { TableLayout } from '../replica/layout.ts';

export type MonitorMethod = 'monitor_cond_since' | 'monitor_cond' | 'monitor';

/** What is wanted of one table. */
export interface WantedTable {
  readonly columns?: readonly string[] | undefined;
  readonly where?: readonly Condition[] | undefined;
}

/** The method to fall back to when a server does not know `method`. */
export function olderMethod(method: MonitorMethod): MonitorMethod | undefined {
  switch (method) {
    case 'monitor_cond_since':
      return 'monitor_cond';
    case 'monitor_cond':
      return 'monitor';
    case 'monitor':
      return undefined;
  }
}

/**
 * The tables part of a monitor request. Columns are always named: a request without them would include `_version`, which
 * changes with every write.
 *
 * @throws OvsdbError OVSDB_UNSUPPORTED when there are conditions and the method has none
 */
export function monitorRequests(
  method: MonitorMethod,
  layouts: ReadonlyMap<string, TableLayout>,
  wanted: Readonly<Record<string, WantedTable>>,
): Record<string, object[]> {
  const requests: Record<string, object[]> = {};
  for (const [name, layout] of layouts) {
    const columns = [...layout.columns.keys()];
    const where = wanted[name]?.where;
    if (where === undefined) {
      requests[name] = [{ columns }];
    } else if (method === 'monitor') {
      throw new OvsdbError(
        'OVSDB_UNSUPPORTED',
        `the server is too old for conditions on ${name}; leave out "where"`,
      );
    } else {
      requests[name] = [{ columns, where: encodeConditions(where, layout.table) }];
    }
  }
  return requests;
}

/** @throws OvsdbError OVSDB_BAD_UPDATE */
export function readMonitorReply(method: MonitorMethod, result: unknown): TableUpdates {
  if (method !== 'monitor_cond_since') {
    const format = method === 'monitor' ? 'full' : 'difference';
    return { incremental: false, format, updates: result, lastTransactionId: undefined };
  }
  if (!Array.isArray(result) || result.length !== 3 || typeof result[0] !== 'boolean') {
    throw new OvsdbError('OVSDB_BAD_UPDATE', `the reply to ${method} has no such form: ${excerpt(result)}`);
  }
  return {
    incremental: result[0],
    format: 'difference',
    lastTransactionId: decodeUuidText(result[1], 'a transaction id'),
    updates: result[2],
  };
}

/** Whether a notification carries changes for a monitor; its first parameter is the monitor's id. */
export function isUpdateMethod(method: string): boolean {
  return method === 'update' || method === 'update2' || method === 'update3';
}

/** @throws OvsdbError OVSDB_BAD_UPDATE */
export function readUpdate(method: string, params: readonly unknown[]): TableUpdates {
  if (params.length !== (method === 'update3' ? 3 : 2)) {
    throw new OvsdbError('OVSDB_BAD_UPDATE', `${method} has ${params.length} parameters`);
  }
  return {
    incremental: true,
    format: method === 'update' ? 'full' : 'difference',
    updates: params.at(-1),
    lastTransactionId: method === 'update3' ? decodeUuidText(params[1], 'a transaction id') : undefined,
  };
}

/** Ends a monitor. One that the server does not know any more is as good as canceled. */
export async function cancelMonitor(
  connection: JsonRpcConnection,
  monitorId: string,
  timeoutMs: number,
): Promise<void> {
  try {
    await connection.request('monitor_cancel', [monitorId], timeoutMs);
  } catch (error) {
    const harmless =
      error instanceof OvsdbRemoteError || (error as OvsdbError).code === 'OVSDB_CONNECTION_LOST';
    if (!harmless) {
      throw error;
    }
  }
}
