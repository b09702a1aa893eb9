import type { Hello } from '../messages/session-types.ts';
import type { DecodedMessage, Message, Version } from '../messages/types.ts';

/** Why a connection ended. */
export type CloseReason =
  | 'closed'
  | 'peer-closed'
  | 'echo-timeout'
  | 'hello-timeout'
  | 'version-mismatch'
  | 'protocol-error'
  | 'overflow'
  | 'socket-error';

export interface StateSettings {
  /** Versions that this side speaks. */
  readonly versions: readonly Version[];
  /** Silence after which an echo request is sent. */
  readonly echoIntervalMs: number;
  /** Silence after the echo request that ends the connection. */
  readonly echoTimeoutMs: number;
  /** Time in which the peer's hello must come. */
  readonly helloTimeoutMs: number;
}

/** What the owner of the state machine has to do, in this order. */
export type Step =
  | { readonly do: 'send'; readonly message: Message; readonly version: Version; readonly xid?: number }
  | { readonly do: 'ready'; readonly version: Version }
  | { readonly do: 'deliver'; readonly message: DecodedMessage }
  | { readonly do: 'close'; readonly reason: CloseReason };

type Phase = 'start' | 'hello' | 'ready' | 'closed';

const helloFailed = { errorType: 0, errorCode: 0 } as const;

/** The highest version that both sides speak: by bitmap when the peer sent one, else the smaller of the two highest. */
function negotiate(
  own: readonly Version[],
  hello: Hello & { readonly version: number },
): Version | undefined {
  const descending = [...own].sort((a, b) => b - a);
  if (hello.versions) return descending.find((version) => hello.versions?.includes(version));
  const agreed = Math.min(hello.version, descending[0] ?? 0);
  return descending.find((version) => version === agreed);
}

/**
 * The life of a connection, without sockets and clocks: every call says what time it is (in milliseconds, of any origin)
 * and returns what to do. OpenFlow 1.5.1, sections 6.3.1 (connection setup) and 6.4 (echo).
 */
export class ConnectionState {
  readonly #settings: StateSettings;
  #phase: Phase = 'start';
  #version: Version | undefined;
  /** When the hello was sent, or when something was last heard. */
  #since = 0;
  #probing = false;
  #paused = false;

  constructor(settings: StateSettings) {
    this.#settings = settings;
  }

  get version(): Version | undefined {
    return this.#version;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The transport is there. */
  open(now: number): Step[] {
    this.#phase = 'hello';
    this.#since = now;
    const { versions } = this.#settings;
    const highest = Math.max(...versions) as Version;
    return [
      {
        do: 'send',
        message: { type: 'hello', versions: [...versions].sort((a, b) => a - b) },
        version: highest,
      },
    ];
  }

  /** A message came. */
  received(message: DecodedMessage, now: number): Step[] {
    if (this.#phase === 'closed') return [];
    this.#since = now;
    this.#probing = false;
    if (this.#phase === 'hello') return this.#receivedFirst(message);
    if (message.type === 'hello') return [];
    if (message.type === 'echo-request') {
      const data = message.data ? { data: message.data } : {};
      const version = this.#version as Version;
      return [{ do: 'send', message: { type: 'echo-reply', ...data }, version, xid: message.xid }];
    }
    return [{ do: 'deliver', message }];
  }

  #receivedFirst(message: DecodedMessage): Step[] {
    if (message.type === 'error') return [{ do: 'deliver', message }, ...this.close('version-mismatch')];
    if (message.type !== 'hello') return this.close('protocol-error');
    const version = negotiate(this.#settings.versions, message);
    if (version === undefined) return this.#refuse(message.xid);
    this.#phase = 'ready';
    this.#version = version;
    return [{ do: 'ready', version }];
  }

  #refuse(xid: number): Step[] {
    const highest = Math.max(...this.#settings.versions) as Version;
    const text = `this side speaks the versions ${this.#settings.versions.join(', ')}`;
    const error: Message = { type: 'error', ...helloFailed, data: new TextEncoder().encode(text) };
    return [{ do: 'send', message: error, version: highest, xid }, ...this.close('version-mismatch')];
  }

  /** Time has passed. */
  tick(now: number): Step[] {
    if (this.#paused) return [];
    const silence = now - this.#since;
    const { echoIntervalMs, echoTimeoutMs, helloTimeoutMs } = this.#settings;
    if (this.#phase === 'hello') return silence >= helloTimeoutMs ? this.close('hello-timeout') : [];
    if (this.#phase !== 'ready') return [];
    if (this.#probing) return silence >= echoIntervalMs + echoTimeoutMs ? this.close('echo-timeout') : [];
    if (silence < echoIntervalMs) return [];
    this.#probing = true;
    return [{ do: 'send', message: { type: 'echo-request' }, version: this.#version as Version }];
  }

  /** Nothing is read: silence means nothing until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** Reading goes on; silence is counted from now. */
  resume(now: number): void {
    this.#paused = false;
    this.#since = now;
    this.#probing = false;
  }

  /** When `tick` should be called next; undefined when there is nothing to wait for. */
  get deadline(): number | undefined {
    if (this.#paused) return undefined;
    const { echoIntervalMs, echoTimeoutMs, helloTimeoutMs } = this.#settings;
    if (this.#phase === 'hello') return this.#since + helloTimeoutMs;
    if (this.#phase !== 'ready') return undefined;
    return this.#since + echoIntervalMs + (this.#probing ? echoTimeoutMs : 0);
  }

  /** The connection ends; later calls do nothing. */
  close(reason: CloseReason): Step[] {
    if (this.#phase === 'closed') return [];
    this.#phase = 'closed';
    return [{ do: 'close', reason }];
  }
}
