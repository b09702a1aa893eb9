import type { Defect } from '../compiler/index.ts';
import type { GraphController, ObservedController } from '../controller.ts';
import { Placer } from '../features/placement/placer.ts';
import {
  CompileMeter,
  Instruments,
  MeasuredStore,
  missingParts,
  PrometheusMetrics,
} from '../metrics/index.ts';
import { tunnelOverhead, usualUnderlayMtu, WeftError } from '../resources/index.ts';
import { type ListenAddress, type Logger, Southbound } from '../southbound/index.ts';
import { type AuditRetention, defaultAuditRetention, openSqliteStore, type Store } from '../store/index.ts';
import { Topology } from '../topology/index.ts';
import { ContestedInterfaces } from './contested.ts';
import { EmbeddedController } from './controller.ts';
import { Executor, operator } from './executor.ts';
import { FlowQuota } from './flow-quota.ts';
import { HostStates } from './host-states.ts';
import { Hosts, leaseMs } from './hosts.ts';
import { Housekeeping } from './housekeeping.ts';
import { Placements } from './placements.ts';
import { Projection } from './projection.ts';
import { upgradeResources } from './upgrade.ts';

export interface ControllerOptions {
  readonly openflow: ListenAddress;
  /** `sqlite:PATH`; the directory must exist. */
  readonly store: string;
  /** How much of the audit log is kept. Default: a year, and at most a million entries. */
  readonly audit?: AuditRetention | undefined;
  /** The largest packets that all hosts can send each other, in bytes. Default: 1500. */
  readonly underlayMtu?: number | undefined;
  readonly logger: Logger;
}

export interface RunningController {
  readonly controller: ObservedController & GraphController;
  /** The port that OpenFlow listens on, when 0 was asked for. */
  readonly openflowPort: number;
  /** What the compiled state costs. */
  statistics(): { scopes: number; fragments: number; flows: number; bytes: number };
  close(): Promise<void>;
}

function openStore(address: string, audit = defaultAuditRetention): Promise<Store> {
  const [engine, ...rest] = address.split(':');
  const path = rest.join(':');
  if (engine === 'sqlite' && path !== '') return openSqliteStore(path, { audit });
  throw new WeftError('invalid-value', `no store has the address ${address}`, {
    field: '--store',
    value: address,
    fix: 'Use sqlite:PATH, for example sqlite:/var/lib/weft/weft.db.',
  });
}

/** Wires store, projection, southbound and housekeeping, and starts them in that order. */
export async function runController({
  openflow,
  store: address,
  audit,
  underlayMtu = usualUnderlayMtu,
  logger,
}: ControllerOptions): Promise<RunningController> {
  const instruments = new Instruments();
  const store = new MeasuredStore(await openStore(address, audit), instruments);
  const topology = new Topology(underlayMtu - tunnelOverhead);
  const onDefect = ({ fragment, id, error }: Defect) => {
    instruments.counter('weft_compile_defects_total').inc();
    logger.error({ err: error, fragment, id }, 'a resource cannot be compiled; its packets are dropped');
  };
  const projection = new Projection(store, onDefect, topology);
  const { compiler } = projection;
  const compiled = new CompileMeter(compiler, instruments);
  const flowQuota = new FlowQuota(compiler, topology);
  const reached = (revision: number, timeoutMs: number) => projection.reached(revision, timeoutMs);
  const executor = new Executor(store, topology, reached, flowQuota);
  const generation = BigInt(store.revision);
  const southbound: Southbound = new Southbound({
    desired: compiler,
    hostByDatapath: (datapathId) => hosts.byDatapath(datapathId),
    generationId: () => generation,
    logger,
  });
  const hosts: Hosts = new Hosts(topology, executor, southbound);
  const housekeeping = new Housekeeping({
    view: topology,
    executor,
    logger,
    confirmedEverywhere: () => {
      let least = topology.revision;
      for (const host of topology.all('host')) {
        least = Math.min(least, southbound.liveness(host.id).appliedRevision);
      }
      return least;
    },
    confirmedBy: (hostId) => southbound.liveness(hostId).appliedRevision,
  });
  const placer = new Placer(topology, (plan) => executor.run(operator, plan));
  const placements = new Placements(placer, logger);
  const hostStates = new HostStates({
    view: topology,
    executor,
    isConnected: (hostId) => southbound.liveness(hostId).openflow === 'up',
    agentSeen: (hostId) => hosts.agentSeen(hostId),
    agentLeaseMs: leaseMs,
    logger,
  });
  const contested = new ContestedInterfaces(topology, logger);
  southbound.on('up', () => hostStates.lookSoon());
  await projection.start((commit, changes) => {
    compiled.record(changes, store.secondsSinceTold());
    hosts.follow(commit);
    southbound.apply(changes);
    housekeeping.follow(commit);
    contested.follow(commit);
    placements.follow(commit);
    for (const { kind, id, after } of commit.changes) {
      if (kind === 'host' && !after) southbound.hostRemoved(id);
    }
  });
  compiled.load();
  hosts.load();
  contested.load();
  for (const host of topology.all('host')) southbound.hostRegistered(host.id);
  try {
    await upgradeResources(topology, executor, logger);
    // Only now, with a complete view, may switches connect: nothing is ever repaired from half of the truth.
    const { port } = await southbound.listen(openflow);
    let listening = true;
    housekeeping.start();
    placements.start();
    hostStates.start(Date.now());
    const embedded = new EmbeddedController({
      store,
      view: topology,
      executor,
      flowQuota,
      placements,
      hosts,
      southbound,
    });
    const liveness = (hostId: string) => hosts.liveness(hostId);
    const sources = { store, view: topology, compiled, southbound, liveness, contested };
    return {
      controller: Object.assign(embedded, {
        metrics: new PrometheusMetrics(instruments, sources),
        missingParts: () => missingParts({ store, view: topology, isListening: () => listening }),
      }),
      openflowPort: port,
      statistics: () => compiler.statistics(),
      async close() {
        listening = false;
        housekeeping.stop();
        hostStates.stop();
        placements.stop();
        await southbound.close();
        projection.close();
        await store.close();
      },
    };
  } catch (error) {
    projection.close();
    await store.close();
    throw error;
  }
}
