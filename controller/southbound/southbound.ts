import { EventEmitter } from 'node:events';
import {
  type ErrorMessage,
  type FlowDescription,
  type OpenFlowConnection,
  OpenFlowServer,
} from 'node-openflow';
import type { ChangeSet } from '../compiler/types.ts';
import { type Receipt, WeftError } from '../resources/index.ts';
import { Broadcaster } from './broadcast.ts';
import type { Context } from './context.ts';
import { dumpFlows } from './dump.ts';
import { Flusher } from './flusher.ts';
import { Gates } from './gates.ts';
import { HandshakeError, identify, prepare } from './handshake.ts';
import { hangUp } from './hang-up.ts';
import { HostIndex, type HostState } from './hosts.ts';
import { type Metrics, newMetrics } from './metrics.ts';
import { Receipts } from './receipts.ts';
import { examineRejection } from './rejections.ts';
import { resync } from './resync.ts';
import { Session, type SessionHooks } from './session.ts';
import {
  defaultLimits,
  type HostSessionLiveness,
  type SouthboundEvents,
  type SouthboundOptions,
} from './types.ts';
import { WaitingRoom } from './waiting-room.ts';

/** How long a switch may be silent when somebody asks for counters, in ms. */
const answerMs = 5_000;

/** Where switches connect to. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** PEM text. With it only switches come in whose certificate `ca` has signed. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string } | undefined;
}

/**
 * The OpenFlow side of the controller: keeps every connected switch at the desired state, writes each commit to the
 * switches that it touches, and knows what they have confirmed.
 */
export class Southbound extends EventEmitter<SouthboundEvents> {
  readonly metrics: Readonly<Metrics>;
  readonly #options: SouthboundOptions;
  readonly #context: Context;
  readonly #server: OpenFlowServer;
  readonly #waiting: WaitingRoom;
  readonly #gates: Gates;
  readonly #broadcaster: Broadcaster;
  readonly #receipts: Receipts;
  /** Connections in the middle of saying who they are. */
  #unidentified = 0;

