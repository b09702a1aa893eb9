import { type HostSpec, parseAddress, WeftError } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/**
 * What the schema cannot say of a host that registers or changes. Work grows with the number of hosts.
 * @throws WeftError invalid-value or already-exists
 */
export function checkRegistration(view: TopologyView, name: string, spec: HostSpec): void {
  requireTunnelAddress(spec.tunnelAddress);
  requireOwnPorts(spec);
  for (const other of view.all('host')) {
    if (other.id === name || other.spec.tunnelAddress !== spec.tunnelAddress) continue;
    throw new WeftError('already-exists', `host ${other.id} has tunnel address ${spec.tunnelAddress}`, {
      field: 'spec.tunnelAddress',
      value: spec.tunnelAddress,
      fix: `Give each host an address of its own (--tunnel-ip), or delete host ${other.id}.`,
    });
  }
}

/** Packets of the tunnel go to it: an address of one machine, not of a group or of nobody. */
function requireTunnelAddress(text: string): void {
  const field = 'spec.tunnelAddress';
  const firstByte = parseAddress(text, field) >>> 24;
  if (firstByte !== 0 && firstByte < 224) return;
  throw new WeftError('invalid-value', `${text} is not the address of one machine`, {
    field,
    value: text,
    fix: 'Give the address by which other hosts reach this one (--tunnel-ip).',
  });
}

/** Where a packet came from is told by its port alone. */
function requireOwnPorts({ tunnelPort, externalPorts }: HostSpec): void {
  const uses = new Map([[tunnelPort, 'the tunnel']]);
  for (const [network, port] of Object.entries(externalPorts)) {
    const other = uses.get(port);
    if (other !== undefined) {
      throw new WeftError('invalid-value', `port ${port} is that of ${other} and of network ${network}`, {
        field: `spec.externalPorts.${network}`,
        value: port,
        fix: 'Give each external network a patch port of its own.',
      });
    }
    uses.set(port, `network ${network}`);
  }
}
