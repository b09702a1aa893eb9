import {
  contains,
  derivedMac,
  formatIpv4,
  formatMac,
  identityId,
  isReservedAddress,
  lastAddress,
  newId,
  parseAddress,
  parseCidr,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { referenced, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { dropPlacement } from '../placement/operations.ts';
import { requireRoomAsPeer } from '../security-group/limits.ts';
import { assignIpv6Addresses, type WantedIpv6 } from './ipv6-addresses.ts';

interface Wanted extends WantedIpv6 {
  readonly subnetId: string;
  readonly privateAddress?: string;
  readonly macAddress?: string;
  readonly securityGroupIds?: readonly string[];
  readonly description?: string;
  readonly instanceId?: string;
}

/** For addresses whose interface is gone: what they wait for. */
function whyHeld(draft: Draft, subnetId: string, address: string): string {
  const hostIds = draft.get('address-claim', `${subnetId}/${address}`)?.spec.hostIds ?? [];
  if (hostIds.length === 0) return '';
  return `Its interface was deleted; it is free when host ${hostIds.join(' and ')} has confirmed.`;
}

/** The asked-for address, checked, or the lowest free one. */
export function chooseAddress(
  draft: Draft,
  subnet: ResourceOf<'subnet'>,
  wanted: string | undefined,
): string {
  const field = 'spec.privateAddress';
  const network = parseCidr(subnet.spec.cidrBlock, field);
  if (wanted !== undefined) {
    const address = parseAddress(wanted, field);
    const fix = `Choose an address of ${subnet.spec.cidrBlock} that is not among its first four or its last one.`;
    if (!contains(network, address) || isReservedAddress(network, address)) {
      const problem = contains(network, address) ? 'is reserved in' : 'is not inside';
      throw new WeftError('address-outside', `${wanted} ${problem} subnet ${subnet.spec.cidrBlock}`, {
        field,
        value: wanted,
        fix,
      });
    }
    if (draft.isClaimed(subnet.id, wanted)) {
      throw new WeftError('address-in-use', `${wanted} belongs to another interface of the subnet`, {
        field,
        value: wanted,
        fix: `Choose another address, or leave it out to get a free one. ${whyHeld(draft, subnet.id, wanted)}`.trim(),
      });
    }
    return wanted;
  }
  const taken = draft.view.countReferrers(subnet, 'in-subnet', 'network-interface');
  // Interfaces mostly fill a subnet from below, so start behind as many as there are and come round once.
  const first = network.address + 4;
  const size = lastAddress(network) - first;
  for (let step = 0; step < size; step++) {
    const address = formatIpv4(first + ((taken + step) % size));
    if (!draft.isClaimed(subnet.id, address)) return address;
  }
  throw new WeftError('no-free-address', `subnet ${subnet.spec.cidrBlock} has no free address`, {
    field: 'spec.subnetId',
    value: subnet.id,
    fix: 'Use another subnet, or delete interfaces that are no longer needed.',
  });
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
  const privateAddress = chooseAddress(draft, subnet, wanted.privateAddress);
  const id = newId('eni');
  draft.claim(subnet.id, privateAddress, id);
  const asked = wanted.ipv6Addresses !== undefined || wanted.ipv6AddressCount !== undefined;
  const ipv6 = asked ? wanted : { ipv6AddressCount: subnet.spec.assignIpv6Address ? 1 : 0 };
  const ipv6Addresses = assignIpv6Addresses(draft, subnet, id, ipv6);
  const { description, instanceId } = wanted;
  const spec = {
    vpcId: vpc.id,
    subnetId: subnet.id,
    privateAddress,
    ...(ipv6Addresses.length === 0 ? {} : { ipv6Addresses: [...ipv6Addresses] }),
    macAddress: wanted.macAddress ?? '',
    securityGroupIds,
    ...(description === undefined ? {} : { description }),
    ...(instanceId === undefined ? {} : { instanceId }),
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

/** Removes an interface with its claims and bindings. Its elastic IP stays with the account, as in AWS. */
export function removeInterface(draft: Draft, networkInterface: ResourceOf<'network-interface'>): void {
  const { subnetId, vpcId, privateAddress, ipv6Addresses = [], macAddress } = networkInterface.spec;
  for (const elasticIp of draft.view.referrers(networkInterface, 'of-interface', 'elastic-ip')) {
    const { networkInterfaceId: _gone, ...rest } = elasticIp.spec;
    draft.update(elasticIp, { spec: rest });
    dropPlacement(draft, elasticIp.id);
  }
  const hostIds: string[] = [];
  for (const binding of draft.view.referrers(networkInterface, 'of-interface', 'binding')) {
    hostIds.push(binding.spec.hostId);
    draft.remove(binding);
  }
  for (const address of [privateAddress, ...ipv6Addresses]) draft.release(subnetId, address, hostIds);
  draft.release(vpcId, macAddress, hostIds);
  draft.remove(networkInterface);
}

function withIpv6(
  draft: Draft,
  current: ResourceOf<'network-interface'>,
  wanted: WantedIpv6,
): ResourceOf<'network-interface'>['spec'] {
  if (wanted.ipv6Addresses === undefined && wanted.ipv6AddressCount === undefined) return current.spec;
  const subnet = referenced(draft, 'subnet', current.spec.subnetId, 'spec.subnetId');
  const { ipv6Addresses: present, ...rest } = current.spec;
  const addresses = assignIpv6Addresses(draft, subnet, current.id, wanted, present);
  return addresses.length === 0 ? rest : { ...rest, ipv6Addresses: [...addresses] };
}

export const networkInterfaceOperations: Operations<'network-interface'> = {
  kind: 'network-interface',
  create: (draft, { spec, tags }) => createInterface(draft, spec as unknown as Wanted, tags),
  update(draft, current, request) {
    const wanted = request.spec as Partial<Wanted>;
    const { securityGroupIds, description } = wanted;
    const spec = {
      ...withIpv6(draft, current, wanted),
      ...(description === undefined ? {} : { description }),
    };
    if (securityGroupIds === undefined) return draft.update(current, { spec });
    const identity = identityOf(draft, current.spec.vpcId, securityGroupIds);
    return draft.update(current, {
      spec: { ...spec, securityGroupIds: [...securityGroupIds] },
      status: { identityId: identity },
    });
  },
  remove(draft, current) {
    if (current.spec.instanceId !== undefined && draft.get('instance', current.spec.instanceId)) {
      throw new WeftError(
        'in-use',
        `interface ${current.id} belongs to instance ${current.spec.instanceId}`,
        {
          field: 'id',
          value: current.id,
          fix: 'Delete the instance; its own interface goes with it.',
        },
      );
    }
    removeInterface(draft, current);
  },
};
