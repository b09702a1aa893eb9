import { connect, type Message, type OpenFlowConnection, type PacketIn2 } from 'node-openflow';
import type { Logger } from 'pino';
import { Backoff, sleep } from '../backoff.ts';
import { reasonOf } from '../errors.ts';

/** Name of this connection in the flows' `controller(id=…)` actions. */
const agentControllerId = 0x5746;
const wholePackets = 65535;
/** OFPR_APPLY_ACTION: the packet-ins of `controller` actions. */
const packetInReasons = 1 << 1;
const setUpTimeoutMs = 5000;

/** How the switch is to send packets here: whole, with userdata, and nothing but what flows send. */
const setUp: readonly Message[] = [
  { type: 'set-config', flags: 0, missSendLength: wholePackets },
  { type: 'set-packet-in-format', format: 'packet-in2' },
  {
    type: 'set-async',
    masks: {
      packetInPrimary: packetInReasons,
      packetInSecondary: packetInReasons,
      portStatusPrimary: 0,
      portStatusSecondary: 0,
      flowRemovedPrimary: 0,
      flowRemovedSecondary: 0,
    },
  },
  // Last: from here on flows find this connection, and everything else is set.
  { type: 'set-controller-id', id: agentControllerId },
];

export interface ResponderConnectionOptions {
  /** Absolute path of the bridge's management socket. */
  readonly path: string;
  readonly logger: Logger;
  onPacket(message: PacketIn2): void;
  /** The connection is gone. */
  onLost(): void;
}

/** The agent's own OpenFlow connection to br-int. Comes back for ever: no controller has a part in it. */
export class ResponderConnection {
  #options: ResponderConnectionOptions;
  #stop = new AbortController();
  #connection: OpenFlowConnection | undefined;
  #first = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(options: ResponderConnectionOptions) {
    this.#options = options;
  }

  /** Begins to connect. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Resolves when the switch has taken the settings for the first time. */
  get connected(): Promise<void> {
    return this.#first.promise;
  }

  /** Sends when connected; otherwise the message is lost, as a packet on a broken wire is. */
  send(message: Message): void {
    if (this.#connection && !this.#connection.closed) this.#connection.send(message);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#connection?.close();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { logger, path } = this.#options;
    const backoff = new Backoff(50, 2000);
    while (!this.#stop.signal.aborted) {
      try {
        const { closed } = await this.#open();
        backoff.reset();
        logger.info({ path }, 'answering packets of br-int');
        this.#first.resolve();
        const reason = await closed;
        if (!this.#stop.signal.aborted)
          logger.warn({ path, reason }, 'lost the OpenFlow connection to br-int');
        this.#options.onLost();
      } catch (error) {
        logger.debug({ path, reason: reasonOf(error) }, 'cannot connect to br-int');
      }
      this.#connection = undefined;
      await sleep(backoff.next(), this.#stop.signal);
    }
  }

  /** Connects and sets up. `closed` tells why the connection ended, later. */
  async #open(): Promise<{ closed: Promise<string> }> {
    const connection = connect({ path: this.#options.path }, { versions: [6] });
    const closed = new Promise<string>((resolve) => connection.once('close', resolve));
    connection.on('message', (message) => {
      if (message.type === 'packet-in2') this.#options.onPacket(message);
    });
    connection.on('error-message', ({ typeName, codeName }) => {
      this.#options.logger.warn({ typeName, codeName }, 'the switch refused a message of the agent');
    });
    this.#connection = connection;
    try {
      await connection.ready;
      for (const message of setUp) connection.send(message);
      await connection.barrier({ timeoutMs: setUpTimeoutMs });
    } catch (error) {
      connection.close();
      throw error;
    }
    return { closed };
  }
}
