import {
  canonicalIpv6Cidr,
  containsNetwork,
  ipv4BlocksOf,
  overlaps,
  parseCidr,
  type ResourceOf,
  type SubnetSpec,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { requireBlockSize } from '../vpc/ipv4-blocks.ts';
import { chooseIpv6Block, requireNoIpv6Interfaces } from './ipv6-block.ts';

const field = 'spec.cidrBlock';

/** The zone of the first host, so that an installation with one zone never needs to name it. */
function defaultZone(draft: Draft): string {
  for (const host of draft.view.all('host')) return host.spec.zone;
  return 'zone-a';
}

/** What a subnet may have of its own instead of its VPC's. */
const associations = { routeTableId: 'route-table', networkAclId: 'network-acl' } as const;
type Association = keyof typeof associations;

/** What the request associates, checked; null goes back to the VPC's, as absence does at the start. */
function associated(draft: Draft, vpcId: string, spec: Readonly<Record<string, unknown>>) {
  const result: { [A in Association]?: string | null } = {};
  for (const name of Object.keys(associations) as Association[]) {
    const id = spec[name] as string | null | undefined;
    if (id === undefined) continue;
    const at = `spec.${name}`;
    if (id !== null) requireSameVpc(vpcId, referenced(draft, associations[name], id, at), at);
    result[name] = id;
  }
  return result;
}

interface Ipv6Changes {
  readonly ipv6CidrBlock?: string | null;
  readonly assignIpv6Address?: boolean | null;
}

/** What the request changes of IPv6, checked; null takes away. Who takes the block away means its assigning, too. */
function ipv6Changes(draft: Draft, subnet: ResourceOf<'subnet'>, wanted: Ipv6Changes): Ipv6Changes {
  const { ipv6CidrBlock } = wanted;
  const block = ipv6CidrBlock === undefined ? undefined : changedBlock(draft, subnet, ipv6CidrBlock);
  const after = block === undefined ? subnet.spec.ipv6CidrBlock : block;
  requireBlockForAssigning(after, wanted.assignIpv6Address);
  return {
    ...(block === undefined ? {} : { ipv6CidrBlock: block }),
    ...(block === null ? { assignIpv6Address: null } : {}),
  };
}

function requireBlockForAssigning(
  block: string | null | undefined,
  assign: boolean | null | undefined,
): void {
  if (!assign || typeof block === 'string') return;
  throw new WeftError('wrong-state', 'the subnet has no IPv6 block from which to assign addresses', {
    field: 'spec.assignIpv6Address',
    value: assign,
    fix: 'Give it one in the same request (ipv6CidrBlock: auto).',
  });
}

function changedBlock(draft: Draft, subnet: ResourceOf<'subnet'>, wanted: string | null): string | null {
  const { ipv6CidrBlock, vpcId } = subnet.spec;
  if (wanted === null) {
    requireNoIpv6Interfaces(draft, subnet);
    return null;
  }
  if (ipv6CidrBlock === undefined) {
    return chooseIpv6Block(draft, referenced(draft, 'vpc', vpcId, 'spec.vpcId'), wanted);
  }
  if (wanted === 'auto' || canonicalIpv6Cidr(wanted, 'spec.ipv6CidrBlock') === ipv6CidrBlock)
    return ipv6CidrBlock;
  throw new WeftError('wrong-state', `the subnet has ${ipv6CidrBlock}`, {
    field: 'spec.ipv6CidrBlock',
    value: wanted,
    fix: 'Take that one away first (ipv6CidrBlock: null).',
  });
}

/** Subnets: each inside one of their VPC's blocks, beside each other. */
export const subnetOperations: Operations<'subnet'> = {
  kind: 'subnet',
  create(draft, { spec, tags }) {
    const { cidrBlock, ipv6CidrBlock, assignIpv6Address, zone, mapPublicIpOnLaunch } = spec as {
      cidrBlock: string;
      ipv6CidrBlock?: string;
      assignIpv6Address?: boolean;
      zone?: string;
      mapPublicIpOnLaunch?: boolean;
    };
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const network = parseCidr(cidrBlock, field);
    requireBlockSize(network, field, cidrBlock);
    const blocks = ipv4BlocksOf(vpc);
    if (!blocks.some((block) => containsNetwork(parseCidr(block, field), network))) {
      throw new WeftError('address-outside', `${cidrBlock} is not inside the VPC's ${blocks.join(', ')}`, {
        field,
        value: cidrBlock,
        fix: `Choose a block inside ${blocks.join(' or ')}.`,
      });
    }
    for (const other of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
      if (overlaps(network, parseCidr(other.spec.cidrBlock, field))) {
        throw new WeftError(
          'overlap',
          `${cidrBlock} overlaps ${other.spec.cidrBlock} of subnet ${other.id}`,
          {
            field,
            value: cidrBlock,
            fix: `Choose a block of ${blocks.join(' or ')} that no other subnet has.`,
          },
        );
      }
    }
    requireBlockForAssigning(ipv6CidrBlock, assignIpv6Address);
    return draft.create('subnet', {
      spec: {
        vpcId: vpc.id,
        cidrBlock,
        ...(ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock: chooseIpv6Block(draft, vpc, ipv6CidrBlock) }),
        ...(assignIpv6Address === undefined ? {} : { assignIpv6Address }),
        zone: zone ?? defaultZone(draft),
        ...(associated(draft, vpc.id, spec) as { [A in Association]?: string }),
        ...(mapPublicIpOnLaunch === undefined ? {} : { mapPublicIpOnLaunch }),
      },
      tags,
    });
  },
  update(draft, current, { spec }) {
    const { routeTableId: _table, networkAclId: _acl, ...attributes } = spec;
    const wanted = {
      ...associated(draft, current.spec.vpcId, spec),
      ...ipv6Changes(draft, current, spec as Ipv6Changes),
    };
    const changed = Object.entries({ ...current.spec, ...attributes, ...wanted });
    const kept = changed.filter(([, value]) => value !== null);
    return draft.update(current, { spec: Object.fromEntries(kept) as unknown as SubnetSpec });
  },
  remove(draft, subnet) {
    refuseWhileUsed(draft, subnet, 'in-subnet', 'network-interface');
    refuseWhileUsed(draft, subnet, 'in-subnet', 'nat-gateway');
    draft.remove(subnet);
  },
};
