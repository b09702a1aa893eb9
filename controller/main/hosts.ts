import { isDeepStrictEqual } from 'node:util';
import type { HostLiveness, ReportedAnnouncement, ReportedPort, WriteResult } from '../controller.ts';
import { Binder } from '../features/binding/operations.ts';
import { takeAddress } from '../features/held-address/operations.ts';
import { checkRegistration } from '../features/host/registration.ts';
import type { Draft } from '../features/operations/draft.ts';
import { bindingId, type HostSpec, type ResourceOf, WeftError } from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import type { AuditOrigin, Commit } from '../store/index.ts';
import type { TopologyView } from '../topology/index.ts';
import { type Executor, operator } from './executor.ts';

/** An agent that was silent for longer than this is down. */
export const leaseMs = 15_000;

/** What agents report: hosts, their lease, and which ports carry which interfaces. */
export class Hosts {
  readonly #view: TopologyView;
  readonly #executor: Executor;
  readonly #southbound: Southbound;
  readonly #lastSeen = new Map<string, number>();
  readonly #lastSlot = new Map<string, number>();
  readonly #byDatapath = new Map<string, string>();

  constructor(view: TopologyView, executor: Executor, southbound: Southbound) {
    this.#view = view;
    this.#executor = executor;
    this.#southbound = southbound;
  }

  /** The index of datapath ids starts from what the store has. */
  load(): void {
    for (const host of this.#view.all('host')) this.#byDatapath.set(host.spec.datapathId, host.id);
  }

  byDatapath(datapathId: string): { hostId: string } | undefined {
    const hostId = this.#byDatapath.get(datapathId);
    return hostId === undefined ? undefined : { hostId };
  }

  /** Follows commits; called before the southbound hears of them. */
  follow({ changes }: Commit): void {
    for (const { kind, id, before, after } of changes) {
      if (kind !== 'host') continue;
      if (before) this.#byDatapath.delete((before as ResourceOf<'host'>).spec.datapathId);
      if (after) this.#byDatapath.set((after as ResourceOf<'host'>).spec.datapathId, id);
      else this.#forget(id);
    }
  }

  /** @param origin who says so: where packets go depends on it, so that it stands in the audit log */
  async register(
    name: string,
    spec: HostSpec,
    origin?: AuditOrigin,
  ): Promise<WriteResult<ResourceOf<'host'>>> {
    const owner = origin ? { ...operator, origin } : operator;
    const { revision } = await this.#executor.run(owner, (draft) => {
      this.#requireOwnSwitch(name, spec);
      const current = draft.get('host', name);
      if (current && isDeepStrictEqual(current.spec, spec)) return;
      checkRegistration(draft.view, name, spec);
      if (current) draft.update(current, { spec });
      else draft.create('host', { id: name, spec, status: { state: 'down' } });
    });
    this.#lastSeen.set(name, Date.now());
    this.#southbound.hostRegistered(name);
    return { resource: this.#require(name), revision };
  }

