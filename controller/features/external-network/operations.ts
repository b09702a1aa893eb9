import {
  type AddressRange,
  contains,
  type ExternalNetworkSpec,
  parseAddress,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

/** The named external network, or the only one there is. */
export function chooseExternalNetwork(draft: Draft, id: string | undefined): ResourceOf<'external-network'> {
  const field = 'spec.externalNetworkId';
  if (id !== undefined) return referenced(draft, 'external-network', id, field);
  const networks = [...draft.view.all('external-network')];
  const [only] = networks;
  if (only && networks.length === 1) {
    draft.depend(only);
    return only;
  }
  throw new WeftError(
    'missing-field',
    `${networks.length === 0 ? 'there is no external network' : 'there are several external networks'}`,
    {
      field,
      fix:
        networks.length === 0
          ? 'The operator makes one with POST /v1/external-networks.'
          : `Name one of ${networks.map((network) => network.id).join(', ')}.`,
    },
  );
}

function checkSpec(spec: ExternalNetworkSpec): void {
  const network = parseCidr(spec.cidrBlock, 'spec.cidrBlock');
  const inside = (text: string, field: string): number => {
    const address = parseAddress(text, field);
    if (contains(network, address)) return address;
    throw new WeftError('address-outside', `${text} is not inside ${spec.cidrBlock}`, {
      field,
      value: text,
      fix: `Choose an address of ${spec.cidrBlock}.`,
    });
  };
  if (spec.gateway !== undefined) inside(spec.gateway, 'spec.gateway');
  for (const [index, { first, last }] of spec.addressRanges.entries()) {
    const field = `spec.addressRanges[${index}]`;
    if (inside(first, `${field}.first`) > inside(last, `${field}.last`)) {
      throw new WeftError('invalid-value', 'the first address of the range is above the last one', {
        field,
        value: `${first}-${last}`,
        fix: 'Exchange the two.',
      });
    }
  }
}

/** True when one of the ranges has the address. */
export function inRanges(ranges: readonly AddressRange[], address: number): boolean {
  return ranges.some(
    ({ first, last }) => parseAddress(first, 'first') <= address && address <= parseAddress(last, 'last'),
  );
}

export const externalNetworkOperations: Operations<'external-network'> = {
  kind: 'external-network',
  create(draft, { spec, tags }) {
    const wanted = spec as ExternalNetworkSpec;
    checkSpec(wanted);
    for (const other of draft.view.all('external-network')) {
      if (other.spec.name !== wanted.name) continue;
      throw new WeftError('already-exists', `external network ${other.id} has this name`, {
        field: 'spec.name',
        value: wanted.name,
        fix: 'Choose another name, or use that network.',
      });
    }
    return draft.create('external-network', { spec: wanted, tags });
  },
  update(draft, current, { spec }) {
    const wanted = { ...current.spec, ...(spec as Partial<ExternalNetworkSpec>) };
    checkSpec(wanted);
    for (const elasticIp of draft.view.referrers(current, 'in-external-network', 'elastic-ip')) {
      if (inRanges(wanted.addressRanges, parseAddress(elasticIp.spec.address, 'address'))) continue;
      throw new WeftError(
        'in-use',
        `elastic IP ${elasticIp.spec.address} (${elasticIp.id}) would be outside of every range`,
        {
          field: 'spec.addressRanges',
          value: wanted.addressRanges,
          fix: 'Keep the address in a range, or release it first.',
        },
      );
    }
    return draft.update(current, { spec: wanted });
  },
  remove(draft, network) {
    refuseWhileUsed(draft, network, 'in-external-network', 'internet-gateway');
    refuseWhileUsed(draft, network, 'in-external-network', 'elastic-ip');
    draft.remove(network);
  },
};
