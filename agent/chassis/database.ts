import { type OpenVSwitch, type Operation, OvsdbClient, type Replica } from 'ovsdb-client';
import { AgentError, reasonOf } from '../errors.ts';
import { monitored, type OvsTables } from './tables.ts';

const databaseName = 'Open_vSwitch';

/** The local Open vSwitch database: a replica of what matters here, and transactions. */
export class OvsDatabase {
  #client: OvsdbClient;
  #replica: Replica<OpenVSwitch>;
  private constructor(client: OvsdbClient, replica: Replica<OpenVSwitch>) {
    this.#client = client;
    this.#replica = replica;
  }

  /**
   * Connects, and comes back by itself when the connection is lost later.
   * @throws AgentError `ovsdb-unreachable`
   */
  static async open(endpoint: string, timeoutMs: number): Promise<OvsDatabase> {
    const client = new OvsdbClient({
      endpoints: [endpoint],
      connectTimeoutMs: timeoutMs,
      reconnect: { minMs: 50, maxMs: 2000 },
    });
    try {
      await client.connect({ timeoutMs });
      const request = { ...monitored };
      const replica = await client.monitor<OpenVSwitch>(databaseName, request, {
        timeoutMs,
      });
      return new OvsDatabase(client, replica);
    } catch (cause) {
      await client.close();
      throw new AgentError(
        'ovsdb-unreachable',
        `ovsdb-server does not answer at ${endpoint}: ${reasonOf(cause)}`,
        {
          value: endpoint,
          fix: 'Start Open vSwitch (systemctl start openvswitch-switch), or give the right socket with --ovsdb.',
          cause,
        },
      );
    }
  }

  /** The database as of the last update. */
  get tables(): OvsTables {
    const table = <T extends keyof OpenVSwitch>(name: T) => this.#replica.table(name);
    return {
      root: [...table('Open_vSwitch').values()][0],
      bridges: table('Bridge'),
      ports: table('Port'),
      interfaces: table('Interface'),
      controllers: table('Controller'),
    };
  }

  /** Makes the changes, all or none. The replica has them when this resolves. An empty list does nothing. */
  async transact(operations: readonly Operation<OpenVSwitch>[]): Promise<void> {
    if (operations.length > 0) await this.#client.transact<OpenVSwitch>(databaseName, operations);
  }

  /** Calls the listener after every update. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#replica.on('change', listener);
    return () => this.#replica.off('change', listener);
  }

  /**
   * Waits until `look` sees what it looks for, in the present state or after an update; undefined after the time.
   * What `look` throws ends the wait.
   */
  async until<T>(look: (tables: OvsTables) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const check = () => {
      try {
        const found = look(this.tables);
        if (found !== undefined) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const stop = this.onChange(check);
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    check();
    return await promise.finally(() => {
      stop();
      clearTimeout(timer);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
