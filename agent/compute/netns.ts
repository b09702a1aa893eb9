import type { BindingReporter } from '../bindings/reporter.ts';
import { hasAddress, requestLease } from './dhcp.ts';
import type { ComputeDriver, InstanceInterface } from './driver.ts';
import { Gate } from './gate.ts';
import type { Markers } from './markers.ts';
import {
  createNamespace,
  createVeth,
  namespaceExists,
  namespaceOf,
  outsideName,
  removeNamespace,
  removeVeth,
  setIpv6,
  vethExists,
} from './namespace.ts';
import type { InstancePorts } from './ports.ts';

export interface NetnsDriverOptions {
  readonly ports: InstancePorts;
  readonly markers: Markers;
  readonly bindings: Pick<BindingReporter, 'bound'>;
}

/** Instances that are network namespaces: as light as a process, and with a real network. */
export class NetnsDriver implements ComputeDriver {
  readonly name = 'netns';
  #ports: InstancePorts;
  #markers: Markers;
  #bindings: Pick<BindingReporter, 'bound'>;
  /** Whoever makes or removes devices: an interface that moves from one instance to another has one name in both. */
  #devices = new Gate(1);

  constructor({ ports, markers, bindings }: NetnsDriverOptions) {
    this.#ports = ports;
    this.#markers = markers;
    this.#bindings = bindings;
  }

  async owned(): Promise<ReadonlySet<string>> {
    return new Set([...(await this.#markers.list()), ...this.#ports.instances()]);
  }

  async start(
    instanceId: string,
    interfaces: readonly InstanceInterface[],
    signal: AbortSignal,
  ): Promise<{ namespace: string }> {
    const namespace = namespaceOf(instanceId);
    await this.#markers.add(instanceId);
    if (!namespaceExists(namespace)) await createNamespace(namespace);
    await this.#unplug(instanceId, new Set(interfaces.map(({ id }) => outsideName(id))));
    // Asked for before the port is made, so that its report waits until all hosts have the flows.
    const devices = interfaces.map((one) => ({
      ...one,
      inside: `eth${one.device}`,
      bound: this.#bindings.bound(one.id, signal),
    }));
    for (const { inside, ...one } of devices) {
      signal.throwIfAborted();
      await this.#devices.run(() => this.#plug(instanceId, one, { namespace, inside }));
    }
    for (const { inside, bound, ipv6Addresses = [] } of devices) {
      await bound;
      signal.throwIfAborted();
      if (!(await hasAddress(namespace, inside))) await requestLease(namespace, inside, signal);
      await setIpv6(namespace, inside, ipv6Addresses);
    }
    return { namespace };
  }

  /** A namespace is nothing but what runs in it: its marker is what stays, so that its end is not forgotten. */
  async stop(instanceId: string): Promise<void> {
    await this.#markers.add(instanceId);
    await this.#unplug(instanceId, new Set());
    await removeNamespace(namespaceOf(instanceId));
  }

  async remove(instanceId: string): Promise<void> {
    await this.stop(instanceId);
    await this.#markers.remove(instanceId);
  }

  /** Takes every device from the instance that is not to stay. */
  async #unplug(instanceId: string, stay: ReadonlySet<string>): Promise<void> {
    await this.#devices.run(async () => {
      const devices = this.#ports.devicesOf(instanceId).filter((device) => !stay.has(device));
      await this.#ports.remove(devices);
      for (const device of devices) await removeVeth(device);
    });
  }

  /** Connects the namespace with br-int, as far as it is not. */
  async #plug(
    instanceId: string,
    { id, mac }: InstanceInterface,
    { namespace, inside }: { namespace: string; inside: string },
  ): Promise<void> {
    const outside = outsideName(id);
    const pair = { outside, namespace, inside, mac };
    if (!(await vethExists(pair))) {
      // A port of an older device with this name, also of another instance, would not notice the new one.
      await this.#ports.remove([outside]);
      await createVeth(pair);
    }
    if (!this.#ports.has(outside)) {
      await this.#ports.add({ name: outside, instanceId, networkInterfaceId: id, mac });
    }
  }
}