  /** One switch for each host, and one host for each switch. */
  #requireOwnSwitch(name: string, spec: HostSpec): void {
    const taken = this.#byDatapath.get(spec.datapathId);
    if (taken !== undefined && taken !== name) {
      throw new WeftError('already-exists', `host ${taken} has datapath id ${spec.datapathId}`, {
        field: 'spec.datapathId',
        value: spec.datapathId,
        fix: `Give each bridge its own datapath id (other_config:datapath-id), or delete host ${taken}.`,
      });
    }
    this.#requireOneMachine(name, spec);
  }

  heartbeat(name: string): void {
    this.#require(name);
    this.#lastSeen.set(name, Date.now());
  }

  /** When the agent was heard last, in ms; undefined: not since the start. */
  agentSeen(name: string): number | undefined {
    return this.#lastSeen.get(name);
  }

  liveness(name: string): HostLiveness {
    const seen = this.#lastSeen.get(name);
    const agent = seen !== undefined && Date.now() - seen < leaseMs ? 'up' : 'down';
    return { agent, ...this.#southbound.liveness(name) };
  }

  async bind(hostId: string, port: ReportedPort): Promise<WriteResult<ResourceOf<'binding'>>> {
    this.#require(hostId);
    if (!this.#view.get('network-interface', port.networkInterfaceId)) {
      throw new WeftError('not-found', `there is no network interface ${port.networkInterfaceId}`, {
        field: 'networkInterfaceId',
        value: port.networkInterfaceId,
        fix: "Set the port's external_ids:iface-id to the id of a network interface.",
      });
    }
    const { revision } = await this.#withBinder(hostId, (binder) => {
      binder.clearPort(port.ofport, port.networkInterfaceId);
      binder.bind(port.networkInterfaceId, port.ofport, port.active);
    });
    const resource = this.#view.get('binding', bindingId(hostId, port.networkInterfaceId));
    if (!resource)
      throw new WeftError('conflict', 'the interface was deleted meanwhile', { fix: 'Report again.' });
    return { resource, revision };
  }

  async unbind(hostId: string, networkInterfaceId: string): Promise<{ revision: number }> {
    const { revision } = await this.#withBinder(hostId, (binder) => binder.unbind(networkInterfaceId));
    return { revision };
  }

  async report(
    hostId: string,
    ports: readonly ReportedPort[],
  ): Promise<{ revision: number; unknown: string[] }> {
    const host = this.#require(hostId);
    requireOwnPorts(ports);
    const { result, revision } = await this.#withBinder(hostId, (binder) => {
      const reported = new Set(ports.map((port) => port.networkInterfaceId));
      for (const { spec } of this.#view.referrers(host, 'on-host', 'binding')) {
        if (!reported.has(spec.networkInterfaceId)) binder.unbind(spec.networkInterfaceId);
      }
      const unknown: string[] = [];
      for (const { networkInterfaceId, ofport } of ports) {
        if (this.#view.get('network-interface', networkInterfaceId)) binder.bind(networkInterfaceId, ofport);
        else unknown.push(networkInterfaceId);
      }
      return unknown;
    });
    return { revision, unknown: result };
  }

  /** @throws WeftError not-found, and those of `takeAddress` */
  async announce(
    hostId: string,
    { networkInterfaceId, address, macAddress, ageMs }: ReportedAnnouncement,
  ): Promise<WriteResult<ResourceOf<'held-address'>>> {
    this.#require(hostId);
    const owner = this.#view.get('network-interface', networkInterfaceId) ?? operator;
    const announcedAt = new Date(Date.now() - ageMs).toISOString();
    const heard = { hostId, networkInterfaceId, address, macAddress, announcedAt };
    const { account, region } = owner;
    const { result, revision } = await this.#executor.run({ account, region }, (draft) =>
      takeAddress(draft, heard),
    );
    return { resource: this.#view.get('held-address', result.id) ?? result, revision };
  }

  #withBinder<T>(hostId: string, plan: (binder: Binder) => T): Promise<{ result: T; revision: number }> {
    return this.#executor.run(operator, (draft: Draft) => {
      const binder = new Binder(draft, hostId, this.#lastSlot.get(hostId) ?? 0);
      const result = plan(binder);
      this.#lastSlot.set(hostId, binder.lastSlot);
      return result;
    });
  }

  /** Two machines of one name would take the host from each other, and the loser would never hear of it. */
  #requireOneMachine(name: string, { datapathId }: HostSpec): void {
    const current = this.#view.get('host', name);
    if (!current || current.spec.datapathId === datapathId) return;
    if (this.#southbound.liveness(name).openflow === 'down') return;
    throw new WeftError('already-exists', `host ${name} is connected, with another switch`, {
      field: 'spec.datapathId',
      value: datapathId,
      fix: `Give each machine a name of its own (--host). If this is the same machine, try again when the old bridge ${current.spec.datapathId} is gone.`,
    });
  }

  #forget(id: string): void {
    this.#lastSeen.delete(id);
    this.#lastSlot.delete(id);
  }

  #require(name: string): ResourceOf<'host'> {
    const host = this.#view.get('host', name);
    if (host) return host;
    throw new WeftError('not-found', `host ${name} is not registered`, {
      field: 'name',
      value: name,
      fix: 'The agent registers it with PUT /v1/hosts/NAME.',
    });
  }
}

/** @throws WeftError invalid-value when two interfaces are said to be at one port: flows would mix them up */
function requireOwnPorts(ports: readonly ReportedPort[]): void {
  const interfaces = new Map<number, string>();
  for (const [index, { networkInterfaceId, ofport }] of ports.entries()) {
    const other = interfaces.get(ofport);
    if (other !== undefined) {
      throw new WeftError(
        'invalid-value',
        `interfaces ${other} and ${networkInterfaceId} are both at port ${ofport}`,
        {
          field: `ports[${index}].ofport`,
          value: ofport,
          fix: 'Report each port once, with the one interface that external_ids:iface-id of its row names.',
        },
      );
    }
    interfaces.set(ofport, networkInterfaceId);
  }
}
