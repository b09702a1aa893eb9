import type { ResourceOf } from '@weft/controller/resources';
import type { Host, Vm } from '@weft/labs/hosts';
import { Gate } from './gate.ts';

/** Real VM ports on real hosts, by the interface that they carry. */
export class Machines {
  readonly hosts: readonly Host[];
  readonly #gates = new Map<string, Gate>();
  readonly #vms = new Map<string, Vm>();
  /** Interfaces whose port is being changed by somebody. */
  readonly #busy = new Set<string>();

  constructor(hosts: readonly Host[]) {
    this.hosts = hosts;
    for (const { name } of hosts) this.#gates.set(name, new Gate());
  }

  gate(host: Host): Gate {
    return this.#gates.get(host.name) as Gate;
  }

  get all(): readonly Vm[] {
    return [...this.#vms.values()];
  }

  of(interfaceId: string): Vm | undefined {
    return this.#vms.get(interfaceId);
  }

  /** @returns false when nothing was done, because the host cannot now, or the interface has a machine */
  plug({ id, spec }: ResourceOf<'network-interface'>, host: Host): Promise<boolean> {
    return this.#alone(id, async () => {
      if (this.#vms.has(id)) return false;
      return await this.#add(host, id, spec.macAddress);
    });
  }

  /** The port goes, with the machine. */
  unplug(interfaceId: string): Promise<boolean> {
    return this.#alone(interfaceId, async () => {
      const vm = this.#vms.get(interfaceId);
      return vm !== undefined && (await this.#remove(vm));
    });
  }

  /** To another host; a live migration has the new port before the old one goes, a restart elsewhere has not. */
  move({ id, spec }: ResourceOf<'network-interface'>, host: Host, live: boolean): Promise<boolean> {
    return this.#alone(id, async () => {
      const old = this.#vms.get(id);
      if (!old || old.host === host) return false;
      if (!live) return (await this.#remove(old)) && (await this.#add(host, id, spec.macAddress));
      if (!(await this.#add(host, id, spec.macAddress))) return false;
      await this.#removeWhenPossible(old);
      return true;
    });
  }

  /** Does something inside of a machine, which stays meanwhile. @returns false when there is none */
  use(interfaceId: string, work: (vm: Vm) => Promise<void>): Promise<boolean> {
    return this.#alone(interfaceId, async () => {
      const vm = this.#vms.get(interfaceId);
      if (!vm) return false;
      await work(vm);
      return true;
    });
  }

  /** Takes every machine away. Open vSwitch must be up everywhere. */
  async clear(): Promise<void> {
    for (const { interfaceId } of this.all) await this.unplug(interfaceId);
  }

  async #add(host: Host, interfaceId: string, mac: string): Promise<boolean> {
    const vm = await this.gate(host).pass(() => host.addVmPort({ interfaceId, mac, ipv6: true }));
    if (vm) this.#vms.set(interfaceId, vm);
    return vm !== undefined;
  }

  async #remove(vm: Vm): Promise<boolean> {
    const done = await this.gate(vm.host).pass(async () => {
      await vm.close();
      return true;
    });
    if (done && this.#vms.get(vm.interfaceId) === vm) this.#vms.delete(vm.interfaceId);
    return done ?? false;
  }

  /** The second half of a migration has to happen, so it waits until the old host can. */
  async #removeWhenPossible(vm: Vm): Promise<void> {
    await this.gate(vm.host).alone(() => vm.close());
  }

  async #alone(interfaceId: string, work: () => Promise<boolean>): Promise<boolean> {
    if (this.#busy.has(interfaceId)) return false;
    this.#busy.add(interfaceId);
    try {
      return await work();
    } finally {
      this.#busy.delete(interfaceId);
    }
  }
}
