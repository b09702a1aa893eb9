/** What is known of the server at the other end of one connection. It is forgotten with the connection. */

import type { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { parseSchema } from '../schema/parse.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import { type DatabaseStatus, ServerStatus } from './server-status.ts';

export class Server {
  readonly connection: JsonRpcConnection;
  readonly #status = new ServerStatus();
  readonly #schemas = new Map<string, Promise<DatabaseSchema>>();

  constructor(connection: JsonRpcConnection) {
    this.connection = connection;
  }

  get databases(): ReadonlyMap<string, DatabaseStatus> {
    return this.#status.databases;
  }

  /** Introduces the client: it notices changes of databases itself and need not be disconnected because of them. */
  async prepare(timeoutMs: number): Promise<void> {
    await Promise.all([
      this.#declareChangeAware(timeoutMs),
      this.#status.request(this.connection, timeoutMs),
    ]);
  }

  /** The schema of a database; asked for once. */
  schemaOf(database: string, timeoutMs: number): Promise<DatabaseSchema> {
    let schema = this.#schemas.get(database);
    if (schema === undefined) {
      schema = this.connection.request('get_schema', [database], timeoutMs).then(parseSchema);
      // A failure is not remembered: the database may appear later. Whoever waits for the schema gets the error.
      schema.catch(() => this.forgetSchema(database));
      this.#schemas.set(database, schema);
    }
    return schema;
  }

  forgetSchema(database: string): void {
    this.#schemas.delete(database);
  }

  /** Takes in news of the `_Server` database. */
  news(method: string, params: readonly unknown[]): void {
    for (const database of this.#status.update(method, params)) {
      this.forgetSchema(database);
    }
  }

  /** Servers before Open vSwitch 2.9 do not know the request; they disconnect clients instead, which does as well. */
  #declareChangeAware(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.send('set_db_change_aware', [true], timeoutMs, (error: OvsdbError | undefined) => {
        if (error === undefined || error.code === 'OVSDB_UNKNOWN_METHOD') {
          resolve();
        } else {
          reject(error);
        }
      });
    });
  }
}
