/** A Raft cluster of real `ovsdb-server` processes for tests. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealServer } from './real-server.ts';
import { eventually, run } from './run.ts';

export class RealCluster {
  readonly servers: readonly RealServer[];
  readonly #directory: string;
  readonly #database: string;

  /** Use `startRealCluster`. */
  constructor(directory: string, database: string, servers: readonly RealServer[]) {
    this.#directory = directory;
    this.#database = database;
    this.servers = servers;
  }

  get endpoints(): string[] {
    return this.servers.map(({ endpoint }) => endpoint);
  }

  /** The member that leads, once there is one. */
  leader(): Promise<RealServer> {
    return eventually(async () => {
      for (const server of this.servers) {
        if (server.running && (await this.#statusOf(server)).includes('Role: leader')) {
          return server;
        }
      }
      return undefined;
    }, 'the cluster has a leader');
  }

  /**
   * Starts the members that do not run, and waits until all agree: on a leader, and on a log that each has applied to its
   * end. Nothing may be written meanwhile. A busy machine elects leaders more often than one would think.
   */
  async settle(timeoutMs = 30_000): Promise<void> {
    for (const server of this.servers) {
      if (!server.running) await server.start();
    }
    const isSettled = async () => {
      const statuses = await Promise.all(this.servers.map((server) => this.#statusOf(server)));
      return statuses.filter((status) => status.includes('Role: leader')).length === 1 && agree(statuses);
    };
    await eventually(isSettled, 'the members of the cluster agree', timeoutMs);
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop('SIGKILL')));
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #statusOf(server: RealServer): Promise<string> {
    try {
      return await server.control('cluster/status', this.#database);
    } catch {
      return ''; // It is starting or ending: no leader at this moment.
    }
  }
}

/** Whether all members are in the cluster, in the same term, and have applied the same log to its end. */
function agree(statuses: readonly string[]): boolean {
  const positions = statuses.map((status) => {
    const [, term] = /^Term: (\d+)$/m.exec(status) ?? [];
    const [, logEnd] = /^Log: \[\d+, (\d+)\]$/m.exec(status) ?? [];
    return `${term}/${logEnd}`;
  });
  return (
    new Set(positions).size === 1 &&
    statuses.every(
      (status) =>
        status.includes('Status: cluster member') &&
        /^Leader: (?!unknown)/m.test(status) &&
        status.includes('Entries not yet applied: 0'),
    )
  );
}

/**
 * Starts a cluster that serves one database.
 *
 * @param database the name of the database, as its schema has it
 * @param schemaPath the file with the schema
 * @param electionMs how long followers wait for their leader before they elect another
 */
export async function startRealCluster(
  database: string,
  schemaPath: string,
  size = 3,
  electionMs = 1000,
): Promise<RealCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'ovsdb-cluster-'));
  const rafts = Array.from({ length: size }, (_, i) => `unix:${join(directory, `${i}.raft`)}`);
  const servers: RealServer[] = [];
  for (const [i, raft] of rafts.entries()) {
    const home = join(directory, String(i));
    const file = join(home, 'cluster.db');
    await mkdir(home);
    if (i === 0) {
      await run('ovsdb-tool', [`--election-timer=${electionMs}`, 'create-cluster', file, schemaPath, raft]);
    } else {
      await run('ovsdb-tool', ['join-cluster', file, database, raft, rafts[0] as string]);
    }
    const server = new RealServer(home, [file]);
    await server.start();
    servers.push(server);
  }
  const cluster = new RealCluster(directory, database, servers);
  await cluster.settle();
  return cluster;
}
