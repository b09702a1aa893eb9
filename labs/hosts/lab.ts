import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { OvsHost } from './host.ts';
import { ExternalMachine, plugMachine } from './machine.ts';
import { checkHostName, checkLabName, checkMachineName, namespacePrefix, randomLabName } from './names.ts';
import type { LabProgram } from './program.ts';
import { ProgramFolder } from './program-folder.ts';
import { Relay } from './relay.ts';
import { claimLab, cleanupStaleLabs, programsFolder, removeRemains } from './remains.ts';
import { checkRequirements } from './requirements.ts';
import { createFabric, fabricPort, joinSegment, segmentMtu } from './segments.ts';
import type {
  AgentOptions,
  AgentProgram,
  ControllerOptions,
  ControllerProgram,
  Host,
  HostOptions,
  Lab,
  LabOptions,
  Outsider,
  OutsiderOptions,
} from './types.ts';
import { findWeftCommand, startAgent, startController } from './weft-programs.ts';

/** How many hosts start at a time: starting is mostly waiting for daemons. */
const startsAtOnce = 4;

/**
 * Starts a lab: its fabric and its hosts with Open vSwitch, in a second or two. What earlier processes left behind when
 * they died is removed first.
 *
 * Throws `requirement-missing` with one line for each thing this machine lacks, `invalid-option`, `name-taken`; whatever
 * fails, nothing is left behind.
 */
export async function createLab(options: LabOptions): Promise<Lab> {
  const name = options.name ?? randomLabName();
  checkLabName(name);
  const hosts = hostList(options.hosts);
  if (options.externalNetwork !== undefined) checkCidr('externalNetwork.cidr', options.externalNetwork.cidr);
  checkRequirements();
  await cleanupStaleLabs(options.log);
  const lab = new OvsLab(name, await claimLab(name), options);
  try {
    await lab.create(hosts);
  } catch (error) {
    await lab.close();
    throw error;
  }
  return lab;
}

class OvsLab implements Lab {
  readonly name: string;
  readonly directory: string;
  readonly externalNetwork: { readonly cidr: string } | undefined;
  readonly #log: (message: string) => void;
  readonly #fabric: string;
  readonly #folder: ProgramFolder;
  readonly #weftCommand: string | undefined;
  readonly #hosts = new Map<string, OvsHost>();
  readonly #outsiders = new Set<ExternalMachine>();
  readonly #controllers = new Set<LabProgram>();
  readonly #machineNames = new Set<string>();
  readonly #relays = new Map<number, number>();
  #relay: Relay | undefined;
  #lastController: string | undefined;
  #hostsCounted = 0;
  #closing: Promise<void> | undefined;

  constructor(name: string, directory: string, options: LabOptions) {
    this.name = name;
    this.directory = directory;
    this.externalNetwork = options.externalNetwork;
    this.#log = (message) => options.log?.(`lab ${name}: ${message}`);
    this.#fabric = `${namespacePrefix(name)}fabric`;
    this.#weftCommand = options.weftCommand;
    this.#folder = new ProgramFolder(join(directory, programsFolder));
    for (const relay of options.relays ?? []) this.#relays.set(relay.port, relay.target);
  }

