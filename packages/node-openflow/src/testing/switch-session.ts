import type net from 'node:net';
import { MessageFramer } from '../connection/framer.ts';
import { OpenFlowError } from '../errors.ts';
import { errorNumbers } from '../messages/error-names.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { ControllerRole } from '../messages/session-types.ts';
import type { DecodedMessage, Message } from '../messages/types.ts';
import { answer } from './answers.ts';
import { applyFlowMod } from './flow-commands.ts';
import { RawFlowMod } from './flow-store.ts';
import type { SwitchState } from './test-switch.ts';

const flowModType = 14;
const version = 6;
/** As much of a refused message as an error returns. */
const returnedBytes = 64;

/** One connection of a test switch. */
export class SwitchSession {
  readonly state: SwitchState;
  /** Resolves when the controller's hello has come; rejects when the connection ends before. */
  readonly ready: Promise<void>;
  role: ControllerRole = 'equal';
  readonly bundles = new Map<number, Uint8Array[]>();
  readonly #socket: net.Socket;
  readonly #framer = new MessageFramer();
  readonly #settleReady: { resolve(): void; reject(error: Error): void };

  constructor(socket: net.Socket, state: SwitchState) {
    this.state = state;
    this.#socket = socket;
    const { promise, ...settle } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#settleReady = settle;
    promise.catch(() => undefined);
    state.sessions.add(this);
    socket.on('data', (chunk: Uint8Array) => this.#received(chunk));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#closed());
    this.send({ type: 'hello', versions: [version] }, 0);
  }

  #closed(): void {
    this.state.sessions.delete(this);
    this.#settleReady.reject(
      new OpenFlowError('OPENFLOW_CLOSED', 'the controller ended the connection before its hello'),
    );
  }

  destroy(): void {
    this.#socket.destroy();
  }

  send(message: Message, xid: number): void {
    this.write(encodeMessage(message, { version, xid }));
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Refuses a message by the name of an error. */
  refuse(bytes: Uint8Array, codeName: string): void {
    const numbers = errorNumbers(codeName);
    if (!numbers) {
      throw new OpenFlowError(
        'OPENFLOW_NO_ERROR_NAME',
        `${codeName} is not the name of a standard error: use one such as OFPFMFC_TABLE_FULL`,
      );
    }
    const xid = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
    this.send({ type: 'error', ...numbers, data: bytes.slice(0, returnedBytes) }, xid);
  }

  #received(chunk: Uint8Array): void {
    for (const bytes of this.#framer.push(chunk)) {
      this.state.messageCount++;
      this.state.options.observe?.(bytes);
      if (bytes[1] === flowModType) this.#obeyFlowMod(bytes);
      else this.#obey(bytes);
    }
  }

  /** Flow-mods are not decoded unless somebody wants to look at them. */
  #obeyFlowMod(bytes: Uint8Array): void {
    const codeName = this.check(bytes);
    if (codeName) this.refuse(bytes, codeName);
    else this.apply(bytes);
  }

  /** Why a message that changes the switch must be refused; undefined when it is to be obeyed. */
  check(bytes: Uint8Array): string | undefined {
    if (this.role === 'secondary') return 'OFPBRC_IS_SECONDARY';
    return this.state.options.refuse?.(decodeMessage(bytes));
  }

  /** Obeys a flow-mod. */
  apply(bytes: Uint8Array): void {
    this.state.flowModCount++;
    applyFlowMod(this.state.store, new RawFlowMod(bytes));
  }

  #obey(bytes: Uint8Array): void {
    const message: DecodedMessage = decodeMessage(bytes);
    if (message.type === 'hello') {
      this.#settleReady.resolve();
      return;
    }
    const codeName = this.state.options.refuse?.(message);
    if (codeName) this.refuse(bytes, codeName);
    else answer(this, message, bytes);
  }
}
