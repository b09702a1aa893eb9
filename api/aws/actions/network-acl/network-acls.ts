import type { NetworkAclEntry as Entry, ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { FilterTable } from '../../filters.ts';
import type { NetworkAcl, NetworkAclAssociation, NetworkAclEntry } from '../../model/generated/types.ts';
import { tagList, tagsFor } from '../../tags.ts';
import { relatedId } from '../ids.ts';
import { protocolNumberText } from '../protocols.ts';

type Acl = ResourceOf<'network-acl'>;

/** Ids of associations have the digits of the subnet: each has one ACL. */
const aclAssociationId = (subnetId: string) => relatedId('aclassoc', subnetId);

const isDefault = ({ cloud }: ActionContext, acl: Acl) =>
  cloud.find('vpc', acl.spec.vpcId)?.spec.defaultNetworkAclId === acl.id;

/** Subnets of the ACL; those that name none have the default one. */
function* subnetsOf(context: ActionContext, acl: Acl): Iterable<ResourceOf<'subnet'>> {
  const { cloud } = context;
  if (!isDefault(context, acl)) yield* cloud.referrers('subnet', 'uses-network-acl', acl);
  else {
    for (const subnet of cloud.referrers('subnet', 'in-vpc', { kind: 'vpc', id: acl.spec.vpcId })) {
      if ((subnet.spec.networkAclId ?? acl.id) === acl.id) yield subnet;
    }
  }
}

const associationsOf = (context: ActionContext, acl: Acl): NetworkAclAssociation[] =>
  [...subnetsOf(context, acl)].map(({ id }) => ({
    NetworkAclAssociationId: aclAssociationId(id),
    NetworkAclId: acl.id,
    SubnetId: id,
  }));

function presentEntry(entry: Entry): NetworkAclEntry {
  const { fromPort, toPort, icmpType, icmpCode, protocol } = entry;
  return {
    RuleNumber: entry.number,
    Egress: entry.direction === 'egress',
    RuleAction: entry.action,
    Protocol: protocolNumberText(protocol),
    CidrBlock: entry.cidrIpv4,
    Ipv6CidrBlock: entry.cidrIpv6,
    PortRange: fromPort === undefined ? undefined : { From: fromPort, To: toPort },
    IcmpTypeCode:
      protocol === 'icmp' || protocol === 'icmpv6'
        ? { Type: icmpType ?? -1, Code: icmpCode ?? -1 }
        : undefined,
  };
}

/** The entry that every ACL ends with, in each direction. */
const last = (Egress: boolean): NetworkAclEntry => ({
  RuleNumber: 32767,
  Egress,
  RuleAction: 'deny',
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
});

const entriesOf = ({ spec }: Acl): NetworkAclEntry[] => [
  ...spec.entries.map(presentEntry),
  last(true),
  last(false),
];

function present(context: ActionContext, acl: Acl): NetworkAcl {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.spec.vpcId,
    OwnerId: context.account,
    IsDefault: isDefault(context, acl),
    Associations: associationsOf(context, acl),
    Entries: entriesOf(acl),
    Tags: tagList(acl.tags),
  };
}

export const createNetworkAcl = define({
  action: 'CreateNetworkAcl',
  supports: ['VpcId', 'TagSpecifications'],
  refusals: { 'quota-exceeded': 'NetworkAclLimitExceeded' },
  async handle(context, { VpcId: vpcId, TagSpecifications: specifications }) {
    context.cloud.require('vpc', vpcId);
    const tags = tagsFor('network-acl', specifications);
    return {
      NetworkAcl: present(context, await context.cloud.create('network-acl', { spec: { vpcId }, tags })),
    };
  },
});

type Look = FilterTable<Acl, ActionContext>[string];
const association =
  (look: (one: NetworkAclAssociation) => string | undefined): Look =>
  (acl, context) =>
    associationsOf(context, acl).map(look);
const entry =
  (look: (one: NetworkAclEntry) => string | number | boolean | undefined): Look =>
  (acl) =>
    entriesOf(acl).map(look);

export const describeNetworkAcls = describe({
  action: 'DescribeNetworkAcls',
  kind: 'network-acl',
  ids: 'NetworkAclIds',
  result: 'NetworkAcls',
  filters: {
    'network-acl-id': ({ id }) => id,
    'vpc-id': ({ spec }) => spec.vpcId,
    'owner-id': ({ account }) => account,
    default: (acl, context) => isDefault(context, acl),
    'association.association-id': association((one) => one.NetworkAclAssociationId),
    'association.network-acl-id': association((one) => one.NetworkAclId),
    'association.subnet-id': association((one) => one.SubnetId),
    'entry.cidr': entry((one) => one.CidrBlock),
    'entry.ipv6-cidr': entry((one) => one.Ipv6CidrBlock),
    'entry.egress': entry((one) => one.Egress),
    'entry.protocol': entry((one) => one.Protocol),
    'entry.rule-action': entry((one) => one.RuleAction),
    'entry.rule-number': entry((one) => one.RuleNumber),
    'entry.port-range.from': entry((one) => one.PortRange?.From),
    'entry.port-range.to': entry((one) => one.PortRange?.To),
    'entry.icmp.type': entry((one) => one.IcmpTypeCode?.Type),
    'entry.icmp.code': entry((one) => one.IcmpTypeCode?.Code),
  },
  indexed: { 'network-acl-id': ['id'], 'vpc-id': ['spec.vpcId'] },
  present,
});

export const deleteNetworkAcl = define({
  action: 'DeleteNetworkAcl',
  supports: ['NetworkAclId'],
  async handle(context, { NetworkAclId: id }) {
    const acl = context.cloud.require('network-acl', id);
    if (isDefault(context, acl)) {
      throw new AwsError('InvalidParameterValue', `cannot delete default network ACL ${id}`);
    }
    await context.cloud.remove('network-acl', id);
    return undefined;
  },
});

export const replaceNetworkAclAssociation = define({
  action: 'ReplaceNetworkAclAssociation',
  supports: ['AssociationId', 'NetworkAclId'],
  async handle(context, { AssociationId: id, NetworkAclId: aclId }) {
    const { cloud } = context;
    const subnet = id.startsWith('aclassoc-') ? cloud.find('subnet', relatedId('subnet', id)) : undefined;
    if (!subnet) {
      throw new AwsError(
        'InvalidAssociationID.NotFound',
        `The association ID '${id.slice(0, 100)}' does not exist`,
      );
    }
    const acl = cloud.require('network-acl', aclId);
    if (acl.spec.vpcId !== subnet.spec.vpcId) {
      throw new AwsError(
        'InvalidParameterValue',
        `Network ACL ${aclId} and ${subnet.id} belong to different networks`,
      );
    }
    await cloud.update('subnet', subnet.id, {
      spec: { networkAclId: isDefault(context, acl) ? null : aclId },
    });
    return { NewAssociationId: id };
  },
});
