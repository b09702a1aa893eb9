import {
  type AddressRange,
  formatIpv4,
  parseAddress,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { inRanges } from '../external-network/operations.ts';
import type { Draft } from '../operations/draft.ts';

function bounds({ first, last }: AddressRange): readonly [first: number, last: number] {
  return [parseAddress(first, 'first'), parseAddress(last, 'last')];
}

/** How many addresses the ranges have; those in two ranges count twice. */
function sizeOf(ranges: readonly AddressRange[]): number {
  return ranges.map(bounds).reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The address at a position in the ranges, one range after the other. */
function addressAt(ranges: readonly AddressRange[], position: number): number {
  let rest = position;
  for (const [first, last] of ranges.map(bounds)) {
    if (rest <= last - first) return first + rest;
    rest -= last - first + 1;
  }
  throw new RangeError(`the ranges have no address at position ${position}`);
}

/** A free address of the network; undefined when there is none. */
export function freeAddress(draft: Draft, network: ResourceOf<'external-network'>): string | undefined {
  const { addressRanges, gateway } = network.spec;
  // Addresses mostly fill the ranges from below, so start behind as many as there are and come round once.
  const taken = draft.view.countReferrers(network, 'in-external-network', 'elastic-ip');
  const size = sizeOf(addressRanges);
  for (let step = 0; step < size; step++) {
    const text = formatIpv4(addressAt(addressRanges, (taken + step) % size));
    if (text !== gateway && !draft.isClaimed(network.id, text)) return text;
  }
  return undefined;
}

/** That the network's ranges are used up. @param field what was asked for, and cannot be had */
export function noFreeAddress(network: ResourceOf<'external-network'>, field: string): WeftError {
  return new WeftError('no-free-address', `external network ${network.spec.name} has no free address`, {
    field,
    value: network.id,
    fix: 'Release an elastic IP, or add a range to the network.',
  });
}

/** The asked-for address, checked, or a free one. */
export function chooseAddress(
  draft: Draft,
  network: ResourceOf<'external-network'>,
  wanted: string | undefined,
): string {
  if (wanted === undefined) {
    const free = freeAddress(draft, network);
    if (free !== undefined) return free;
    throw noFreeAddress(network, 'spec.externalNetworkId');
  }
  const field = 'spec.address';
  const { addressRanges, gateway } = network.spec;
  if (!inRanges(addressRanges, parseAddress(wanted, field))) {
    throw new WeftError(
      'address-outside',
      `${wanted} is in no range of external network ${network.spec.name}`,
      {
        field,
        value: wanted,
        fix: `Choose one of ${addressRanges.map(({ first, last }) => `${first}-${last}`).join(', ')}.`,
      },
    );
  }
  if (draft.isClaimed(network.id, wanted) || wanted === gateway) {
    throw new WeftError('address-in-use', `${wanted} is taken`, {
      field,
      value: wanted,
      fix: 'Choose another address, or leave it out to get a free one.',
    });
  }
  return wanted;
}
