import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import { AnnouncementReporter } from './bindings/announcements.ts';
import { Bindings } from './bindings/bindings.ts';
import { BindingReporter } from './bindings/reporter.ts';
import { machinesOf } from './bindings/scan.ts';
import { Chassis, vswitchdDown } from './chassis/chassis.ts';
import { OvsDatabase } from './chassis/database.ts';
import type { ChassisFacts } from './chassis/facts.ts';
import { integrationBridge } from './chassis/tables.ts';
import { InstanceManager } from './compute/manager.ts';
import { Markers } from './compute/markers.ts';
import { NetnsDriver } from './compute/netns.ts';
import { InstancePorts } from './compute/ports.ts';
import { controllerAccess } from './controller/access.ts';
import { ControllerLink, type HostSpec } from './controller/link.ts';
import { AgentError } from './errors.ts';
import type { AgentOptions, RunningAgent } from './options.ts';
import { checkReachable, checkSocket } from './preflight/environment.ts';
import { type CheckedOptions, checkOptions } from './preflight/options.ts';
import { ResponderConnection } from './responder/connection.ts';
import { Responder } from './responder/responder.ts';
import { RouterBeacon } from './responder/router-beacon.ts';
import { Services } from './services/services.ts';

/** Shorter than the controller's lease of 15 s, so that a call that hangs does not cost the host its life. */
const callTimeoutMs = 5000;

/** What was started, to be closed in reverse order. */
type Closers = (() => void | Promise<void>)[];

/**
 * Prepares Open vSwitch of this host, registers it at the controller and answers for it. Resolves when the host is
 * registered, connected and its first full report is accepted.
 * @throws AgentError a line that says what is wrong and what to do
 */
