import { insideNamespace, run } from './command.ts';
import { createNamespace, deleteDevice, ipBatch, removeNamespaces } from './namespaces.ts';
import { NamespaceNode } from './node.ts';
import type { ProgramFolder } from './program-folder.ts';
import type { Machine, Outsider } from './types.ts';

/** How the machine's cable runs: eth0 inside, the other end elsewhere. */
export interface Cable {
  readonly mac: string;
  readonly mtu: number;
  readonly ipv6: boolean;
  readonly peerName: string;
  readonly peerNamespace: string;
}

/** A namespace with eth0. */
export class NamespaceMachine extends NamespaceNode implements Machine {
  readonly mac: string;
  readonly #cable: Cable;
  readonly #onClose: () => void;
  #closed = false;

  constructor(name: string, namespace: string, cable: Cable, folder: ProgramFolder, onClose: () => void) {
    super(name, namespace, folder);
    this.mac = cable.mac;
    this.#cable = cable;
    this.#onClose = onClose;
  }

  async addAddress(cidr: string): Promise<void> {
    await this.run('ip', ['address', 'add', cidr, 'dev', 'eth0']);
  }

  async addRoute(destination: string, via: string): Promise<void> {
    await this.run('ip', ['route', 'add', destination, 'via', via, 'dev', 'eth0']);
  }

  async flushAddresses(): Promise<void> {
    // The kernel removes the routes with the addresses that they need.
    await this.run('ip', ['address', 'flush', 'dev', 'eth0']);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.endPrograms();
    await this.unplug();
    await removeNamespaces([this.namespace]);
    this.#onClose();
  }

  /** Takes the cable away. A kind of machine may have more to undo at its other end. */
  protected async unplug(): Promise<void> {
    await deleteDevice(this.#cable.peerNamespace, this.#cable.peerName);
  }
}

/** A machine on the external segment. */
export class ExternalMachine extends NamespaceMachine implements Outsider {
  readonly address: string;

  constructor(
    name: string,
    namespace: string,
    cable: Cable,
    address: string,
    folder: ProgramFolder,
    onClose: () => void,
  ) {
    super(name, namespace, cable, folder, onClose);
    this.address = address;
  }
}

/** Makes the namespace, the veth and loopback of a machine; both ends of the cable are up afterwards. */
export async function plugMachine(namespace: string, cable: Cable): Promise<void> {
  await createNamespace(namespace, { ipv6: cable.ipv6 });
  const { mac, mtu, peerName, peerNamespace } = cable;
  await ipBatch([
    `link add eth0 netns ${namespace} address ${mac} mtu ${mtu} type veth peer name ${peerName} netns ${peerNamespace}`,
  ]);
  await ipBatch([`link set ${peerName} up`], peerNamespace);
  // The userspace datapath hands packets on as they are: checksums left to "hardware" would arrive wrong.
  await run(...insideNamespace(namespace, 'ethtool', ['-K', 'eth0', 'tx', 'off']));
  await ipBatch(['link set eth0 up'], namespace);
}
