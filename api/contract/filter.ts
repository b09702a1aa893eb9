import type { KindName, Resource } from '@weft/controller/resources';

/** What it means that a field is not there: lists that ask for that value have the resource, too. */
const absentMeans: Partial<Record<KindName, Readonly<Record<string, string>>>> = {
  vpc: {
    'spec.isDefault': 'false',
    'spec.enableDnsSupport': 'true',
    'spec.enableDnsHostnames': 'false',
    'spec.enableNetworkAddressUsageMetrics': 'false',
    'spec.instanceTenancy': 'default',
  },
  subnet: {
    'spec.assignIpv6Address': 'false',
    'spec.mapPublicIpOnLaunch': 'false',
    'spec.defaultForZone': 'false',
  },
  'prefix-list': { 'spec.addressFamily': 'ipv4' },
  'network-interface': {
    'spec.sourceDestinationCheck': 'true',
    'spec.deleteOnTermination': 'false',
    'spec.associatePublicAddress': 'false',
  },
  'elastic-ip': { 'spec.ephemeral': 'false' },
  instance: { 'spec.desiredState': 'running' },
  binding: { 'spec.standby': 'false' },
};

/** Whether resources of the kind are meant that do not have the field: an index of its values does not know them. */
export const meansAbsence = (kind: KindName, path: string, wanted: string) =>
  absentMeans[kind]?.[path] === wanted;

/**
 * Whether a list that is filtered by `path=wanted` has a resource. A list matches by any of its members, a map by any of its
 * keys.
 *
 * @param path `id`, `account`, `spec.zone`, or `tag.Name`; a tag's name may have dots
 */
export function matchesFilter(
  resource: Pick<Resource, 'kind' | 'spec' | 'status' | 'tags'>,
  path: string,
  wanted: string,
): boolean {
  if (path.startsWith('tag.')) return resource.tags[path.slice('tag.'.length)] === wanted;
  let values: unknown[] = [resource];
  for (const name of path.split('.')) {
    values = values.flatMap((value) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? ((value as Record<string, unknown>)[name] as unknown)
        : [],
    );
  }
  if (values.length === 0) return meansAbsence(resource.kind, path, wanted);
  return values.some((value) =>
    typeof value === 'object' && value !== null ? Object.hasOwn(value, wanted) : String(value) === wanted,
  );
}
