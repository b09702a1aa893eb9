import type { Logger } from 'pino';
import type { OvsDatabase } from '../chassis/database.ts';
import type { BindingReporter } from './reporter.ts';
import { PortScanner, type RefusedPort } from './scan.ts';

/** Follows the ports of br-int and hands what it sees to the reporter. */
export class Bindings {
  #database: OvsDatabase;
  #reporter: BindingReporter;
  #logger: Logger;
  #scanner = new PortScanner();
  #logged = new Set<string>();
  #stop: (() => void) | undefined;

  constructor(database: OvsDatabase, reporter: BindingReporter, logger: Logger) {
    this.#database = database;
    this.#reporter = reporter;
    this.#logger = logger;
  }

  /** Looks at the present ports and follows them from now on. */
  start(): void {
    this.#stop = this.#database.onChange(() => this.#look());
    this.#look();
  }

  close(): void {
    this.#stop?.();
    this.#reporter.close();
  }

  #look(): void {
    const { ports, refused } = this.#scanner.scan(this.#database.tables);
    this.#logRefused(refused);
    this.#reporter.update(ports);
  }

  /** Each refusal once, as long as it lasts. */
  #logRefused(refused: readonly RefusedPort[]): void {
    const lines = new Map(refused.map((port) => [`${port.port} ${port.reason}`, port]));
    for (const [key, { port, networkInterfaceId, reason }] of lines) {
      if (this.#logged.has(key)) continue;
      this.#logger.error(
        { port, networkInterface: networkInterfaceId, reason },
        'a port is ignored; correct its external_ids:iface-id',
      );
    }
    this.#logged = new Set(lines.keys());
  }
}
