import type { ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** An interface with everything that its flows are made of. */
export interface InterfaceContext {
  readonly networkInterface: ResourceOf<'network-interface'>;
  readonly vpc: ResourceOf<'vpc'>;
  readonly subnet: ResourceOf<'subnet'>;
  readonly identity: ResourceOf<'identity'>;
  /** How large its packets may be, in bytes. */
  readonly mtu: number;
}

export function interfaceContext(view: TopologyView, id: string): InterfaceContext | undefined {
  const networkInterface = view.get('network-interface', id);
  if (!networkInterface) return undefined;
  const vpc = view.get('vpc', networkInterface.spec.vpcId);
  const subnet = view.get('subnet', networkInterface.spec.subnetId);
  const identity = view.get('identity', networkInterface.status.identityId);
  return vpc && subnet && identity && { networkInterface, vpc, subnet, identity, mtu: view.interfaceMtu };
}

/** A binding on its host, with its interface. */
export interface BoundContext extends InterfaceContext {
  readonly binding: ResourceOf<'binding'>;
  readonly host: ResourceOf<'host'>;
}

export function boundContext(view: TopologyView, bindingId: string): BoundContext | undefined {
  const binding = view.get('binding', bindingId);
  const host = binding && view.get('host', binding.spec.hostId);
  const context = binding && interfaceContext(view, binding.spec.networkInterfaceId);
  return binding && host && context && { ...context, binding, host };
}

/** The order of an interface's bindings: first the one that traffic goes to, the newest that is not in standby. */
export function compareBindings(a: ResourceOf<'binding'>, b: ResourceOf<'binding'>): number {
  const [standbyA, standbyB] = [a.spec.standby === true, b.spec.standby === true];
  return standbyA === standbyB ? b.revision - a.revision : Number(standbyA) - Number(standbyB);
}

/**
 * The binding that traffic goes to. Two hosts may claim an interface for a while, as in a live migration; the VM is where
 * it was last heard of.
 */
export function currentBinding(
  view: TopologyView,
  networkInterfaceId: string,
): ResourceOf<'binding'> | undefined {
  let first: ResourceOf<'binding'> | undefined;
  const target = { kind: 'network-interface', id: networkInterfaceId } as const;
  for (const binding of view.referrers(target, 'of-interface', 'binding')) {
    if (!first || compareBindings(binding, first) < 0) first = binding;
  }
  return first;
}

/** Hosts that may have flows for the addresses of an interface. */
export function hostsWith(view: TopologyView, networkInterface: ResourceOf<'network-interface'>): string[] {
  const bindings = view.referrers(networkInterface, 'of-interface', 'binding');
  return Array.from(bindings, ({ spec }) => spec.hostId);
}

/** Conntrack zones of a binding on its host: one for security groups, one for address translation. */
export function conntrackZones(binding: ResourceOf<'binding'>): { security: number; translation: number } {
  return { security: 2 * binding.spec.zoneSlot, translation: 2 * binding.spec.zoneSlot + 1 };
}

export const macNumber = (text: string) => BigInt(`0x${text.replaceAll(':', '')}`);
