import type { ScopeKey } from '../pipeline/index.ts';
import type { Session } from './session.ts';

/** What is known of one host, connected or not. */
export class HostState {
  readonly hostId: string;
  /** The connection in use. */
  session: Session | undefined;
  readonly scopes = new Set<ScopeKey>();
  /**
   * The last connection ended while something was unconfirmed or refused: the markers on the switch may promise more
   * than it has, so that the next connection compares everything.
   */
  uncertain = false;
  /** Newest revision confirmed by connections that are over. */
  confirmedBefore = 0;

  constructor(hostId: string) {
    this.hostId = hostId;
  }
}

/** Hosts, and which of them subscribe to a scope: what a change has to look at, and nothing else. */
export class HostIndex {
  readonly #hosts = new Map<string, HostState>();
  readonly #subscribers = new Map<ScopeKey, Set<HostState>>();
  /** Lists handed out by `hostIds`; dropped when the subscribers change, so that all revisions between share one. */
  readonly #idLists = new Map<ScopeKey, readonly string[]>();

  get(hostId: string): HostState | undefined {
    return this.#hosts.get(hostId);
  }

  all(): Iterable<HostState> {
    return this.#hosts.values();
  }

  /** The host, made known with these scopes when it is new. */
  ensure(hostId: string, scopesOfNew: () => readonly ScopeKey[]): HostState {
    const known = this.#hosts.get(hostId);
    if (known) return known;
    const host = new HostState(hostId);
    this.#hosts.set(hostId, host);
    for (const key of scopesOfNew()) this.subscribe(host, key);
    return host;
  }

  /** Makes the scopes of a host exactly these. */
  setScopes(host: HostState, keys: readonly ScopeKey[]): void {
    const wanted = new Set(keys);
    for (const key of [...host.scopes]) if (!wanted.has(key)) this.unsubscribe(host, key);
    for (const key of wanted) this.subscribe(host, key);
  }

  /** False when the host had the scope already. */
  subscribe(host: HostState, key: ScopeKey): boolean {
    if (host.scopes.has(key)) return false;
    host.scopes.add(key);
    let subscribers = this.#subscribers.get(key);
    if (!subscribers) {
      subscribers = new Set();
      this.#subscribers.set(key, subscribers);
    }
    subscribers.add(host);
    this.#idLists.delete(key);
    return true;
  }

  unsubscribe(host: HostState, key: ScopeKey): void {
    host.scopes.delete(key);
    this.#idLists.delete(key);
    const subscribers = this.#subscribers.get(key);
    subscribers?.delete(host);
    if (subscribers?.size === 0) this.#subscribers.delete(key);
  }

  remove(host: HostState): void {
    this.setScopes(host, []);
    this.#hosts.delete(host.hostId);
  }

  subscribers(key: ScopeKey): Iterable<HostState> {
    return this.#subscribers.get(key) ?? [];
  }

  /** Sessions of subscribers that take changes as they come. */
  *liveSessions(key: ScopeKey): Iterable<Session> {
    for (const { session } of this.subscribers(key)) if (session?.state === 'live') yield session;
  }

  /** Ids of all subscribers, connected or not. */
  hostIds(key: ScopeKey): readonly string[] {
    let ids = this.#idLists.get(key);
    if (!ids) {
      ids = [...this.subscribers(key)].map((host) => host.hostId);
      this.#idLists.set(key, ids);
    }
    return ids;
  }
}
