/** What the tests of the client share: a small database, a server that plays it, clients that are closed at the end. */

import type { TestContext } from 'node:test';
import { OvsdbClient } from '../client/client.ts';
import type { OvsdbClientOptions } from '../client/options.ts';
import type { OvsdbErrorCode } from '../errors.ts';
import { type RequestHandler, startTestServer, type TestServer, type TestServerOptions } from './index.ts';

export const rowA = 'aaaaaaaa-0000-0000-0000-000000000000';
export const rowB = 'bbbbbbbb-0000-0000-0000-000000000000';
export const zero = '00000000-0000-0000-0000-000000000000';
export const transactionOne = '11111111-0000-0000-0000-000000000000';
export const transactionTwo = '22222222-0000-0000-0000-000000000000';

export const schemaJson = {
  name: 'db',
  version: '1.0.0',
  tables: { T: { columns: { name: { type: 'string' }, n: { type: { key: 'integer', min: 0 } } } } },
};

/** Handlers by method, for a server of the database `db`. */
export async function serve(
  test: TestContext,
  handlers: Record<string, RequestHandler> = {},
  options: TestServerOptions = {},
): Promise<TestServer> {
  const server = await startTestServer({ schemas: { db: schemaJson }, handlers, ...options });
  test.after(() => server.close());
  return server;
}

/** A client that comes back quickly and is closed at the end of the test. */
export function clientOf(
  test: TestContext,
  servers: readonly TestServer[] | readonly string[],
  options: Partial<OvsdbClientOptions> = {},
): OvsdbClient {
  const endpoints = servers.map((server) => (typeof server === 'string' ? server : server.endpoint));
  const client = new OvsdbClient({ endpoints, reconnect: { minMs: 5, maxMs: 20 }, ...options });
  test.after(() => client.close());
  return client;
}

/** The reasons for which the client lost connections. */
export function lossesOf(client: OvsdbClient): OvsdbErrorCode[] {
  const losses: OvsdbErrorCode[] = [];
  client.on('disconnect', (reason) => losses.push(reason.code));
  return losses;
}