  get hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  /** Makes the fabric, starts the relay and the first hosts. */
  async create(hosts: readonly HostOptions[]): Promise<void> {
    this.#log(`starting ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} with Open vSwitch`);
    this.#relay = await Relay.start(this.#folder.directory);
    await createFabric(this.#fabric);
    const waiting = [...hosts];
    const worker = async (): Promise<void> => {
      for (let options = waiting.shift(); options !== undefined; options = waiting.shift())
        await this.addHost(options);
    };
    const outcomes = await Promise.allSettled(Array.from({ length: startsAtOnce }, worker));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host !== undefined) return host;
    const known = [...this.#hosts.keys()].join(', ');
    throw new LabError('unknown-host', `lab ${this.name} has no host ${name}; it has ${known || 'none'}`);
  }

  async addHost(options: HostOptions): Promise<Host> {
    this.#checkOpen();
    checkHostName(options.name);
    if (this.#hosts.has(options.name)) {
      throw new LabError('name-taken', `lab ${this.name} has a host ${options.name} already`);
    }
    this.#hostsCounted += 1;
    const host = new OvsHost(options, {
      lab: this.name,
      directory: this.directory,
      fabric: this.#fabric,
      folder: this.#folder,
      external: this.externalNetwork !== undefined && options.external !== false,
      tunnelAddress: options.tunnelAddress ?? tunnelAddress(this.#hostsCounted),
      takeMachineName: (prefix, wanted) => this.#takeMachineName(prefix, wanted),
      releaseMachineName: (name) => this.#machineNames.delete(name),
      startAgent: (which, agent) => this.#startAgent(which, agent),
      release: (which) => this.#release(which),
    });
    this.#hosts.set(options.name, host);
    try {
      await host.create();
      for (const [port, target] of this.#relays) await this.#openRelay(host, port, target);
    } catch (error) {
      await host.close();
      throw error;
    }
    this.#log(`host ${host.name} is up, tunnel address ${host.tunnelAddress}`);
    return host;
  }

  async addOutsider(options: OutsiderOptions): Promise<Outsider> {
    this.#checkOpen();
    checkCidr('address', options.address);
    if (this.externalNetwork === undefined) {
      throw new LabError('invalid-option', 'addOutsider: the lab was made without externalNetwork');
    }
    const name = this.#takeMachineName('out', options.name);
    const namespace = `${namespacePrefix(this.name)}out-${name}`;
    const cable = {
      mac: randomMac(),
      mtu: segmentMtu,
      ipv6: false,
      peerName: fabricPort('external', `o-${name}`),
      peerNamespace: this.#fabric,
    };
    const outsider = new ExternalMachine(name, namespace, cable, options.address, this.#folder, () => {
      this.#outsiders.delete(outsider);
      this.#machineNames.delete(name);
    });
    this.#outsiders.add(outsider);
    try {
      await plugMachine(namespace, cable);
      await joinSegment(this.#fabric, 'external', cable.peerName);
      await outsider.addAddress(options.address);
    } catch (error) {
      await outsider.close();
      throw error;
    }
    return outsider;
  }

  async relay(port: number, target = port): Promise<void> {
    this.#checkOpen();
    const earlier = this.#relays.get(port);
    if (earlier === target) return;
    if (earlier !== undefined) {
      throw new LabError('invalid-option', `port ${port} is relayed to ${earlier} already, not to ${target}`);
    }
    this.#relays.set(port, target);
    for (const host of this.#hosts.values()) await this.#openRelay(host, port, target);
  }

  async startController(options: ControllerOptions = {}): Promise<ControllerProgram> {
    this.#checkOpen();
    this.#log('starting the controller');
    const controller = await startController(
      this.#folder,
      { command: this.#command(), labDirectory: this.directory },
      options,
    );
    this.#controllers.add(controller);
    await this.relay(controller.apiPort);
    await this.relay(controller.openflowPort);
    this.#lastController = controller.apiUrl;
    this.#log(`controller is healthy at ${controller.apiUrl}, OpenFlow port ${controller.openflowPort}`);
    return controller;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#log('closing');
    const nodes = [...this.#outsiders, ...this.#hosts.values()];
    try {
      await Promise.all(nodes.map((node) => node.endPrograms()));
      await Promise.all([...this.#controllers].map((controller) => controller.dispose()));
      await this.#relay?.stop();
    } finally {
      // Also ends whatever did not end when asked.
      await removeRemains(this.name);
    }
  }

  async #startAgent(host: OvsHost, options: AgentOptions): Promise<AgentProgram> {
    const { controller = this.#lastController } = options;
    if (controller === undefined) {
      throw new LabError(
        'invalid-option',
        'startAgent: start a controller first, or name one in the options',
      );
    }
    this.#log(`starting the agent of ${host.name}`);
    const agent = await startAgent(
      host,
      this.#command(),
      typeof controller === 'string' ? controller : controller.apiUrl,
      options,
    );
    this.#log(`agent of ${host.name} is ready`);
    return agent;
  }

  #command(): string {
    return this.#weftCommand ?? findWeftCommand();
  }

  async #openRelay(host: OvsHost, port: number, target: number): Promise<void> {
    if (this.#relay === undefined) throw new LabError('lab-closed', `lab ${this.name} has no relay`);
    await this.#relay.open(host.namespace, port, target);
  }

  async #release(host: OvsHost): Promise<void> {
    this.#hosts.delete(host.name);
    await this.#relay?.closeAll(host.namespace);
  }

  #takeMachineName(prefix: string, wanted: string | undefined): string {
    let name = wanted;
    for (let number = 1; name === undefined; number += 1) {
      if (!this.#machineNames.has(`${prefix}${number}`)) name = `${prefix}${number}`;
    }
    checkMachineName(name);
    if (this.#machineNames.has(name)) {
      throw new LabError('name-taken', `lab ${this.name} has a machine ${name} already`);
    }
    this.#machineNames.add(name);
    return name;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new LabError('lab-closed', `lab ${this.name} was closed`);
  }
}

function hostList(hosts: number | readonly HostOptions[]): readonly HostOptions[] {
  if (typeof hosts === 'number') {
    if (!Number.isInteger(hosts) || hosts < 0 || hosts > 1_000) {
      throw new LabError('invalid-option', `hosts: ${hosts}; use a whole number from 0 to 1000`);
    }
    return Array.from({ length: hosts }, (_, index) => ({ name: `h${index + 1}` }));
  }
  const names = new Set<string>();
  for (const { name } of hosts) {
    checkHostName(name);
    if (names.has(name)) throw new LabError('name-taken', `hosts: two of them are called ${name}`);
    names.add(name);
  }
  return hosts;
}

/** 198.18.0.0/15 is set aside for benchmarks of network devices (RFC 2544), so it meets no real network. */
function tunnelAddress(number: number): string {
  return `198.18.${number >> 8}.${number & 0xff}`;
}

/** A random locally administered unicast address. */
function randomMac(): string {
  return ['02', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

function checkCidr(what: string, cidr: string): void {
  const [address = '', length = '', ...more] = cidr.split('/');
  if (isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32 && more.length === 0) return;
  throw new LabError(
    'invalid-option',
    `${what}: ${JSON.stringify(cidr)}; use an IPv4 address and prefix length, a.b.c.d/n`,
  );
}
