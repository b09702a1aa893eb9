import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { Backoff, sleep } from '../backoff.ts';
import type { OvsDatabase } from '../chassis/database.ts';
import { AgentError, reasonOf } from '../errors.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { connectServices } from './port.ts';
import { Upstream } from './upstream.ts';

const startTimeoutMs = 10_000;

export interface ServicesOptions {
  readonly database: OvsDatabase;
  /** Absolute path of the management socket of br-int, from which the process reads what it knows. */
  readonly managementSocket: string;
  readonly dnsServers: readonly string[] | undefined;
  readonly logger: Logger;
}

/**
 * DNS and metadata for the instances of this host: a process in a network namespace of its own, which ends with the agent. It
 * is started again when it ends by itself.
 */
export class Services {
  readonly #options: ServicesOptions;
  readonly #upstream: Upstream;
  readonly #stop = new AbortController();
  #process: ChildProcess | undefined;
  #loop: Promise<void> | undefined;

  /** @throws AgentError `wrong-dns-server` */
  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#upstream = new Upstream(options.dnsServers);
  }

  /** Resolves when instances are answered, or it has failed for the first time; the loop goes on trying. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#loop = this.#run(first.resolve);
    await first.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#process?.kill();
    await this.#loop;
  }

  async #run(tried: () => void): Promise<void> {
    const { logger } = this.#options;
    const backoff = new Backoff(200, 30_000);
    while (!this.#stop.signal.aborted) {
      try {
        const child = await this.#launch();
        logger.info({ pid: child.pid }, 'DNS and metadata are answered');
        backoff.reset();
        tried();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        if (!this.#stop.signal.aborted)
          logger.error({ pid: child.pid }, 'the process of the services has ended');
      } catch (error) {
        if (!this.#stop.signal.aborted) {
          logger.error({ reason: reasonOf(error) }, 'no DNS and no metadata for instances; trying again');
        }
        this.#process?.kill('SIGKILL');
      }
      tried();
      await sleep(backoff.next(), this.#stop.signal);
    }
  }

  async #launch(): Promise<ChildProcess> {
    const { database, managementSocket } = this.#options;
    // The namespace belongs to the process, and goes with it, whatever happens to the agent.
    const child = fork(new URL('./process/main.ts', import.meta.url), {
      execPath: 'unshare',
      execArgv: ['--net', process.execPath, ...process.execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process = child;
    const ready = this.#follow(child);
    await connectServices(database, child.pid as number, startTimeoutMs);
    tell(child, { type: 'listen', managementSocket });
    await ready;
    return child;
  }

  /** Listens to the process. Resolves when it answers instances. */
  #follow(child: ChildProcess): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (problem: string) =>
      reject(
        new AgentError('services-failed', `the process of the services ${problem}`, {
          fix: 'Look at what it printed; is unshare (util-linux) installed, and does the agent run as root?',
        }),
      );
    const timer = setTimeout(() => fail(`is not ready after ${startTimeoutMs} ms`), startTimeoutMs);
    child.on('error', (error) => fail(`cannot be started: ${error.message}`));
    child.on('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    child.on('message', (message) => this.#onMessage(child, message as FromProcess, resolve));
    const settled = promise.finally(() => clearTimeout(timer));
    // When it cannot be connected, the launch has ended before anybody waits for this.
    settled.catch(() => undefined);
    return settled;
  }

  #onMessage(child: ChildProcess, message: FromProcess, ready: () => void): void {
    switch (message.type) {
      case 'listening':
        ready();
        return;
      case 'forward':
        void this.#forward(child, message);
        return;
      case 'warning':
        this.#options.logger.warn(message.details, message.text);
    }
  }

  async #forward(
    child: ChildProcess,
    { id, message, tcp }: FromProcess & { type: 'forward' },
  ): Promise<void> {
    const answer = await this.#upstream.ask(Buffer.from(message, 'base64'), tcp);
    tell(child, { type: 'answer', id, ...(answer ? { message: answer.toString('base64') } : {}) });
  }
}

/** A process that has ended hears nothing any more. */
function tell(child: ChildProcess, message: ToProcess): void {
  if (child.connected) child.send(message, () => undefined);
}
