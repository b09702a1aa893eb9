import type { ResourceOf, SecurityGroupRuleSpec } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { AwsError } from '../../errors.ts';
import type { IpPermission, UserIdGroupPair } from '../../model/generated/types.ts';
import { protocolOf } from '../protocols.ts';
import { canonicalBlock } from '../vpc/canonical-block.ts';

type Direction = SecurityGroupRuleSpec['direction'];
/** A rule without its group and direction. */
export type Permission = Omit<SecurityGroupRuleSpec, 'groupId' | 'direction'>;

/** The parameters of old clients, which give one permission in the request itself. */
export interface FlatPermission {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

function protocolNamed(text: string | undefined): SecurityGroupRuleSpec['protocol'] {
  if (text === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipProtocol');
  }
  const protocol = protocolOf(text);
  if (protocol !== undefined) return protocol;
  throw new AwsError(
    'InvalidPermission.Malformed',
    `Unsupported IP protocol "${text.slice(0, 50)}" - supported: [tcp, udp, icmp, -1, 0 to 255]`,
  );
}

type Service = Pick<Permission, 'protocol' | 'fromPort' | 'toPort' | 'icmpType' | 'icmpCode'>;

/** Ports mean type and code for ICMP; -1 is any. */
function serviceOf({ IpProtocol, FromPort: from, ToPort: to }: FlatPermission): Service {
  const protocol = protocolNamed(IpProtocol);
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    return {
      protocol,
      ...(from === undefined || from === -1 ? {} : { icmpType: from }),
      ...(to === undefined || to === -1 ? {} : { icmpCode: to }),
    };
  }
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol };
  if (from === undefined || to === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameters fromPort and toPort');
  }
  const whole = from === -1 && to === -1;
  if (!whole && (from < 0 || to > 65535 || from > to)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value for portRange: ${from}-${to}. Ports are from 0 to 65535.`,
    );
  }
  return whole ? { protocol, fromPort: 0, toPort: 65535 } : { protocol, fromPort: from, toPort: to };
}

/** The group that a pair names: by id, or by its name in the VPC. Of another account's, only the controller knows it. */
function peerOf(context: ActionContext, group: ResourceOf<'security-group'>, pair: UserIdGroupPair): string {
  const { GroupId: id, GroupName: name, UserId: owner } = pair;
  if (owner !== undefined && owner !== context.account) {
    if (id !== undefined) return id;
    throw new AwsError('InvalidGroup.NotFound', `The security group '${name ?? ''}' does not exist`);
  }
  if (id !== undefined) return context.cloud.require('security-group', id).id;
  for (const other of groupsOfVpc(context, group.spec.vpcId)) if (other.spec.name === name) return other.id;
  throw new AwsError('InvalidGroup.NotFound', `The security group '${name ?? ''}' does not exist`);
}

export const groupsOfVpc = ({ cloud }: ActionContext, vpcId: string) =>
  cloud.referrers('security-group', 'in-vpc', { kind: 'vpc', id: vpcId });

const described = (text: string | undefined) =>
  text === undefined || text === '' ? {} : { description: text };

/**
 * The rules that a request means: a permission of several networks and groups is that many rules.
 * @throws AwsError InvalidParameterValue for the same rule twice
 */
export function permissionsOf(
  context: ActionContext,
  group: ResourceOf<'security-group'>,
  list: readonly IpPermission[] | undefined,
  flat: FlatPermission,
): Permission[] {
  const permissions = [...(list ?? []), ...flatList(flat)].flatMap((permission): Permission[] => {
    const service = serviceOf(permission);
    const peers = [
      ...(permission.IpRanges ?? []).map(({ CidrIp: cidr, Description }) => ({
        cidrIpv4: canonicalBlock(cidr ?? ''),
        ...described(Description),
      })),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6: cidr = '', Description }) => ({
        cidrIpv6: canonicalBlock(cidr),
        ...described(Description),
      })),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId: id = '', Description }) => ({
        prefixListId: context.cloud.require('prefix-list', id).id,
        ...described(Description),
      })),
      ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
        referencedGroupId: peerOf(context, group, pair),
        ...described(pair.Description),
      })),
    ];
    if (peers.length === 0) {
      throw new AwsError('MissingParameter', 'Either a network or a group must be given');
    }
    return peers.map((peer) => ({ ...service, ...peer }));
  });
  if (permissions.length === 0) {
    throw new AwsError('MissingParameter', 'Either ipPermissions or a permission of its own must be given');
  }
  const keys = permissions.map(permissionKey);
  if (new Set(keys).size < keys.length) {
    throw new AwsError('InvalidParameterValue', 'The same permission must not appear multiple times');
  }
  return permissions;
}

function flatList(flat: FlatPermission): IpPermission[] {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: source } = flat;
  const UserId = flat.SourceSecurityGroupOwnerId;
  if (source !== undefined) {
    return [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupName: source, UserId }] }];
  }
  if (IpProtocol === undefined && CidrIp === undefined) return [];
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}

/** What makes two rules of a group and direction the same. */
export function permissionKey(permission: Permission): string {
  const {
    protocol,
    fromPort,
    toPort,
    icmpType,
    icmpCode,
    cidrIpv4,
    cidrIpv6,
    prefixListId,
    referencedGroupId,
  } = permission;
  const peer = [cidrIpv4, cidrIpv6, prefixListId, referencedGroupId];
  return JSON.stringify([protocol, fromPort, toPort, icmpType, icmpCode, ...peer]);
}

/** Rules of a group in a direction. */
export function* rulesOf(
  { cloud }: ActionContext,
  group: { readonly id: string },
  direction?: Direction,
): Iterable<ResourceOf<'security-group-rule'>> {
  const target = { kind: 'security-group', id: group.id } as const;
  for (const rule of cloud.referrers('security-group-rule', 'of-group', target)) {
    if (direction === undefined || rule.spec.direction === direction) yield rule;
  }
}
