import type { ServiceRecord } from '@weft/api/contract';

/** A document, or a folder of them by name. */
export type Tree = { readonly [name: string]: Tree | string | undefined };

/**
 * What the metadata service shows of an interface and its instance (AWS, "Instance metadata categories"), below `/latest`. What
 * there is not is left out. What AWS says of the instance is of its primary interface, whichever one asks.
 *
 * @param others records of the other interfaces of the instance
 */
export function documentsOf(asking: ServiceRecord, others: readonly ServiceRecord[] = []): Tree {
  const all = [asking, ...others].sort((a, b) => deviceOf(a) - deviceOf(b));
  const primary = all[0] as ServiceRecord;
  const { instance, address, hostname, mac, zone, region, groups } = primary;
  const tags = instance?.tags ?? {};
  return {
    'meta-data': {
      'ami-id': instance?.imageId,
      hostname,
      'instance-id': instance?.id,
      'instance-type': instance?.type,
      ipv6: primary.ipv6Addresses?.[0],
      'local-hostname': hostname,
      'local-ipv4': address,
      mac,
      network: {
        interfaces: { macs: Object.fromEntries(all.map((one) => [one.mac, interfaceDocuments(one)])) },
      },
      placement: { 'availability-zone': zone, region },
      'public-hostname': primary.publicName,
      'public-ipv4': publicOf(primary, address),
      'security-groups': groups.map(({ name }) => name).join('\n'),
      services: { domain: primary.dns.domains.at(-1) },
      tags: Object.keys(tags).length > 0 ? { instance: tags } : undefined,
    },
    'user-data':
      instance?.userData === undefined
        ? undefined
        : Buffer.from(instance.userData, 'base64').toString('latin1'),
    dynamic: { 'instance-identity': { document: identityDocument(primary) } },
  };
}

const deviceOf = ({ instance }: ServiceRecord) => instance?.device ?? 0;
const publicOf = ({ publicAddresses = [] }: ServiceRecord, privateAddress: string) =>
  publicAddresses.find((one) => one.privateAddress === privateAddress)?.address;
/** A document with a line for each; none when there is nothing. */
const lines = (list: readonly (string | undefined)[] = []) => {
  const text = list.filter((line) => line !== undefined).join('\n');
  return text === '' ? undefined : text;
};

function interfaceDocuments(record: ServiceRecord): Tree {
  const {
    address,
    secondaryAddresses = [],
    publicAddresses = [],
    hostname,
    mac,
    groups,
    subnet,
    vpc,
  } = record;
  const associations = publicAddresses.map((one) => [one.address, one.privateAddress]);
  return {
    'device-number': String(deviceOf(record)),
    'interface-id': record.interfaceId,
    'ipv4-associations': associations.length > 0 ? Object.fromEntries(associations) : undefined,
    ipv6s: lines(record.ipv6Addresses),
    'local-hostname': hostname,
    'local-ipv4s': lines([address, ...secondaryAddresses]),
    mac,
    'owner-id': record.account,
    'public-hostname': record.publicName,
    'public-ipv4s': lines(publicAddresses.map((one) => one.address)),
    'security-group-ids': lines(groups.map(({ id }) => id)),
    'security-groups': lines(groups.map(({ name }) => name)),
    'subnet-id': subnet.id,
    'subnet-ipv4-cidr-block': subnet.cidr,
    'subnet-ipv6-cidr-blocks': subnet.ipv6Cidr,
    'vpc-id': vpc.id,
    'vpc-ipv4-cidr-block': vpc.cidrs[0],
    'vpc-ipv4-cidr-blocks': lines(vpc.cidrs),
    'vpc-ipv6-cidr-blocks': vpc.ipv6Cidr,
  };
}

function identityDocument(record: ServiceRecord): string | undefined {
  const { instance, account, region, zone, address } = record;
  if (!instance) return undefined;
  return JSON.stringify(
    {
      version: '2017-09-30',
      accountId: account,
      region,
      availabilityZone: zone,
      instanceId: instance.id,
      instanceType: instance.type ?? null,
      imageId: instance.imageId ?? null,
      privateIp: address,
      pendingTime: instance.startedAt,
    },
    null,
    2,
  );
}

/** A document, the list of a folder (folders with a slash at the end), or undefined when there is nothing. */
export function lookUp(tree: Tree, path: readonly string[]): string | undefined {
  let here: Tree | string | undefined = tree;
  for (const name of path) {
    if (typeof here !== 'object' || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return typeof here === 'object' ? listOf(here) : here;
}

function listOf(folder: Tree): string {
  return Object.entries(folder)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'object' ? `${name}/` : name))
    .join('\n');
}
