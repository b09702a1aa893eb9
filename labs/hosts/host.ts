import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { parseFlows } from './flows.ts';
import { plugMachine } from './machine.ts';
import { namespacePrefix } from './names.ts';
import {
  createNamespace,
  deleteDevice,
  ipBatch,
  neighbourNamespaces,
  removeNamespaces,
} from './namespaces.ts';
import { NamespaceNode } from './node.ts';
import { OpenVswitch } from './open-vswitch.ts';
import type { ProgramFolder } from './program-folder.ts';
import { connectHost, fabricPort, machineMtu } from './segments.ts';
import type { AgentOptions, AgentProgram, FlowLine, Host, HostOptions, Vm, VmOptions } from './types.ts';
import { HostedMachine } from './vm.ts';

/** What a host needs from its lab. */
export interface HostSurroundings {
  readonly lab: string;
  readonly directory: string;
  readonly fabric: string;
  readonly folder: ProgramFolder;
  /** Whether the host gets br-ex. */
  readonly external: boolean;
  readonly tunnelAddress: string;
  /** Takes a machine name that no other machine of the lab has: the one asked for or `<prefix>N`. */
  takeMachineName(prefix: string, wanted: string | undefined): string;
  releaseMachineName(name: string): void;
  startAgent(host: OvsHost, options: AgentOptions): Promise<AgentProgram>;
  /** Called before the host's namespace goes: lets go of what the lab holds in it. */
  release(host: OvsHost): Promise<void>;
}

const underlayBridge = 'br-phy';
const externalBridgeName = 'br-ex';

/** A namespace with Open vSwitch. Make it with `createHost`. */
export class OvsHost extends NamespaceNode implements Host {
  readonly zone: string;
  readonly directory: string;
  readonly tunnelAddress: string;
  readonly externalBridge: string | undefined;
  readonly #surroundings: HostSurroundings;
  readonly #vswitch: OpenVswitch;
  readonly #vms = new Set<HostedMachine>();
  #closed = false;

  constructor(options: HostOptions, surroundings: HostSurroundings) {
    super(options.name, namespacePrefix(surroundings.lab) + options.name, surroundings.folder);
    this.zone = options.zone ?? 'zone-a';
    this.directory = join(surroundings.directory, options.name);
    this.tunnelAddress = surroundings.tunnelAddress;
    this.externalBridge = surroundings.external ? externalBridgeName : undefined;
    this.#surroundings = surroundings;
    this.#vswitch = new OpenVswitch(this.namespace, this.directory);
  }

  get runDirectory(): string {
    return this.directory;
  }

  get ovsdbEndpoint(): string {
    return this.#vswitch.endpoint;
  }

  /** OVS_RUNDIR and its kin, for programs of this host. */
  get environment(): Readonly<Record<string, string>> {
    return this.#vswitch.environment;
  }

  get vms(): readonly Vm[] {
    return [...this.#vms];
  }

  /** Makes the namespace, starts Open vSwitch and connects the bridges. */
  async create(): Promise<void> {
    const { fabric } = this.#surroundings;
    await createNamespace(this.namespace);
    await connectHost(fabric, 'underlay', this.name, this.namespace);
    if (this.externalBridge !== undefined) await connectHost(fabric, 'external', this.name, this.namespace);
    await this.#vswitch.create(this.name);
    await this.vsctl(...addBridge(underlayBridge, 'underlay'));
    if (this.externalBridge !== undefined) await this.vsctl(...addBridge(this.externalBridge, 'external'));
    await this.#setTunnelAddress();
  }

  mgmtSocket(bridge: string): string {
    return this.#vswitch.managementSocket(bridge);
  }

  async ofctl(command: string, bridge: string, ...args: string[]): Promise<string> {
    return await this.#vswitch.ofctl(command, bridge, ...args);
  }

  async vsctl(...args: string[]): Promise<string> {
    return await this.#vswitch.vsctl(...args);
  }

  async appctl(...args: string[]): Promise<string> {
    return await this.#vswitch.appctl(...args);
  }

  async dumpFlows(bridge = 'br-int'): Promise<FlowLine[]> {
    return parseFlows(await this.ofctl('dump-flows', bridge));
  }

  async trace(flow: string, bridge = 'br-int'): Promise<string> {
    return await this.appctl('ofproto/trace', bridge, flow);
  }

  async setUnderlay(state: 'up' | 'down'): Promise<void> {
    // The far end, so that the host sees what a pulled cable looks like: no carrier.
    await ipBatch([`link set ${fabricPort('underlay', this.name)} ${state}`], this.#surroundings.fabric);
  }

  async addVmPort(options: VmOptions): Promise<Vm> {
    this.#checkOpen();
    const name = this.#surroundings.takeMachineName('vm', options.name);
    const namespace = `${namespacePrefix(this.#surroundings.lab)}vm-${name}`;
    const { mac, bridge = 'br-int', interfaceId, mtu = machineMtu, ipv6 = false } = options;
    const cable = { mac, mtu, ipv6, peerName: `p-${name}`, peerNamespace: this.namespace };
    const port = { host: this, bridge, interfaceId };
    const vm = new HostedMachine(name, namespace, cable, port, this.#surroundings.folder, () => {
      this.#vms.delete(vm);
      this.#surroundings.releaseMachineName(name);
    });
    this.#vms.add(vm);
    try {
      await plugMachine(namespace, cable);
      await vm.plugPort(options);
    } catch (error) {
      await vm.close();
      throw error;
    }
    return vm;
  }

  async startAgent(options: AgentOptions = {}): Promise<AgentProgram> {
    this.#checkOpen();
    return await this.#surroundings.startAgent(this, options);
  }

  async killVswitchd(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#vswitch.signal('ovs-vswitchd', signal);
  }

  async restartVswitchd(): Promise<void> {
    await this.killVswitchd('SIGTERM');
    await this.#vswitch.startSwitch();
    await this.#setTunnelAddress();
  }

  async restartAll(): Promise<void> {
    await this.killVswitchd('SIGTERM');
    await this.#vswitch.signal('ovsdb-server', 'SIGTERM');
    await this.#vswitch.startDatabase();
    await this.#vswitch.startSwitch();
    await this.#setTunnelAddress();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#surroundings.release(this);
    await this.endPrograms();
    await Promise.all([...this.#vms].map((vm) => vm.endPrograms()));
    const { fabric } = this.#surroundings;
    for (const segment of ['underlay', 'external'] as const) {
      await deleteDevice(fabric, fabricPort(segment, this.name));
    }
    await removeNamespaces([this.namespace, ...(await neighbourNamespaces([this.namespace]))]);
    await rm(this.directory, { recursive: true, force: true });
    for (const vm of this.#vms) this.#surroundings.releaseMachineName(vm.name);
    this.#vms.clear();
  }

  /** ovs-vswitchd makes br-phy's device anew whenever it starts, without an address. */
  async #setTunnelAddress(): Promise<void> {
    await ipBatch(
      [`address replace ${this.tunnelAddress}/16 dev ${underlayBridge}`, `link set ${underlayBridge} up`],
      this.namespace,
    );
  }

  #checkOpen(): void {
    if (this.#closed) throw new LabError('lab-closed', `host ${this.name} was closed`);
  }
}

/** Arguments of ovs-vsctl for a learning switch of the userspace datapath with one device on it. */
function addBridge(bridge: string, device: string): string[] {
  return [
    ...['add-br', bridge, '--', 'set', 'Bridge', bridge, 'datapath_type=netdev', 'fail_mode=standalone'],
    ...['--', 'add-port', bridge, device],
  ];
}
