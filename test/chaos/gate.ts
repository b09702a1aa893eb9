import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Keeps work on the ports of a host apart from the times when its Open vSwitch is down: ovs-vsctl would wait for it
 * until it is killed, which tests nothing.
 */
export class Gate {
  #inside = 0;
  #closed = false;

  /** @returns undefined, without doing the work, while the gate is closed */
  async pass<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#closed) return undefined;
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
    }
  }

  /** Does the work when nobody is inside, and lets nobody in until it is done. */
  async alone(work: () => Promise<void>): Promise<void> {
    while (this.#closed) await sleep(20);
    this.#closed = true;
    try {
      while (this.#inside > 0) await sleep(20);
      await work();
    } finally {
      this.#closed = false;
    }
  }
}
