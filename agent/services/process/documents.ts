import type { ServiceRecord } from '@weft/api/contract';

/** A document, or a folder of them by name. */
export type Tree = { readonly [name: string]: Tree | string | undefined };

/**
 * What the metadata service shows of an interface (AWS, "Instance metadata categories"), below `/latest`. What an interface
 * does not have is left out.
 */
export function documentsOf(record: ServiceRecord): Tree {
  const { instance, address, hostname, mac, publicAddress, zone, region, groups } = record;
  const groupNames = groups.map(({ name }) => name).join('\n');
  const tags = instance?.tags ?? {};
  return {
    'meta-data': {
      'ami-id': instance?.imageId,
      hostname,
      'instance-id': instance?.id,
      'instance-type': instance?.type,
      'local-hostname': hostname,
      'local-ipv4': address,
      mac,
      network: { interfaces: { macs: { [mac]: interfaceDocuments(record) } } },
      placement: { 'availability-zone': zone, region },
      'public-hostname': record.publicName,
      'public-ipv4': publicAddress,
      'security-groups': groupNames,
      services: { domain: record.dns.domains.at(-1) },
      tags: Object.keys(tags).length > 0 ? { instance: tags } : undefined,
    },
    'user-data':
      instance?.userData === undefined
        ? undefined
        : Buffer.from(instance.userData, 'base64').toString('latin1'),
    dynamic: { 'instance-identity': { document: identityDocument(record) } },
  };
}

function interfaceDocuments(record: ServiceRecord): Tree {
  const { address, hostname, mac, publicAddress, groups, subnet, vpc, instance } = record;
  return {
    'device-number': String(instance?.device ?? 0),
    'interface-id': record.interfaceId,
    'local-hostname': hostname,
    'local-ipv4s': address,
    mac,
    'owner-id': record.account,
    'public-hostname': record.publicName,
    'public-ipv4s': publicAddress,
    'security-group-ids': groups.map(({ id }) => id).join('\n'),
    'security-groups': groups.map(({ name }) => name).join('\n'),
    'subnet-id': subnet.id,
    'subnet-ipv4-cidr-block': subnet.cidr,
    'vpc-id': vpc.id,
    'vpc-ipv4-cidr-block': vpc.cidrs[0],
    'vpc-ipv4-cidr-blocks': vpc.cidrs.join('\n'),
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
