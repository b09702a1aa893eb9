import {
  type AddressRange,
  formatIpv4,
  parseAddress,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { chooseExternalNetwork, inRanges } from '../external-network/operations.ts';
import { requireGatewayTo } from '../internet-gateway/operations.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { dropPlacement } from '../placement/operations.ts';

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

function chooseAddress(
  draft: Draft,
  network: ResourceOf<'external-network'>,
  wanted: string | undefined,
): string {
  const field = 'spec.address';
  const { addressRanges, gateway } = network.spec;
  if (wanted !== undefined) {
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
  // Addresses mostly fill the ranges from below, so start behind as many as there are and come round once.
  const taken = draft.view.countReferrers(network, 'in-external-network', 'elastic-ip');
  const size = sizeOf(addressRanges);
  for (let step = 0; step < size; step++) {
    const text = formatIpv4(addressAt(addressRanges, (taken + step) % size));
    if (text !== gateway && !draft.isClaimed(network.id, text)) return text;
  }
  throw new WeftError('no-free-address', `external network ${network.spec.name} has no free address`, {
    field: 'spec.externalNetworkId',
    value: network.id,
    fix: 'Release an elastic IP, or add a range to the network.',
  });
}

/** The interface for the address: its VPC must reach the address's network, and it must have no other address there. */
function checkInterface(
  draft: Draft,
  elasticIpId: string | undefined,
  externalNetworkId: string,
  interfaceId: string,
): void {
  const field = 'spec.networkInterfaceId';
  const networkInterface = referenced(draft, 'network-interface', interfaceId, field);
  for (const other of draft.view.referrers(networkInterface, 'of-interface', 'elastic-ip')) {
    if (other.id === elasticIpId) continue;
    throw new WeftError(
      'already-exists',
      `interface ${interfaceId} has elastic IP ${other.spec.address} (${other.id})`,
      { field, value: interfaceId, fix: 'Disassociate that one first.' },
    );
  }
  requireGatewayTo(draft, networkInterface.spec.vpcId, externalNetworkId, { field, value: interfaceId });
}

/** @throws WeftError in-use when a NAT gateway has the address: it keeps it until it is deleted, as in AWS */
function requireNoNatGateway(draft: Draft, elasticIp: ResourceOf<'elastic-ip'>): void {
  for (const { id } of draft.view.referrers(elasticIp, 'uses-elastic-ip', 'nat-gateway')) {
    throw new WeftError('in-use', `NAT gateway ${id} uses the address`, {
      field: 'id',
      value: elasticIp.id,
      fix: `Delete ${id} first.`,
    });
  }
}

export const elasticIpOperations: Operations<'elastic-ip'> = {
  kind: 'elastic-ip',
  create(draft, { spec, tags }) {
    const { externalNetworkId, address, networkInterfaceId } = spec as Record<string, string | undefined>;
    const network = chooseExternalNetwork(draft, externalNetworkId);
    const chosen = chooseAddress(draft, network, address);
    if (networkInterfaceId !== undefined) checkInterface(draft, undefined, network.id, networkInterfaceId);
    const elasticIp = draft.create('elastic-ip', {
      spec: {
        externalNetworkId: network.id,
        address: chosen,
        ...(networkInterfaceId === undefined ? {} : { networkInterfaceId }),
      },
      tags,
    });
    draft.claim(network.id, chosen, elasticIp.id);
    return elasticIp;
  },
  update(draft, current, { spec }) {
    const wanted = spec.networkInterfaceId as string | null | undefined;
    if (wanted === undefined) return draft.update(current, {});
    requireNoNatGateway(draft, current);
    const { networkInterfaceId: _old, ...rest } = current.spec;
    if (wanted !== current.spec.networkInterfaceId) dropPlacement(draft, current.id);
    if (wanted === null) return draft.update(current, { spec: rest });
    checkInterface(draft, current.id, current.spec.externalNetworkId, wanted);
    return draft.update(current, { spec: { ...rest, networkInterfaceId: wanted } });
  },
  remove(draft, elasticIp) {
    requireNoNatGateway(draft, elasticIp);
    if (elasticIp.spec.networkInterfaceId !== undefined) {
      throw new WeftError(
        'in-use',
        `the address is associated with interface ${elasticIp.spec.networkInterfaceId}`,
        { field: 'id', value: elasticIp.id, fix: 'Disassociate it first (networkInterfaceId: null).' },
      );
    }
    draft.release(elasticIp.spec.externalNetworkId, elasticIp.spec.address);
    draft.remove(elasticIp);
  },
};
