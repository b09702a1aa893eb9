import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What all switches of a process have received and hold. */
export interface SwitchCounts {
  /** Flow-mods received since the start. */
  readonly flowMods: number;
  /** Flows in the tables now. */
  readonly flows: number;
}

/** Every order is answered with the counts as they are when it is done. */
export type Order = { readonly id: number } & (
  | {
      readonly type: 'connect';
      readonly port: number;
      /** 16 hex digits each. */
      readonly datapathIds: readonly string[];
    }
  | { readonly type: 'count' }
);
export type Answer = { readonly id: number } & (
  | { readonly counts: SwitchCounts }
  | { readonly error: string }
);

/** The test switches of one bed, in a child process. */
export class SwitchProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<SwitchCounts>>();
  #lastId = 0;

  constructor() {
    // Detached: Ctrl-C in a terminal is for the parent, which says when the switches end.
    this.#child = fork(fileURLToPath(new URL('switches.ts', import.meta.url)), { detached: true });
    this.#child.on('message', (answer) => this.#settle(answer as Answer));
    this.#child.on('exit', (code, signal) => {
      const error = new Error(`the process with the test switches ended (${signal ?? code})`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** Connects one switch for each datapath id to 127.0.0.1:port. */
  async connect(port: number, datapathIds: readonly string[]): Promise<void> {
    await this.#order({ id: ++this.#lastId, type: 'connect', port, datapathIds });
  }

  async count(): Promise<SwitchCounts> {
    return await this.#order({ id: ++this.#lastId, type: 'count' });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #order(order: Order): Promise<SwitchCounts> {
    const waiting = Promise.withResolvers<SwitchCounts>();
    this.#waiting.set(order.id, waiting);
    this.#child.send(order, (error) => {
      if (!error) return;
      this.#waiting.delete(order.id);
      waiting.reject(error);
    });
    return waiting.promise;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('counts' in answer) waiting?.resolve(answer.counts);
    else waiting?.reject(new Error(`test switches: ${answer.error}`));
  }
}
