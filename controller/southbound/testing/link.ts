import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import {
  type DecodedMessage,
  decodeMessage,
  encodeMessage,
  type FlowMod,
  type Message,
  MessageFramer,
} from 'node-openflow';

/** A cable between a switch and the controller that a test can watch, hold up and cut. */
export class Link {
  /** What the controller sent, in order. */
  readonly toSwitch: DecodedMessage[] = [];
  readonly fromSwitch: DecodedMessage[] = [];
  /** Called for each message of the controller before it is passed on. */
  onToSwitch: ((message: DecodedMessage) => void) | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #switchSide: Socket | undefined;
  #controllerSide: Socket | undefined;
  #held: Uint8Array[] | undefined;
  #isHeld: (message: DecodedMessage) => boolean = () => false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(controllerPort: number): Promise<Link> {
    const server = createServer({ noDelay: true });
    const link = new Link(server);
    server.on('connection', (socket) => link.#join(socket, controllerPort));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  /** Where the switch is to connect. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Flow-mods that the controller sent. */
  get flowMods(): (FlowMod & { xid: number })[] {
    return this.toSwitch.filter((message) => message.type === 'flow-mod');
  }

  /** From now on the switch's messages of this type stay in the link, and so does all that follows them. */
  hold(type: Message['type']): void {
    this.#held = [];
    this.#isHeld = (message) => message.type === type;
  }

  /** Passes on what was held up. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#isHeld = () => false;
    for (const bytes of held) this.#controllerSide?.write(bytes);
  }

  /** The switch takes nothing any more, until `resume`. */
  stall(): void {
    this.#controllerSide?.pause();
  }

  resume(): void {
    this.#controllerSide?.resume();
  }

  /** Says something to the controller as if the switch had said it. */
  inject(message: Message, xid: number): void {
    this.#controllerSide?.write(encodeMessage(message, { xid }));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(switchSide: Socket, controllerPort: number): void {
    const controllerSide = connect({ host: '127.0.0.1', port: controllerPort, noDelay: true });
    this.#switchSide = switchSide;
    this.#controllerSide = controllerSide;
    for (const socket of [switchSide, controllerSide]) {
      this.#sockets.add(socket);
      // A cut cable ends both sides; what the socket says of it is no news.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        switchSide.destroy();
        controllerSide.destroy();
        this.#sockets.delete(socket);
      });
    }
    const down = new MessageFramer();
    controllerSide.on('data', (chunk) => {
      for (const bytes of down.push(chunk)) this.#passDown(bytes);
    });
    const up = new MessageFramer();
    switchSide.on('data', (chunk) => {
      for (const bytes of up.push(chunk)) this.#passUp(bytes);
    });
  }

  #passDown(bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    this.toSwitch.push(message);
    this.onToSwitch?.(message);
    this.#switchSide?.write(bytes);
  }

  #passUp(bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    this.fromSwitch.push(message);
    if (this.#held && (this.#held.length > 0 || this.#isHeld(message))) this.#held.push(bytes);
    else this.#controllerSide?.write(bytes);
  }
}
