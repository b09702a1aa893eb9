import {
  derivedMac,
  formatMac,
  identityId,
  newId,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { choosePublicAddress, takePublicAddress } from '../elastic-ip/ephemeral.ts';
import { freeUnlistedAddresses, removeBinding } from '../held-address/operations.ts';
import { referenced, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { dropPlacement } from '../placement/operations.ts';
import { requireRoomAsPeer } from '../security-group/limits.ts';
import { type AddressPair, checkAddressPairs, pairedAddresses } from './address-pairs.ts';
import { assignAddresses, type WantedAddresses } from './assigned-addresses.ts';
import { applyAttachment, type WantedAttachment } from './attachment.ts';
import { hostsWith } from './context.ts';
import { chooseAddress } from './private-address.ts';

interface Wanted extends WantedAddresses {
  readonly subnetId: string;
  readonly privateAddress?: string;
  readonly macAddress?: string;
  readonly securityGroupIds?: readonly string[];
  readonly sourceDestinationCheck?: boolean;
  readonly allowedAddressPairs?: readonly AddressPair[];
  readonly description?: string;
  /** Whose primary interface it is to be. */
  readonly instanceId?: string;
}

/** The identity of a set of groups, made when this is its first use. */
function identityOf(draft: Draft, vpcId: string, groupIds: readonly string[]): string {
  for (const [index, groupId] of groupIds.entries()) {
    const field = `spec.securityGroupIds[${index}]`;
    requireSameVpc(vpcId, referenced(draft, 'security-group', groupId, field), field);
  }
  const id = identityId(groupIds);
  const known = draft.get('identity', id);
  // An unused set is removed after a while; the commit must not rely on one that goes at this moment.
  if (known) {
    draft.depend(known);
    return id;
  }
  requireRoomAsPeer(draft, groupIds, 0, 'spec.securityGroupIds');
  draft.create('identity', { id, spec: { vpcId, groupIds: [...groupIds].sort() } });
  return id;
}

/** Makes an interface; also used for instances that bring their own. */
export function createInterface(
  draft: Draft,
  wanted: Wanted,
  tags: Readonly<Record<string, string>>,
): ResourceOf<'network-interface'> {
  const subnet = referenced(draft, 'subnet', wanted.subnetId, 'spec.subnetId');
  const vpc = referenced(draft, 'vpc', subnet.spec.vpcId, 'spec.subnetId');
  const securityGroupIds = [...(wanted.securityGroupIds ?? [vpc.spec.defaultSecurityGroupId])];
  const identity = identityOf(draft, vpc.id, securityGroupIds);
  const { description, instanceId, sourceDestinationCheck } = wanted;
  const pairs = wanted.allowedAddressPairs && checkAddressPairs(wanted.allowedAddressPairs);
  const shared = pairedAddresses(pairs);
  const privateAddress = chooseAddress(draft, subnet, wanted.privateAddress, undefined, shared);
  const id = newId('eni');
  draft.claim(subnet.id, privateAddress, id);
  const asked = wanted.ipv6Addresses !== undefined || wanted.ipv6AddressCount !== undefined;
  const ipv6 = asked ? {} : { ipv6AddressCount: subnet.spec.assignIpv6Address ? 1 : 0 };
  const owner = { id, privateAddress, hostIds: [], shared };
  const addresses = assignAddresses(draft, subnet, owner, { ...wanted, ...ipv6 });
  const spec = {
    vpcId: vpc.id,
    subnetId: subnet.id,
    privateAddress,
    ...addresses,
    macAddress: wanted.macAddress ?? '',
    securityGroupIds,
    ...(sourceDestinationCheck === undefined ? {} : { sourceDestinationCheck }),
    ...(pairs === undefined ? {} : { allowedAddressPairs: pairs }),
    ...(description === undefined ? {} : { description }),
    ...(instanceId === undefined ? {} : { instanceId, deviceIndex: 0, deleteOnTermination: true }),
  };
  const created = draft.create('network-interface', { id, spec, status: { identityId: identity }, tags });
  const macAddress = chooseMac(draft, vpc.id, id, created.number as number, wanted.macAddress);
  return draft.update(created, { spec: { ...spec, macAddress } });
}

/** How every MAC that weft gives out starts. */
const givenMacs = formatMac(derivedMac('interface', 0)).slice(0, '02:57:'.length);

/** A unicast address, and none of those that weft gives out: a later interface or gateway would have the same. */
function requireUsableMac(mac: string): void {
  const refuse = (problem: string, fix: string): never => {
    throw new WeftError('invalid-value', `${mac} ${problem}`, {
      field: 'spec.macAddress',
      value: mac,
      fix,
    });
  };
  if (Number.parseInt(mac.slice(0, 2), 16) & 1) {
    refuse('is a group address', 'Use a unicast MAC: the last bit of its first byte is 0.');
  }
  if (mac === '00:00:00:00:00:00') refuse("is nobody's address", 'Leave it out to get one.');
  if (mac.startsWith(givenMacs)) {
    refuse('is of the range that weft gives out', 'Leave it out to get one, or choose one of another range.');
  }
}

function chooseMac(
  draft: Draft,
  vpcId: string,
  ownerId: string,
  number: number,
  wanted: string | undefined,
): string {
  if (wanted !== undefined) requireUsableMac(wanted);
  const mac = wanted ?? formatMac(derivedMac('interface', number));
  if (draft.isClaimed(vpcId, mac)) {
    throw new WeftError('address-in-use', `${mac} belongs to another interface of the VPC`, {
      field: 'spec.macAddress',
      value: mac,
      fix: 'Choose another MAC, or leave it out to get one.',
    });
  }
  draft.claim(vpcId, mac, ownerId);
  return mac;
}

/** The address stays with the account. */
function disassociate(draft: Draft, elasticIp: ResourceOf<'elastic-ip'>): void {
  const { networkInterfaceId: _gone, privateAddress: _with, ...rest } = elasticIp.spec;
  draft.update(elasticIp, { spec: rest });
  dropPlacement(draft, elasticIp.id);
}

/**
 * Removes an interface with its claims and bindings. As in AWS its elastic IP stays with the account, and routes through it
 * become blackholes.
 */
export function removeInterface(draft: Draft, networkInterface: ResourceOf<'network-interface'>): void {
  const { spec } = networkInterface;
  const { subnetId, vpcId, macAddress } = spec;
  takePublicAddress(draft, networkInterface);
  for (const elasticIp of draft.view.referrers(networkInterface, 'of-interface', 'elastic-ip')) {
    if (!elasticIp.spec.ephemeral) disassociate(draft, elasticIp);
  }
  const hostIds = hostsWith(draft.view, networkInterface);
  for (const binding of [...draft.view.referrers(networkInterface, 'of-interface', 'binding')]) {
    removeBinding(draft, binding);
  }
  const { privateAddress, secondaryPrivateAddresses = [], ipv6Addresses = [] } = spec;
  const { ipv4Prefixes = [], ipv6Prefixes = [] } = spec;
  const addresses = [privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses];
  for (const one of [...addresses, ...ipv4Prefixes, ...ipv6Prefixes]) draft.release(subnetId, one, hostIds);
  draft.release(vpcId, macAddress, hostIds);
  draft.remove(networkInterface);
}

/** AWS, "Secondary IP addresses": when one is unassigned, its elastic IP is disassociated. */
function disassociateGone(
  draft: Draft,
  networkInterface: ResourceOf<'network-interface'>,
  kept: readonly string[],
): void {
  for (const elasticIp of draft.view.referrers(networkInterface, 'of-interface', 'elastic-ip')) {
    const { privateAddress } = elasticIp.spec;
    if (privateAddress !== undefined && !kept.includes(privateAddress)) disassociate(draft, elasticIp);
  }
}

const addressFields = [
  'secondaryPrivateAddresses',
  'secondaryPrivateAddressCount',
  'ipv4Prefixes',
  'ipv4PrefixCount',
  'ipv6Addresses',
  'ipv6AddressCount',
  'ipv6Prefixes',
  'ipv6PrefixCount',
] as const;

/** The spec with other addresses, where they are asked for. */
function withAddresses(
  draft: Draft,
  current: ResourceOf<'network-interface'>,
  wanted: WantedAddresses & Pick<Partial<Wanted>, 'allowedAddressPairs'>,
): ResourceOf<'network-interface'>['spec'] {
  const asks = addressFields.some((field) => wanted[field] !== undefined);
  if (!asks) return current.spec;
  const { secondaryPrivateAddresses, ipv4Prefixes, ipv6Addresses, ipv6Prefixes, ...rest } = current.spec;
  const subnet = referenced(draft, 'subnet', rest.subnetId, 'spec.subnetId');
  const owner = {
    id: current.id,
    privateAddress: rest.privateAddress,
    hostIds: hostsWith(draft.view, current),
    shared: pairedAddresses(wanted.allowedAddressPairs && checkAddressPairs(wanted.allowedAddressPairs)),
  };
  const assigned = assignAddresses(draft, subnet, owner, wanted, current.spec);
  disassociateGone(draft, current, assigned.secondaryPrivateAddresses ?? []);
  return { ...rest, ...assigned };
}

type Change = Omit<Partial<Wanted>, 'instanceId'> &
  WantedAttachment & { readonly associatePublicAddress?: boolean };

export const networkInterfaceOperations: Operations<'network-interface'> = {
  kind: 'network-interface',
  create: (draft, { spec, tags }) => createInterface(draft, spec as unknown as Wanted, tags),
  update(draft, current, request) {
    const { instanceId, deviceIndex, deleteOnTermination, associatePublicAddress, ...wanted } =
      request.spec as Change;
    const { securityGroupIds, description, sourceDestinationCheck, allowedAddressPairs } = wanted;
    const spec = {
      ...withAddresses(draft, current, wanted),
      ...(description === undefined ? {} : { description }),
      ...(sourceDestinationCheck === undefined ? {} : { sourceDestinationCheck }),
      ...(allowedAddressPairs === undefined
        ? {}
        : { allowedAddressPairs: checkAddressPairs(allowedAddressPairs) }),
    };
    let updated = draft.update(current, { spec });
    if (securityGroupIds !== undefined) {
      const identity = identityOf(draft, current.spec.vpcId, securityGroupIds);
      updated = draft.update(updated, {
        spec: { ...spec, securityGroupIds: [...securityGroupIds] },
        status: { identityId: identity },
      });
    }
    freeUnlistedAddresses(draft, updated);
    const attached = applyAttachment(draft, updated, { instanceId, deviceIndex, deleteOnTermination });
    if (associatePublicAddress === undefined) return attached;
    return choosePublicAddress(draft, attached, associatePublicAddress);
  },
  remove(draft, current) {
    if (current.spec.instanceId !== undefined && draft.get('instance', current.spec.instanceId)) {
      throw new WeftError(
        'in-use',
        `interface ${current.id} belongs to instance ${current.spec.instanceId}`,
        {
          field: 'id',
          value: current.id,
          fix: 'Detach it first (instanceId: null); the primary one goes with the instance.',
        },
      );
    }
    removeInterface(draft, current);
  },
};