  constructor(options: SouthboundOptions) {
    super();
    const { desired, logger } = options;
    const limits = { ...defaultLimits, ...options.limits };
    const metrics = newMetrics();
    this.metrics = metrics;
    this.#options = options;
    this.#context = {
      desired,
      logger,
      limits,
      metrics,
      hosts: new HostIndex(),
      flusher: new Flusher(),
      revision: desired.revision,
    };
    this.#waiting = new WaitingRoom(limits, logger);
    this.#gates = new Gates(this.#context);
    this.#broadcaster = new Broadcaster(this.#context, this.#gates);
    this.#receipts = new Receipts(this.#context);
    this.#server = new OpenFlowServer({
      versions: [6],
      maxQueuedBytes: limits.queuedBytes,
      ...options.connection,
    });
    this.#server.on('connection', (connection) => void this.#welcome(connection));
    this.#server.on('refused', (error) => logger.warn({ err: error }, 'a switch was refused'));
    this.#server.on('error', (error) => logger.error({ err: error }, 'the OpenFlow server has a problem'));
  }

  /** Accepts switches. Port 0 takes any free port. @throws Error when the address cannot be listened on */
  async listen({ tls, ...address }: ListenAddress): Promise<{ port: number }> {
    this.#context.revision = this.#context.desired.revision;
    const mutual = tls && { ...tls, requestCert: true, rejectUnauthorized: true };
    const { port } = await this.#server.listen(mutual ? { ...address, tls: mutual } : address);
    return { port: port ?? address.port };
  }

  /** Ends all connections. Switches keep their flows. */
  async close(): Promise<void> {
    this.#gates.closeAll();
    this.#waiting.closeAll();
    for (const { session } of this.#context.hosts.all()) session?.close('the controller stops');
    this.#receipts.closeAll();
    await this.#server.close();
  }

  /** Writes a commit to the switches that it touches. To be called for every commit, in order, after compiling it. */
  apply(changes: ChangeSet): void {
    const touched = this.#broadcaster.apply(changes);
    this.#receipts.record(changes.revision, touched);
  }

  /**
   * What each host that the revision touches has said of it. Waits until none of the connected ones is missing, at
   * most `timeoutMs`. A host that refused a part stays `pending` and is not waited for.
   */
  applied(revision: number, timeoutMs: number): Promise<Receipt> {
    return this.#receipts.applied(revision, timeoutMs);
  }

  /** To be called for every host at the start, and whenever one registers or changes its datapath id. */
  hostRegistered(hostId: string): void {
    const host = this.#ensureHost(hostId);
    const { session } = host;
    if (session && !this.#belongs(session.datapathId, hostId)) session.close('the host has another datapath');
    for (const guest of this.#waiting.takeWhere((datapathId) => this.#belongs(datapathId, hostId))) {
      void this.#adopt(guest.connection, guest.datapathId, hostId);
    }
  }

  /** The host is gone for good: its connection ends, and no receipt asks for it any more. */
  hostRemoved(hostId: string): void {
    const host = this.#context.hosts.get(hostId);
    if (!host) return;
    host.session?.close('the host was removed');
    this.#context.hosts.remove(host);
  }

  /** A switch that connects anew has confirmed nothing (0) until it is compared: it may have lost its flows. */
  liveness(hostId: string): HostSessionLiveness {
    const host = this.#context.hosts.get(hostId);
    const session = host?.session;
    if (!session) return { openflow: 'down', appliedRevision: host?.confirmedBefore ?? 0 };
    return { openflow: 'up', appliedRevision: session.appliedRevision };
  }

  /**
   * Flows of a host, with their counters, as its switch has them now.
   * @throws WeftError unavailable when the switch is not connected, or does not answer
   */
  async flowsOf(
    hostId: string,
    wanted: { readonly table: number; readonly cookie: bigint; readonly cookieMask: bigint },
  ): Promise<FlowDescription[]> {
    const session = this.#context.hosts.get(hostId)?.session;
    const unavailable = (problem: string) =>
      new WeftError('unavailable', problem, { value: hostId, fix: 'Try again when the host is up.' });
    if (session?.state !== 'live') throw unavailable(`the switch of host ${hostId} is not connected`);
    const flows: FlowDescription[] = [];
    const request = { type: 'multipart-request', part: 'flow-desc', ...wanted } as const;
    try {
      await dumpFlows(session, request, answerMs, (flow) => flows.push(flow));
    } catch (error) {
      throw unavailable(`host ${hostId}: ${(error as Error).message}`);
    }
    return flows;
  }

  #belongs(datapathId: string, hostId: string): boolean {
    return this.#options.hostByDatapath(datapathId)?.hostId === hostId;
  }

  #ensureHost(hostId: string): HostState {
    const { desired, hosts } = this.#context;
    return hosts.ensure(hostId, () => desired.scopesOfHost(hostId));
  }

  /** A connection came in: finds out whose it is. */
  async #welcome(connection: OpenFlowConnection): Promise<void> {
    const { limits, logger } = this.#context;
    if (this.#unidentified >= limits.waitingConnections) {
      hangUp(connection);
      return;
    }
    this.#unidentified++;
    try {
      const datapathId = await identify(connection, { timeoutMs: limits.handshakeMs, logger }).finally(
        () => this.#unidentified--,
      );
      const host = this.#options.hostByDatapath(datapathId);
      if (host) await this.#adopt(connection, datapathId, host.hostId);
      else if (!connection.closed) this.#waiting.admit(datapathId, connection);
    } catch (error) {
      logger.warn({ err: error }, 'a connection did not identify itself as a switch: closed');
      hangUp(connection);
    }
  }

  /** Makes the connection the one of its host, in place of an older one. Never rejects. */
  async #adopt(connection: OpenFlowConnection, datapathId: string, hostId: string): Promise<void> {
    const { desired, hosts, limits } = this.#context;
    if (connection.closed) return;
    const host = this.#ensureHost(hostId);
    host.session?.close('the switch connected again');
    hosts.setScopes(host, desired.scopesOfHost(hostId));
    const session = new Session(this.#context, { host, datapathId }, connection, this.#hooks);
    host.session = session;
    const logger = this.#context.logger;
    try {
      const settings = { timeoutMs: limits.handshakeMs, logger };
      await prepare(connection, this.#options.generationId(), settings);
      await resync(session, this.#context);
      logger.info({ hostId, datapathId }, 'switch is up');
      this.emit('up', hostId);
      this.#settle(session);
    } catch (error) {
      if (session.state === 'closed') return;
      const code = error instanceof HandshakeError ? error.code : undefined;
      logger.error({ err: error, code, hostId, datapathId }, 'the switch could not be brought up');
      session.close(error instanceof Error ? error.message : String(error));
    }
  }

  readonly #hooks: SessionHooks = {
    confirmed: (session) => this.#settle(session),
    rejected: (session, message, batch) => this.#reject(session, message, batch),
    closed: (session, reason) => this.#leave(session, reason),
  };

  /** The session's word on some revisions is known. */
  #settle(session: Session): void {
    this.#gates.sessionConfirmed(session);
    this.#receipts.hostChanged(session.host.hostId);
    this.emit('confirmed', session.host.hostId, session.appliedRevision);
  }

  #reject(session: Session, message: ErrorMessage, batch: { last: number; rejections: number }): void {
    const rejection = examineRejection(this.#context, session, message, batch);
    this.#receipts.hostChanged(session.host.hostId);
    if (rejection) this.emit('rejected', rejection);
  }

  #leave(session: Session, reason: string): void {
    const { hostId } = session.host;
    if (session.host.session === session) session.host.session = undefined;
    this.#gates.sessionClosed(session);
    this.#receipts.hostChanged(hostId);
    this.#context.logger.info({ hostId, reason }, 'switch is down');
    this.emit('down', hostId, reason);
  }
}
