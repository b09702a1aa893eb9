import {
  type AddressRange,
  canonicalIpv6Cidr,
  contains,
  containsIpv6,
  type ExternalNetworkSpec,
  formatIpv6,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { isPublicOn, requireFreeOfVpcs } from '../vpc/ipv6-block.ts';

const linkLocal = parseIpv6Cidr('fe80::/10', 'linkLocal');

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

/** A fixed MAC is that of one machine, and of the gateway: without one it would mean nothing. */
function checkGatewayMac({ gateway, gatewayMac }: ExternalNetworkSpec): void {
  if (gatewayMac === undefined) return;
  const field = 'spec.gatewayMac';
  if (gateway === undefined) {
    throw new WeftError('missing-field', 'gatewayMac is given, and gateway is not', {
      field: 'spec.gateway',
      fix: 'Give the address of the gateway, too.',
    });
  }
  const isGroup = Number.parseInt(gatewayMac.slice(0, 2), 16) & 1;
  if (!isGroup && gatewayMac !== '00:00:00:00:00:00') return;
  throw new WeftError('invalid-value', `${gatewayMac} is not the address of one machine`, {
    field,
    value: gatewayMac,
    fix: "Give the MAC of the gateway's own interface on this network.",
  });
}

function checkIpv6({ ipv6CidrBlock, ipv6Gateway }: ExternalNetworkSpec): void {
  const block = ipv6CidrBlock === undefined ? undefined : parseIpv6Cidr(ipv6CidrBlock, 'spec.ipv6CidrBlock');
  if (block && (block.prefixLength < 16 || block.prefixLength > 55)) {
    throw new WeftError('invalid-value', `${ipv6CidrBlock} must have a prefix length from 16 to 55`, {
      field: 'spec.ipv6CidrBlock',
      value: ipv6CidrBlock,
      fix: 'Give the network that VPCs get their /56 from, such as 2001:db8::/40.',
    });
  }
  if (ipv6Gateway === undefined) return;
  const field = 'spec.ipv6Gateway';
  const address = parseIpv6Address(ipv6Gateway, field);
  if (containsIpv6(linkLocal, address)) return;
  if (block && containsIpv6({ ...block, prefixLength: 56 }, address)) return;
  throw new WeftError(
    'address-outside',
    `${ipv6Gateway} is neither link-local nor of the network's own /56`,
    {
      field,
      value: ipv6Gateway,
      fix: 'Give a link-local address, or one of the first /56 of ipv6CidrBlock, which no VPC gets.',
    },
  );
}

/** The specification with its IPv6 addresses in canonical form. */
function canonical(spec: ExternalNetworkSpec): ExternalNetworkSpec {
  const { ipv6CidrBlock, ipv6Gateway } = spec;
  return {
    ...spec,
    ...(ipv6CidrBlock === undefined
      ? {}
      : { ipv6CidrBlock: canonicalIpv6Cidr(ipv6CidrBlock, 'spec.ipv6CidrBlock') }),
    ...(ipv6Gateway === undefined
      ? {}
      : { ipv6Gateway: formatIpv6(parseIpv6Address(ipv6Gateway, 'spec.ipv6Gateway')) }),
  };
}

function checkSpec(spec: ExternalNetworkSpec): void {
  checkGatewayMac(spec);
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
  checkIpv6(spec);
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

/** @throws WeftError in-use while VPCs have their IPv6 blocks from the network */
function requireUnusedBlock(draft: Draft, network: ResourceOf<'external-network'>): void {
  for (const vpc of draft.view.all('vpc')) {
    if (!isPublicOn(network, vpc)) continue;
    throw new WeftError('in-use', `VPC ${vpc.id} has ${vpc.spec.ipv6CidrBlock} of the network`, {
      field: 'id',
      value: network.id,
      fix: 'Take the IPv6 blocks of such VPCs away first (ipv6CidrBlock: null).',
    });
  }
}

export const externalNetworkOperations: Operations<'external-network'> = {
  kind: 'external-network',
  create(draft, { spec, tags }) {
    const wanted = canonical(spec as ExternalNetworkSpec);
    checkSpec(wanted);
    if (wanted.ipv6CidrBlock !== undefined) requireFreeOfVpcs(draft, wanted.ipv6CidrBlock);
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
    const wanted = canonical({ ...current.spec, ...(spec as Partial<ExternalNetworkSpec>) });
    checkSpec(wanted);
    if (wanted.ipv6CidrBlock !== undefined && wanted.ipv6CidrBlock !== current.spec.ipv6CidrBlock) {
      const old = current.spec.ipv6CidrBlock;
      if (old !== undefined) requireFreeOfVpcs(draft, old, current.id);
      requireFreeOfVpcs(draft, wanted.ipv6CidrBlock, current.id);
    }
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
    refuseWhileUsed(draft, network, 'in-external-network', 'egress-only-internet-gateway');
    refuseWhileUsed(draft, network, 'in-external-network', 'elastic-ip');
    if (network.spec.ipv6CidrBlock !== undefined) requireUnusedBlock(draft, network);
    draft.remove(network);
  },
};
