import {
  contains,
  formatIpv4,
  isReservedAddress,
  lastAddress,
  parseAddress,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';
import { isAddressTaken, prefixClaimAround } from './prefixes.ts';

/** The interface for which addresses are chosen. */
export interface AddressOwner {
  readonly id: string;
  readonly privateAddress: string;
  /** Hosts that may have flows for addresses which it loses. */
  readonly hostIds: readonly string[];
  /** Addresses that it shares with others itself: none of them becomes its own without being asked for. */
  readonly shared: ReadonlySet<string>;
}

/** For addresses whose interface is gone: what they wait for. */
function whyHeld(draft: Draft, subnetId: string, address: string): string {
  const claim = draft.get('address-claim', `${subnetId}/${address}`);
  const { hostIds = [] } = (claim ?? prefixClaimAround(draft, subnetId, address))?.spec ?? {};
  if (hostIds.length === 0) return '';
  return `Its interface was deleted; it is free when host ${hostIds.join(' and ')} has confirmed.`;
}

/**
 * True for an address that nobody is given without asking for it: it is somebody's, or interfaces share it, who would not
 * receive it any more. Neutron, "allowed address pairs": whoever asks for such an address gets it.
 */
export function isSpokenFor(draft: Draft, subnetId: string, address: string): boolean {
  return isAddressTaken(draft, subnetId, address) || draft.view.countSharing(subnetId, address) > 0;
}

/**
 * The asked-for address, checked, or the lowest free one.
 *
 * @param field where the address was asked for
 * @param avoided what is not given without being asked for, besides what is spoken for
 */
export function chooseAddress(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  wanted: string | undefined,
  field = 'spec.privateAddress',
  avoided: ReadonlySet<string> = new Set(),
): string {
  const network = parseCidr(subnet.spec.cidrBlock, field);
  if (wanted !== undefined) {
    const address = parseAddress(wanted, field);
    const fix = `Choose an address of ${subnet.spec.cidrBlock} that is not among its first four or its last one.`;
    if (!contains(network, address) || isReservedAddress(network, address)) {
      const problem = contains(network, address) ? 'is reserved in' : 'is not inside';
      throw new WeftError('address-outside', `${wanted} ${problem} subnet ${subnet.spec.cidrBlock}`, {
        field,
        value: wanted,
        fix,
      });
    }
    if (isAddressTaken(draft, subnet.id, wanted)) {
      throw new WeftError('address-in-use', `${wanted} belongs to another interface of the subnet`, {
        field,
        value: wanted,
        fix: `Choose another address, or leave it out to get a free one. ${whyHeld(draft, subnet.id, wanted)}`.trim(),
      });
    }
    return wanted;
  }
  const taken = draft.view.countReferrers(subnet, 'in-subnet', 'network-interface');
  // Interfaces mostly fill a subnet from below, so start behind as many as there are and come round once.
  const first = network.address + 4;
  const size = lastAddress(network) - first;
  for (let step = 0; step < size; step++) {
    const address = formatIpv4(first + ((taken + step) % size));
    if (!avoided.has(address) && !isSpokenFor(draft, subnet.id, address)) return address;
  }
  throw new WeftError('no-free-address', `subnet ${subnet.spec.cidrBlock} has no free address`, {
    field: 'spec.subnetId',
    value: subnet.id,
    fix: 'Use another subnet, delete interfaces that are no longer needed, or ask for an address that interfaces share.',
  });
}
