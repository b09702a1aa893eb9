import {
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
import { elasticIpAt } from '../elastic-ip/user.ts';
import { deviceIndexOf } from '../network-interface/attachment.ts';
import type { BoundContext } from '../network-interface/context.ts';

function instanceRecord(
  instance: ResourceOf<'instance'> | undefined,
  networkInterface: ResourceOf<'network-interface'>,
): InstanceRecord | undefined {
  if (!instance) return undefined;
  const { name, imageId, instanceType, userData } = instance.spec;
  return {
    id: instance.id,
    ...(name === undefined ? {} : { name }),
    ...(imageId === undefined ? {} : { imageId }),
    ...(instanceType === undefined ? {} : { type: instanceType }),
    startedAt: instance.spec.launchedAt ?? instance.createdAt,
    device: deviceIndexOf(instance, networkInterface),
    tags: instance.tags,
    ...(userData === undefined ? {} : { userData }),
  };
}

/** The instance that an interface belongs to. */
export function instanceOf(
  view: TopologyView,
  { spec }: ResourceOf<'network-interface'>,
): ResourceOf<'instance'> | undefined {
  return spec.instanceId === undefined ? undefined : view.get('instance', spec.instanceId);
}

/** A public address with its name, where the VPC has names for them. */
function publicOf(address: string | undefined, vpc: ResourceOf<'vpc'>) {
  if (address === undefined) return {};
  return {
    publicAddress: address,
    ...(hasPublicNames(vpc) ? { publicName: publicName(address, vpc.region) } : {}),
  };
}

export function serviceRecord(view: TopologyView, context: BoundContext): ServiceRecord {
  const { networkInterface, vpc, subnet } = context;
  const { privateAddress, macAddress, securityGroupIds } = networkInterface.spec;
  const internal = internalDomain(vpc.region);
  const { domainName } = dhcpSettings(view, vpc);
  const domains = domainName && domainName !== internal ? [domainName, internal] : [internal];
  const elasticIp = elasticIpAt(view, networkInterface);
  const instance = instanceRecord(instanceOf(view, networkInterface), networkInterface);
  return {
    interfaceId: networkInterface.id,
    account: networkInterface.account,
    region: networkInterface.region,
    zone: subnet.spec.zone,
    address: privateAddress,
    mac: macAddress,
    hostname: privateName(privateAddress, domains[0] as string),
    ...publicOf(elasticIp?.spec.address, vpc),
    groups: securityGroupIds.map((id) => ({ id, name: view.get('security-group', id)?.spec.name ?? id })),
    subnet: { id: subnet.id, cidr: subnet.spec.cidrBlock },
    vpc: { id: vpc.id, number: vpc.number as number, cidrs: ipv4BlocksOf(vpc) },
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
