/** What a server says about its databases in the `_Server` database, ovsdb-server(5). */

import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { ReplicaContents } from '../replica/contents.ts';
import { makeLayouts } from '../replica/layout.ts';
import { parseSchema } from '../schema/parse.ts';
import { readMonitorReply, readUpdate } from './monitor-methods.ts';

/** One database of a server. */
export interface DatabaseStatus {
  readonly name: string;
  readonly model: string;
  /** Whether a clustered or relayed database is in touch with its cluster or source. */
  readonly connected: boolean;
  /** Whether this server leads the cluster of the database. */
  readonly leader: boolean;
  /** The schema as JSON text; absent while the database is not ready. */
  readonly schema: string | undefined;
  /** How far the server's log reaches; absent unless clustered. */
  readonly index: number | undefined;
}

/** The part of the `_Server` schema that is of interest; it has not changed since its introduction. */
const serverSchema = parseSchema({
  name: '_Server',
  tables: {
    Database: {
      columns: {
        name: { type: 'string' },
        model: { type: 'string' },
        connected: { type: 'boolean' },
        leader: { type: 'boolean' },
        schema: { type: { key: 'string', min: 0 } },
        index: { type: { key: 'integer', min: 0 } },
      },
    },
  },
});

/** The id of the monitor; those of replicas begin with a number. */
export const serverMonitorId = '_Server';

const layouts = makeLayouts(serverSchema, { Database: {} });

/** The databases of the server at the other end of one connection. */
export class ServerStatus {
  readonly #contents = new ReplicaContents();

  /** All databases; empty when the server has no `_Server` database (before Open vSwitch 2.9). */
  get databases(): ReadonlyMap<string, DatabaseStatus> {
    const rows = this.#contents.store.table('Database') ?? new Map();
    return new Map(
      [...rows.values()].map((row) => {
        const status = row as unknown as DatabaseStatus;
        return [status.name, status];
      }),
    );
  }

  /** Asks the server for its databases and for news of them. */
  request(connection: JsonRpcConnection, timeoutMs: number): Promise<void> {
    const columns = [...(layouts.get('Database')?.columns.keys() ?? [])];
    const params = ['_Server', serverMonitorId, { Database: [{ columns }] }];
    return new Promise((resolve, reject) => {
      connection.send('monitor_cond', params, timeoutMs, (error, result) => {
        if (error === undefined) {
          // Read at once, before any news; an error in it rejects.
          resolve(new Promise<void>((done) => done(this.#load(result))));
        } else if (error.code === 'OVSDB_UNKNOWN_DATABASE' || error.code === 'OVSDB_UNKNOWN_METHOD') {
          resolve(); // An older server: it has neither clusters nor relays.
        } else {
          reject(error);
        }
      });
    });
  }

  #load(result: unknown): void {
    this.#contents.load(readMonitorReply('monitor_cond', result), layouts);
  }

  /** Takes in news; returns the names of the databases whose schema has changed. */
  update(method: string, params: readonly unknown[]): string[] {
    const changes = this.#contents.update(readUpdate(method, params));
    return changes
      .filter(({ before, after }) => before?.schema !== after?.schema)
      .map(({ before, after }) => String((after ?? before)?.name));
  }
}

/** Which servers will do. */
export interface ServerDemands {
  /** Databases that are in use. */
  readonly inUse: ReadonlySet<string>;
  readonly leaderOnly: boolean | readonly string[];
  /** How far the log of each clustered database was seen to reach; raised by `unfitness`. */
  readonly seenIndexes: Map<string, number>;
}

/** Why a server will not do; `undefined` when it will. */
export function unfitness(
  databases: ReadonlyMap<string, DatabaseStatus>,
  demands: ServerDemands,
): OvsdbError | undefined {
  for (const database of databases.values()) {
    const mustLead = needsLeader(database, demands.leaderOnly);
    if (database.model === 'standalone' || !(mustLead || demands.inUse.has(database.name))) {
      continue;
    }
    const problem = problemOf(database, mustLead, demands.seenIndexes.get(database.name) ?? 0);
    if (problem !== undefined) {
      return problem;
    }
    demands.seenIndexes.set(database.name, database.index ?? 0);
  }
  return undefined;
}

function needsLeader(database: DatabaseStatus, leaderOnly: boolean | readonly string[]): boolean {
  if (typeof leaderOnly === 'boolean') {
    return leaderOnly && database.model === 'clustered';
  }
  return leaderOnly.includes(database.name);
}

function problemOf(database: DatabaseStatus, mustLead: boolean, seenIndex: number): OvsdbError | undefined {
  const { name } = database;
  if (database.schema === undefined) {
    return new OvsdbError('OVSDB_STALE_SERVER', `the server has not joined the cluster of ${name} yet`);
  }
  if (!database.connected) {
    return new OvsdbError('OVSDB_STALE_SERVER', `the server has lost touch with the cluster of ${name}`);
  }
  if (mustLead && !database.leader) {
    return new OvsdbError('OVSDB_NOT_LEADER', `the server does not lead the cluster of ${name}`);
  }
  if ((database.index ?? 0) < seenIndex) {
    return new OvsdbError(
      'OVSDB_STALE_SERVER',
      `the server has ${name} as of log index ${database.index}, and ${seenIndex} was already seen`,
    );
  }
  return undefined;
}
