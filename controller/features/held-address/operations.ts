import { bindingId, heldAddressId, type ResourceOf, WeftError } from '../../resources/index.ts';
import { currentBinding } from '../network-interface/context.ts';
import { isAddressTaken } from '../network-interface/prefixes.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { sharedAddresses } from './pairs.ts';

type HeldAddress = ResourceOf<'held-address'>;
type NetworkInterface = ResourceOf<'network-interface'>;

/** What an agent has heard. */
export interface HeardAnnouncement {
  readonly hostId: string;
  readonly networkInterfaceId: string;
  readonly address: string;
  readonly macAddress: string;
  /** ISO 8601. */
  readonly announcedAt: string;
}

/**
 * Makes a shared address that of the interface which has announced it. An announcement that is older than that of the
 * present holder changes nothing: agents tell late what they could not tell at once.
 *
 * @returns who has the address now
 * @throws WeftError wrong-state, invalid-value, address-in-use
 */
export function takeAddress(draft: Draft, heard: HeardAnnouncement): HeldAddress {
  const networkInterface = requireBoundHere(draft, heard);
  const { subnetId, vpcId } = networkInterface.spec;
  const { networkInterfaceId, address, macAddress, announcedAt } = heard;
  requireShared(draft, networkInterface, heard);
  const id = heldAddressId(subnetId, address);
  const holder = draft.get('held-address', id);
  const spec = { vpcId, subnetId, networkInterfaceId, address, macAddress, announcedAt };
  if (!holder) {
    claimFor(draft, subnetId, address, id);
    return draft.create('held-address', { id, spec });
  }
  const isSame =
    holder.spec.networkInterfaceId === networkInterfaceId && holder.spec.macAddress === macAddress;
  if (isSame || holder.spec.announcedAt > announcedAt) return holder;
  return draft.update(holder, { spec });
}

/** Only the host to which traffic for the interface goes has a word in this. */
function requireBoundHere(draft: Draft, { hostId, networkInterfaceId }: HeardAnnouncement): NetworkInterface {
  const networkInterface = draft.get('network-interface', networkInterfaceId);
  const current = currentBinding(draft.view, networkInterfaceId);
  if (networkInterface && current?.id === bindingId(hostId, networkInterfaceId)) {
    draft.depend(current);
    draft.depend(networkInterface);
    return networkInterface;
  }
  throw new WeftError('wrong-state', `interface ${networkInterfaceId} is not bound on host ${hostId}`, {
    field: 'networkInterfaceId',
    value: networkInterfaceId,
    fix: 'Report its port first.',
  });
}

function requireShared(
  draft: Draft,
  networkInterface: NetworkInterface,
  { address, macAddress }: HeardAnnouncement,
): void {
  const subnet = draft.get('subnet', networkInterface.spec.subnetId);
  const shared = subnet ? sharedAddresses(networkInterface, subnet) : [];
  if (shared.some((one) => one.address === address && one.macAddress === macAddress)) return;
  throw new WeftError(
    'invalid-value',
    `interface ${networkInterface.id} may not receive ${address} with the MAC ${macAddress}`,
    {
      field: 'address',
      value: address,
      fix: `Add the address of its subnet, alone (${address}/${address.includes(':') ? 128 : 32}), to its allowedAddressPairs.`,
    },
  );
}

function claimFor(draft: Draft, subnetId: string, address: string, ownerId: string): void {
  if (isAddressTaken(draft, subnetId, address)) {
    throw new WeftError('address-in-use', `${address} is the own address of an interface or gateway`, {
      field: 'address',
      value: address,
      fix: 'Share an address that nobody in the subnet has for itself.',
    });
  }
  draft.claim(subnetId, address, ownerId);
}

/** Frees a shared address: nobody receives it until somebody announces it. */
export function freeAddress(draft: Draft, held: HeldAddress): void {
  draft.release(held.spec.subnetId, held.spec.address);
  draft.remove(held);
}

/** Frees what an interface holds, but for what it may go on holding. */
export function freeAddressesOf(
  draft: Draft,
  networkInterface: { readonly kind: 'network-interface'; readonly id: string },
  isKept: (held: HeldAddress) => boolean = () => false,
): void {
  const target = { kind: 'network-interface', id: networkInterface.id } as const;
  for (const held of [...draft.view.referrers(target, 'of-interface', 'held-address')]) {
    if (!isKept(held)) freeAddress(draft, held);
  }
}

/** Frees what an interface holds and may not receive any more. */
export function freeUnlistedAddresses(draft: Draft, networkInterface: NetworkInterface): void {
  const subnet = draft.get('subnet', networkInterface.spec.subnetId);
  const shared = subnet ? sharedAddresses(networkInterface, subnet) : [];
  freeAddressesOf(draft, networkInterface, ({ spec }) =>
    shared.some(({ address, macAddress }) => address === spec.address && macAddress === spec.macAddress),
  );
}

/** A binding that is the only one has nothing to wait for. */
function endStandby(draft: Draft, binding: ResourceOf<'binding'>): void {
  const { standby, ...spec } = binding.spec;
  if (standby) draft.update(binding, { spec });
}

/** Removes a binding; an interface that is on no host any more holds nothing. */
export function removeBinding(draft: Draft, binding: ResourceOf<'binding'>): void {
  draft.remove(binding);
  const target = { kind: 'network-interface', id: binding.spec.networkInterfaceId } as const;
  const [only, ...others] = draft.view.referrers(target, 'of-interface', 'binding');
  if (!only) freeAddressesOf(draft, target);
  else if (others.length === 0) endStandby(draft, only);
}

/** Frees what the interfaces of a host hold that is down: others may take it, and nobody is sent there in vain. */
export function freeAddressesOfHost(draft: Draft, hostId: string): void {
  for (const binding of [...draft.view.referrers({ kind: 'host', id: hostId }, 'on-host', 'binding')]) {
    const { networkInterfaceId } = binding.spec;
    if (currentBinding(draft.view, networkInterfaceId)?.id !== binding.id) continue;
    freeAddressesOf(draft, { kind: 'network-interface', id: networkInterfaceId });
  }
}

/** Agents report who has an address; its owner may free it, until the next announcement. */
export const heldAddressOperations: Operations<'held-address'> = {
  kind: 'held-address',
  remove: freeAddress,
};