export async function runAgent(options: AgentOptions): Promise<RunningAgent> {
  const closers: Closers = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    await start(checkOptions(options), closers);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** What every part is made from. */
interface Making {
  readonly options: CheckedOptions;
  readonly closers: Closers;
  /** A connection of its own to the controller. */
  openClient(): WeftClient;
  readonly client: WeftClient;
}

async function start(options: CheckedOptions, closers: Closers): Promise<void> {
  const { logger, host } = options;
  checkSocket(options);
  const making = connectController(options, closers);
  const { client } = making;
  const unreachable = await whyUnreachable(making);
  const prepared = await prepareHost(making);
  const reports = makeReporters(making);
  await answerLocally(making, prepared, reports);
  prepared.facts = prepared.chassis.facts() ?? prepared.facts;
  if (unreachable !== undefined) {
    logger.warn({ err: unreachable }, 'DHCP is answered; the rest waits until the controller does');
    await untilReachable(client);
    prepared.facts = await prepared.chassis.prepare();
  }
  await joinController(making, prepared, reports);
  if (options.compute === 'netns') startCompute(making, prepared, reports);
  logger.info({ host, controller: client.url, ...prepared.facts }, 'agent ready');
}

function connectController(options: CheckedOptions, closers: Closers): Making {
  const access = controllerAccess(options);
  const openClient = () => {
    const client = new WeftClient({ url: options.controller, timeoutMs: callTimeoutMs, access });
    closers.push(() => client.close());
    return client;
  };
  return { options, closers, openClient, client: openClient() };
}

/**
 * Why the controller does not answer; undefined when it does.
 * @throws the reason, on a host that was never set up and has nothing to answer for yet: better to end, and say what is wrong
 */
async function whyUnreachable({ options, client }: Making): Promise<unknown> {
  try {
    await checkReachable(client);
    return undefined;
  } catch (error) {
    if (!existsSync(managementSocket(options))) throw error;
    return error;
  }
}

/** Open vSwitch of this host, with br-int as it is to be. */
interface PreparedHost {
  readonly database: OvsDatabase;
  readonly chassis: Chassis;
  facts: ChassisFacts;
}

async function prepareHost({ options, closers }: Making): Promise<PreparedHost> {
  const database = await OvsDatabase.open(options.ovsdb, options.startTimeoutMs);
  closers.push(() => database.close());
  const chassis = new Chassis(database, options);
  closers.push(() => chassis.close());
  return { database, chassis, facts: await chassis.prepare() };
}

/** What tells the controller of this host. */
interface Reports {
  readonly reporter: BindingReporter;
  readonly announcements: AnnouncementReporter;
  /** The connection to the controller, as soon as there is one: it is made anew when a report is lost. */
  link?: ControllerLink;
}

function makeReporters({ options: { host, logger }, closers, client, openClient }: Making): Reports {
  const onLost = () => reports.link?.refresh();
  const announcements = new AnnouncementReporter({ client: openClient(), host, logger, onLost });
  closers.push(() => announcements.close());
  const onBound = (networkInterfaceId: string) => announcements.bound(networkInterfaceId);
  const reporter = new BindingReporter({ client, host, logger, onLost, onBound });
  const reports: Reports = { reporter, announcements };
  return reports;
}

/** DHCP, router advertisements, DNS and metadata: what works without a controller. */
async function answerLocally(
  { options, closers }: Making,
  { database }: PreparedHost,
  reports: Reports,
): Promise<void> {
  const connection = await startResponder(options, reports, closers);
  const beacon = new RouterBeacon(
    () => machinesOf(database.tables),
    (message) => connection.send(message),
  );
  closers.push(() => beacon.close());
  beacon.start();
  await startServices(options, database, closers);
}

/** Registers the host and reports its ports, now and whenever something changes. */
async function joinController(
  { options, closers, openClient }: Making,
  prepared: PreparedHost,
  reports: Reports,
): Promise<void> {
  const { database, chassis } = prepared;
  const { reporter, announcements } = reports;
  const { host, logger } = options;
  const bindings = new Bindings(database, reporter, logger);
  const link = new ControllerLink({
    // Connections of its own: heartbeats must not stand in line behind reports that wait for other hosts.
    client: openClient(),
    host,
    logger,
    spec: () => hostSpec(options, prepared.facts),
    onTargets: (targets) => chassis.setTargets(targets),
    onRegistered: async () => {
      await reporter.reportAll();
      announcements.tellAgain();
    },
  });
  reports.link = link;
  closers.push(() => bindings.close());
  bindings.start();
  closers.push(() => link.close());
  await link.start();
  chassis.watch((changed) => {
    prepared.facts = changed;
    logger.info({ ...changed }, 'the host has changed; registering it again');
    link.refresh();
  });
}

/** Where br-int takes OpenFlow connections; there when the host was set up before and ovs-vswitchd runs. */
const managementSocket = ({ runDirectory }: CheckedOptions) =>
  join(runDirectory, `${integrationBridge}.mgmt`);

/** For an agent that comes back while its controller is away: asks again each second. */
async function untilReachable(client: WeftClient): Promise<void> {
  for (;;) {
    await sleep(1000);
    try {
      return await checkReachable(client);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
    }
  }
}

/** Before the controller is spoken to, because DHCP does not need it. */
async function startResponder(
  options: CheckedOptions,
  { announcements, reporter }: Reports,
  closers: Closers,
): Promise<ResponderConnection> {
  const { logger } = options;
  const path = managementSocket(options);
  const connection = new ResponderConnection({
    path,
    logger,
    onPacket: (message) => responder.handle(message),
    // What waits for neighbours waits for a switch that has forgotten it.
    onLost: () => responder.resolver.clear(),
  });
  const responder: Responder = new Responder(
    (message) => connection.send(message),
    logger,
    (announcement) => announcements.heard(announcement, Date.now()),
    (networkInterfaceId) => void reporter.awake(networkInterfaceId),
  );
  closers.push(() => {
    responder.resolver.clear();
    logger.info({ ...responder.counters, ...responder.resolver.counters }, 'packets answered');
  });
  closers.push(() => connection.close());
  connection.start();
  if (!(await within(options.startTimeoutMs, connection.connected))) {
    throw vswitchdDown(`the socket ${path} does not answer`);
  }
  return connection;
}

/** DNS and metadata, which need no controller either. They need namespaces, so an agent without rights goes on without them. */
async function startServices(
  options: CheckedOptions,
  database: OvsDatabase,
  closers: Closers,
): Promise<void> {
  const { logger, dnsServers } = options;
  if (process.getuid?.() !== 0) {
    logger.warn('not root: instances of this host get no DNS and no metadata');
    return;
  }
  const services = new Services({
    database,
    managementSocket: managementSocket(options),
    dnsServers,
    logger,
  });
  closers.push(() => services.close());
  await services.start();
}

/** Whether the promise was fulfilled in time. */
async function within(milliseconds: number, promise: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), milliseconds);
  const inTime = await Promise.race([promise.then(() => true), late.promise]);
  clearTimeout(timer);
  return inTime;
}

function startCompute(
  { options, client, closers }: Making,
  { database }: PreparedHost,
  { reporter }: Reports,
): void {
  const driver = new NetnsDriver({
    ports: new InstancePorts(database),
    markers: new Markers(options.runDirectory),
    bindings: reporter,
  });
  const manager = new InstanceManager({ client, host: options.host, driver, logger: options.logger });
  closers.push(() => manager.close());
  manager.start();
}

function hostSpec({ tunnelIp, zone, compute }: CheckedOptions, facts: ChassisFacts): HostSpec {
  return {
    tunnelAddress: tunnelIp,
    zone,
    ...facts,
    externalPorts: { ...facts.externalPorts },
    computeDrivers: compute === undefined ? [] : [compute],
  };
}
