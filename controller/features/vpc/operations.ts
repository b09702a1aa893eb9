import { newId, parseCidr } from '../../resources/index.ts';
import { createDefaultAcl } from '../network-acl/operations.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { addDefaultEgressRules, addRule, removeGroup } from '../security-group/operations.ts';
import { removeConnectionsOf } from '../vpc-peering-connection/operations.ts';
import { changeSecondaryBlocks, requireCompatible, requireOrdinaryBlock } from './ipv4-blocks.ts';
import { changeIpv6Block, releaseIpv6Block, takeIpv6Block } from './ipv6-block.ts';

function requireDhcpOptions(draft: Draft, id: string | undefined): void {
  if (id !== undefined) referenced(draft, 'dhcp-options', id, 'spec.dhcpOptionsId');
}

/**
 * A VPC comes with a main route table, a network ACL that allows everything, and a default security group, whose
 * members reach each other and everything.
 */
export const vpcOperations: Operations<'vpc'> = {
  kind: 'vpc',
  create(draft, { spec, tags }) {
    const {
      cidrBlock,
      secondaryCidrBlocks: secondary = [],
      ipv6CidrBlock: wanted,
      defaultSecurityGroupRules: withRules = true,
      ...attributes
    } = spec as {
      cidrBlock: string;
      secondaryCidrBlocks?: string[];
      ipv6CidrBlock?: string;
      defaultSecurityGroupRules?: boolean;
      dhcpOptionsId?: string;
    };
    requireDhcpOptions(draft, attributes.dhcpOptionsId);
    requireOrdinaryBlock(parseCidr(cidrBlock, 'spec.cidrBlock'), 'spec.cidrBlock', cidrBlock);
    requireCompatible(cidrBlock, secondary);
    const vpcId = newId('vpc');
    const ipv6CidrBlock = wanted === undefined ? undefined : takeIpv6Block(draft, vpcId, wanted);
    const group = draft.create('security-group', {
      spec: { vpcId, name: 'default', description: 'default VPC security group' },
    });
    const table = draft.create('route-table', { spec: { vpcId, routes: [] } });
    const acl = createDefaultAcl(draft, vpcId, wanted !== undefined);
    const vpc = draft.create('vpc', {
      id: vpcId,
      spec: {
        cidrBlock,
        ...(secondary.length > 0 ? { secondaryCidrBlocks: secondary } : {}),
        ...(ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock }),
        defaultSecurityGroupId: group.id,
        mainRouteTableId: table.id,
        defaultNetworkAclId: acl.id,
        ...attributes,
      },
      tags,
    });
    if (!withRules) return vpc;
    addRule(draft, vpcId, {
      groupId: group.id,
      direction: 'ingress',
      protocol: 'all',
      referencedGroupId: group.id,
    });
    addDefaultEgressRules(draft, vpc, group.id);
    return vpc;
  },
  update(draft, current, { spec }) {
    const { secondaryCidrBlocks, ipv6CidrBlock, dhcpOptionsId, ...attributes } = spec as {
      secondaryCidrBlocks?: readonly string[];
      ipv6CidrBlock?: string | null;
      dhcpOptionsId?: string | null;
    };
    const field = 'spec.mainRouteTableId';
    if (spec.mainRouteTableId !== undefined) {
      const table = referenced(draft, 'route-table', spec.mainRouteTableId as string, field);
      requireSameVpc(current.id, table, field);
    }
    const { dhcpOptionsId: present, ...rest } = current.spec;
    const wanted = dhcpOptionsId === undefined ? present : (dhcpOptionsId ?? undefined);
    if (wanted !== present) requireDhcpOptions(draft, wanted);
    const chosen = wanted === undefined ? {} : { dhcpOptionsId: wanted };
    let updated = draft.update(current, { spec: { ...rest, ...chosen, ...attributes } });
    if (secondaryCidrBlocks) updated = changeSecondaryBlocks(draft, updated, secondaryCidrBlocks);
    return ipv6CidrBlock === undefined ? updated : changeIpv6Block(draft, updated, ipv6CidrBlock);
  },
  remove(draft, vpc) {
    refuseWhileUsed(draft, vpc, 'in-vpc', 'subnet');
    refuseWhileUsed(draft, vpc, 'in-vpc', 'internet-gateway');
    refuseWhileUsed(draft, vpc, 'in-vpc', 'egress-only-internet-gateway');
    for (const group of draft.view.referrers(vpc, 'in-vpc', 'security-group')) {
      if (group.id !== vpc.spec.defaultSecurityGroupId)
        refuseWhileUsed(draft, vpc, 'in-vpc', 'security-group');
    }
    for (const table of draft.view.referrers(vpc, 'in-vpc', 'route-table')) {
      if (table.id !== vpc.spec.mainRouteTableId) refuseWhileUsed(draft, vpc, 'in-vpc', 'route-table');
      draft.remove(table);
    }
    for (const acl of draft.view.referrers(vpc, 'in-vpc', 'network-acl')) {
      if (acl.id !== vpc.spec.defaultNetworkAclId) refuseWhileUsed(draft, vpc, 'in-vpc', 'network-acl');
      draft.remove(acl);
    }
    removeConnectionsOf(draft, vpc);
    const group = draft.get('security-group', vpc.spec.defaultSecurityGroupId);
    if (group) removeGroup(draft, group);
    releaseIpv6Block(draft, vpc);
    draft.remove(vpc);
  },
};
