import { join } from 'node:path';
import { LabError } from './errors.ts';
import { type Cable, NamespaceMachine } from './machine.ts';
import type { ProgramFolder } from './program-folder.ts';
import type { DhcpOptions, Host, Vm, VmOptions } from './types.ts';

/** A machine whose eth0 is a port of a host's bridge, bound to a network interface by `external_ids:iface-id`. */
export class HostedMachine extends NamespaceMachine implements Vm {
  readonly interfaceId: string;
  readonly host: Host;
  readonly port: string;
  readonly #bridge: string;

  constructor(
    name: string,
    namespace: string,
    cable: Cable,
    port: { readonly host: Host; readonly bridge: string; readonly interfaceId: string },
    folder: ProgramFolder,
    onClose: () => void,
  ) {
    super(name, namespace, cable, folder, onClose);
    this.interfaceId = port.interfaceId;
    this.host = port.host;
    this.port = cable.peerName;
    this.#bridge = port.bridge;
  }

  async ofport(): Promise<number> {
    const text = (await this.host.vsctl('get', 'Interface', this.port, 'ofport')).trim();
    const ofport = Number(text);
    if (Number.isInteger(ofport) && ofport > 0) return ofport;
    const error = (await this.host.vsctl('get', 'Interface', this.port, 'error')).trim();
    throw new LabError('not-ready', `${this.name}: port ${this.port} has ofport ${text}, error ${error}`);
  }

  async dhcp(options: DhcpOptions = {}): Promise<Readonly<Record<string, string>>> {
    const script = join(import.meta.dirname, 'udhcpc.sh');
    const { attempts = 5, timeoutMs = 1_000 * attempts + 10_000 } = options;
    const asks = ['mtu', 'staticroutes', 'serverid', 'lease'].flatMap((option) => ['-O', option]);
    const args = ['-i', 'eth0', '-f', '-n', '-q', '-t', String(attempts), '-T', '1', '-s', script, ...asks];
    const result = await this.exec('udhcpc', args, { timeoutMs });
    if (result.code !== 0) {
      throw new LabError(
        'not-ready',
        `${this.name}: no DHCP lease: ${(result.stderr || result.stdout).trim()}`,
      );
    }
    return Object.fromEntries(
      [...result.stdout.matchAll(/^lease ([a-z0-9]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
  }

  /** Makes the port, bound to the interface, and waits until ovs-vswitchd took it. */
  async plugPort(options: VmOptions): Promise<void> {
    await this.host.vsctl(
      ...['--may-exist', 'add-port', this.#bridge, this.port],
      ...['--', 'set', 'Interface', this.port],
      `external_ids:iface-id="${options.interfaceId}"`,
      `external_ids:attached-mac="${options.mac}"`,
    );
  }

  protected override async unplug(): Promise<void> {
    // Not waiting for ovs-vswitchd: a test may have killed it.
    await this.host.vsctl('--no-wait', '--if-exists', 'del-port', this.port);
    await super.unplug();
  }
}
