import { parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** Where a gateway does its work. */
export interface GatewayPlace {
  readonly host: ResourceOf<'host'>;
  /** Tunnel address of the host, as flows have it. */
  readonly hostKey: number;
  /** Conntrack zones that are the gateway's own there. */
  readonly zones: { readonly nat: number; readonly elasticIp: number };
}

export function gatewayPlace(view: TopologyView, ownerId: string): GatewayPlace | undefined {
  const placement = view.get('placement', ownerId);
  const host = placement && view.get('host', placement.spec.hostId);
  if (!placement || !host) return undefined;
  const { zoneSlot } = placement.spec;
  return {
    host,
    hostKey: parseAddress(host.spec.tunnelAddress, 'tunnelAddress'),
    zones: { nat: 2 * zoneSlot, elasticIp: 2 * zoneSlot + 1 },
  };
}

/** True when what flows of gateways say of a host is another. */
export function hostChanged(
  before: ResourceOf<'host'> | undefined,
  after: ResourceOf<'host'> | undefined,
): boolean {
  const told = (host: typeof before) => JSON.stringify([host?.spec.tunnelAddress, host?.spec.externalPorts]);
  return told(before) !== told(after);
}
