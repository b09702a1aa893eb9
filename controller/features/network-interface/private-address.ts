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

/** For addresses whose interface is gone: what they wait for. */
function whyHeld(draft: Draft, subnetId: string, address: string): string {
  const hostIds = draft.get('address-claim', `${subnetId}/${address}`)?.spec.hostIds ?? [];
  if (hostIds.length === 0) return '';
  return `Its interface was deleted; it is free when host ${hostIds.join(' and ')} has confirmed.`;
}

/**
 * The asked-for address, checked, or the lowest free one.
 *
 * @param field where the address was asked for
 */
export function chooseAddress(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  wanted: string | undefined,
  field = 'spec.privateAddress',
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
    if (draft.isClaimed(subnet.id, wanted)) {
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
    if (!draft.isClaimed(subnet.id, address)) return address;
  }
  throw new WeftError('no-free-address', `subnet ${subnet.spec.cidrBlock} has no free address`, {
    field: 'spec.subnetId',
    value: subnet.id,
    fix: 'Use another subnet, or delete interfaces that are no longer needed.',
  });
}
