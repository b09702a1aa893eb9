import {
  containsIpv6Network,
  formatIpv6Cidr,
  parseIpv6Cidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from '../operations/draft.ts';

const field = 'spec.ipv6CidrBlock';
const prefixLength = 64;

function vpcBlock(vpc: ResourceOf<'vpc'>, wanted: string): string {
  if (vpc.spec.ipv6CidrBlock !== undefined) return vpc.spec.ipv6CidrBlock;
  throw new WeftError('wrong-state', `VPC ${vpc.id} has no IPv6 block`, {
    field,
    value: wanted,
    fix: 'Give the VPC one first (ipv6CidrBlock: auto).',
  });
}

/** The IPv6 block of a new or changed subnet: a /64 of the VPC's that no other subnet has, or the lowest free one. */
export function chooseIpv6Block(draft: Draft, vpc: ResourceOf<'vpc'>, wanted: string): string {
  const text = vpcBlock(vpc, wanted);
  const outer = parseIpv6Cidr(text, field);
  const taken = new Map<string, string>();
  for (const { id, spec } of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
    if (spec.ipv6CidrBlock !== undefined) taken.set(spec.ipv6CidrBlock, id);
  }
  if (wanted === 'auto') {
    for (let index = 0n; index < 256n; index++) {
      const candidate = formatIpv6Cidr({ address: outer.address + (index << 64n), prefixLength });
      if (!taken.has(candidate)) return candidate;
    }
    throw new WeftError('no-free-address', `${text} has no free /64`, {
      field,
      value: wanted,
      fix: 'Take the block of another subnet away, or use another VPC.',
    });
  }
  const block = parseIpv6Cidr(wanted, field);
  if (block.prefixLength !== prefixLength || !containsIpv6Network(outer, block)) {
    throw new WeftError('address-outside', `${wanted} is not a /64 of the VPC's ${text}`, {
      field,
      value: wanted,
      fix: `Choose a /64 of ${text}, or auto.`,
    });
  }
  const canonical = formatIpv6Cidr(block);
  const other = taken.get(canonical);
  if (other === undefined) return canonical;
  throw new WeftError('overlap', `${canonical} is that of subnet ${other}`, {
    field,
    value: wanted,
    fix: `Choose a /64 of ${text} that no other subnet has, or auto.`,
  });
}

/** @throws WeftError in-use while interfaces have addresses or prefixes of the subnet's IPv6 block */
export function requireNoIpv6Interfaces(draft: Draft, subnet: ResourceOf<'subnet'>): void {
  for (const { id, spec } of draft.view.referrers(subnet, 'in-subnet', 'network-interface')) {
    const [first] = [...(spec.ipv6Addresses ?? []), ...(spec.ipv6Prefixes ?? [])];
    if (first === undefined) continue;
    throw new WeftError('in-use', `interface ${id} has ${first}`, {
      field,
      value: null,
      fix: 'Take the IPv6 addresses and prefixes of the interfaces away first (ipv6Addresses: [], ipv6Prefixes: []).',
    });
  }
  for (const { spec } of draft.view.referrers(subnet, 'in-subnet', 'held-address')) {
    if (!spec.address.includes(':')) continue;
    throw new WeftError('in-use', `interface ${spec.networkInterfaceId} holds ${spec.address}`, {
      field,
      value: null,
      fix: 'Take the address out of its allowedAddressPairs first.',
    });
  }
}
