import { join, type Parcel } from './messages.ts';
import type { Session } from './session.ts';

/** Bytes that are written in one go. */
const chunkSize = 64 * 1024;

/** Writes much without a barrier: gathers chunks, and waits whenever the switch is slower than the writer. */
export class ChunkWriter {
  readonly #session: Session;
  readonly #silenceMs: number;
  #parcels: Parcel[] = [];
  #size = 0;

  constructor(session: Session, silenceMs: number) {
    this.#session = session;
    this.#silenceMs = silenceMs;
  }

  /** @throws Error when the connection ended, or the switch took nothing for the time given */
  async add(parcel: Parcel): Promise<void> {
    this.#parcels.push(parcel);
    this.#size += parcel.bytes.length;
    if (this.#size >= chunkSize) await this.flush();
  }

  /** @throws Error as `add` does */
  async flush(): Promise<void> {
    const chunk = join(this.#parcels);
    this.#parcels = [];
    this.#size = 0;
    const isRoom = chunk.bytes.length === 0 || this.#session.writeWithoutBarrier(chunk);
    if (this.#session.state === 'closed') throw new Error('the connection ended');
    if (!isRoom) await this.#drained();
  }

  #drained(): Promise<void> {
    const { connection } = this.#session;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(new Error(`the switch took nothing for ${this.#silenceMs} ms`)),
        this.#silenceMs,
      );
      const end = (error?: Error) => {
        clearTimeout(timer);
        connection.off('drain', onDrain);
        connection.off('close', onClose);
        if (error) reject(error);
        else resolve();
      };
      const onDrain = () => end();
      const onClose = (reason: string) => end(new Error(`the connection ended: ${reason}`));
      connection.on('drain', onDrain);
      connection.on('close', onClose);
    });
  }
}
