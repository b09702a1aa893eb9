import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { OpenFlowError } from '../errors.ts';
import { type ConnectionSettings, OpenFlowConnection } from './connection.ts';

/** Where to listen, and with `tls` the certificate and what is asked of the peer. */
export type ServerAddress = net.ListenOptions & { readonly tls?: tls.TlsOptions };

export interface BoundAddress {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
}

interface ServerEvents {
  /** The hello exchange may still be under way: wait for `connection.ready`. */
  connection: [connection: OpenFlowConnection];
  /** A peer's TLS handshake failed: the error says why. */
  refused: [error: OpenFlowError];
  error: [error: Error];
}

/** Listens for OpenFlow connections. */
export class OpenFlowServer extends EventEmitter<ServerEvents> {
  readonly connections: ReadonlySet<OpenFlowConnection>;
  readonly #connections = new Set<OpenFlowConnection>();
  readonly #settings: ConnectionSettings;
  #server: net.Server | undefined;

  constructor(settings: ConnectionSettings = {}) {
    super();
    this.#settings = settings;
    this.connections = this.#connections;
  }

  /** Starts to listen; resolves with the address, which is of interest when the port was 0. */
  async listen(address: ServerAddress): Promise<BoundAddress> {
    const { tls: tlsOptions, ...listenOptions } = address;
    const server = tlsOptions
      ? tls.createServer(tlsOptions, (socket) => this.#accept(socket))
      : net.createServer({ noDelay: true }, (socket) => this.#accept(socket));
    server.on('tlsClientError', (error: Error, socket: tls.TLSSocket) => {
      // Of a certificate that is not accepted the error itself says only that the connection has ended.
      const reason = socket.authorizationError ?? error.message;
      this.emit('refused', new OpenFlowError('OPENFLOW_TLS', `a peer was refused: ${String(reason)}`));
    });
    server.listen(listenOptions);
    await once(server, 'listening');
    server.on('error', (error) => this.emit('error', error));
    this.#server = server;
    const bound = server.address();
    if (typeof bound === 'string') return { path: bound };
    return bound ? { host: bound.address, port: bound.port } : {};
  }

  #accept(socket: net.Socket): void {
    socket.setNoDelay(true);
    const connection = new OpenFlowConnection(socket, this.#settings);
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    this.emit('connection', connection);
  }

  /** Stops to listen and ends all connections. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const connection of [...this.#connections]) {
      connection.close();
      connection.socket.destroy();
    }
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
}

/** Where to connect, and with `tls` how to trust the peer. */
export type PeerAddress = { readonly tls?: tls.ConnectionOptions } & (
  | { readonly host?: string; readonly port: number }
  | { readonly path: string }
);

/** Connects to a peer; failure shows in `ready` and in the event 'close'. */
export function connect(address: PeerAddress, settings: ConnectionSettings = {}): OpenFlowConnection {
  const { tls: tlsOptions, ...target } = address;
  const socket = tlsOptions
    ? tls.connect({ ...target, ...tlsOptions })
    : net.connect({ ...target, noDelay: true });
  return new OpenFlowConnection(socket, settings);
}
