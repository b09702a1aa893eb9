import {
  bindingId,
  hasPublicNames,
  type InstanceRecord,
  internalDomain,
  ipv4BlocksOf,
  privateName,
  publicDomain,
  publicName,
  type ResourceOf,
  type ServiceRecord,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { answersDns, dhcpSettings } from '../dhcp-options/settings.ts';
import { deviceIndexOf } from '../network-interface/attachment.ts';
import type { BoundContext } from '../network-interface/context.ts';

function instanceRecord(
  view: TopologyView,
  { networkInterface, host }: BoundContext,
): InstanceRecord | undefined {
  const instance = instanceOf(view, networkInterface);
  if (!instance) return undefined;
  const { name, imageId, instanceType, userData } = instance.spec;
  const others = otherSlots(view, instance, networkInterface.id, host.id);
  return {
    id: instance.id,
    ...(name === undefined ? {} : { name }),
    ...(imageId === undefined ? {} : { imageId }),
    ...(instanceType === undefined ? {} : { type: instanceType }),
    startedAt: instance.spec.launchedAt ?? instance.createdAt,
    device: deviceIndexOf(instance, networkInterface),
    ...(others.length === 0 ? {} : { others }),
    tags: instance.tags,
    ...(userData === undefined ? {} : { userData }),
  };
}

/** The slots that the other interfaces of an instance have on this host. */
function otherSlots(
  view: TopologyView,
  instance: ResourceOf<'instance'>,
  interfaceId: string,
  hostId: string,
): number[] {
  const others = instance.spec.networkInterfaceIds.filter((id) => id !== interfaceId);
  return others.flatMap((id) => {
    return view.get('binding', bindingId(hostId, id))?.spec.zoneSlot ?? [];
  });
}

/** The instance that an interface belongs to. */
export function instanceOf(
  view: TopologyView,
  { spec }: ResourceOf<'network-interface'>,
): ResourceOf<'instance'> | undefined {
  return spec.instanceId === undefined ? undefined : view.get('instance', spec.instanceId);
}

/**
 * The public addresses of an interface, that of its primary address first, and the name of that one. The others in one order,
 * whichever came first.
 */
function publicOf(view: TopologyView, { networkInterface, vpc }: BoundContext) {
  const primary = networkInterface.spec.privateAddress;
  const publicAddresses = [...view.referrers(networkInterface, 'of-interface', 'elastic-ip')]
    .map(({ spec: { address, privateAddress = primary } }) => ({ address, privateAddress }))
    .sort(
      (a, b) =>
        Number(b.privateAddress === primary) - Number(a.privateAddress === primary) ||
        (a.privateAddress < b.privateAddress ? -1 : 1),
    );
  const [first] = publicAddresses;
  if (!first) return {};
  const named = first.privateAddress === primary && hasPublicNames(vpc);
  return { publicAddresses, ...(named ? { publicName: publicName(first.address, vpc.region) } : {}) };
}

/** What is there of a list that may be empty or absent. */
const filled = <K extends string>(key: K, list: readonly string[] | undefined) =>
  (list?.length ? { [key]: list } : {}) as { readonly [P in K]?: readonly string[] };

const ipv6Of = (cidr: string | undefined) => (cidr === undefined ? {} : { ipv6Cidr: cidr });

export function serviceRecord(view: TopologyView, context: BoundContext): ServiceRecord {
  const { networkInterface, vpc, subnet } = context;
  const { privateAddress, secondaryPrivateAddresses, ipv6Addresses, macAddress, securityGroupIds } =
    networkInterface.spec;
  const internal = internalDomain(vpc.region);
  const { domainName } = dhcpSettings(view, vpc);
  const domains = domainName && domainName !== internal ? [domainName, internal] : [internal];
  const instance = instanceRecord(view, context);
  return {
    interfaceId: networkInterface.id,
    account: networkInterface.account,
    region: networkInterface.region,
    zone: subnet.spec.zone,
    address: privateAddress,
    ...filled('secondaryAddresses', secondaryPrivateAddresses),
    ...filled('ipv6Addresses', ipv6Addresses),
    mac: macAddress,
    hostname: privateName(privateAddress, domains[0] as string),
    ...publicOf(view, context),
    groups: securityGroupIds.map((id) => ({ id, name: view.get('security-group', id)?.spec.name ?? id })),
    subnet: { id: subnet.id, cidr: subnet.spec.cidrBlock, ...ipv6Of(subnet.spec.ipv6CidrBlock) },
    vpc: {
      id: vpc.id,
      number: vpc.number as number,
      cidrs: ipv4BlocksOf(vpc),
      ...ipv6Of(vpc.spec.ipv6CidrBlock),
    },
    dns: { enabled: answersDns(vpc), domains, publicDomain: publicDomain(vpc.region) },
    ...(instance ? { instance } : {}),
  };
}

/** An OpenFlow message has at most 64 kB, and the flow has other parts, too. */
const largestRecord = 60_000;

/** The record as it stands in the flow. Tags are left out where they would make it too large. */
export function recordBytes(record: ServiceRecord): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(record));
  if (bytes.length <= largestRecord || !record.instance) return bytes;
  return Buffer.from(JSON.stringify({ ...record, instance: { ...record.instance, tags: {} } }));
}
