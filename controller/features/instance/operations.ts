import { newId, type ResourceOf, WeftError } from '../../resources/index.ts';
import { createInterface, removeInterface } from '../network-interface/operations.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

interface Wanted {
  readonly name?: string;
  readonly hostId?: string;
  readonly networkInterfaceIds?: readonly string[];
  readonly subnetId?: string;
  readonly privateAddress?: string;
  readonly ipv6AddressCount?: number;
  readonly securityGroupIds?: readonly string[];
  readonly imageId?: string;
  readonly instanceType?: string;
  readonly userData?: string;
  readonly metadataHopLimit?: number;
}

function canCompute(host: ResourceOf<'host'>): boolean {
  return host.spec.computeDrivers.length > 0;
}

/** The named host, or the one of the zone with the fewest instances. */
function chooseHost(draft: Draft, wanted: string | undefined, zone: string): ResourceOf<'host'> {
  if (wanted !== undefined) {
    const host = referenced(draft, 'host', wanted, 'spec.hostId');
    if (canCompute(host)) return host;
    throw new WeftError('no-host', `host ${wanted} has no compute driver`, {
      field: 'spec.hostId',
      value: wanted,
      fix: 'Start its agent with --compute netns, or choose another host.',
    });
  }
  let best: ResourceOf<'host'> | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const host of draft.view.all('host')) {
    if (host.spec.zone !== zone || !canCompute(host)) continue;
    const instances = draft.view.countReferrers(host, 'on-host', 'instance');
    if (instances < fewest) {
      best = host;
      fewest = instances;
    }
  }
  if (best) return best;
  throw new WeftError('no-host', `no host of zone ${zone} has a compute driver`, {
    field: 'spec.hostId',
    fix: `Start an agent with --zone ${zone} --compute netns.`,
  });
}

function attach(
  draft: Draft,
  interfaceId: string,
  index: number,
  instanceId: string,
): ResourceOf<'network-interface'> {
  const field = `spec.networkInterfaceIds[${index}]`;
  const networkInterface = referenced(draft, 'network-interface', interfaceId, field);
  const owner = networkInterface.spec.instanceId;
  if (owner !== undefined) {
    throw new WeftError('in-use', `interface ${interfaceId} belongs to instance ${owner}`, {
      field,
      value: interfaceId,
      fix: 'Choose an interface without an instance.',
    });
  }
  return draft.update(networkInterface, { spec: { ...networkInterface.spec, instanceId } });
}

/** AWS, "Instance user data": 16 KiB in its raw form. */
const mostUserData = 16 * 1024;

function requireSmall(userData: string | undefined): void {
  const size = Buffer.from(userData ?? '', 'base64').length;
  if (size <= mostUserData) return;
  throw new WeftError('invalid-value', `the user data has ${size} bytes, more than ${mostUserData}`, {
    field: 'spec.userData',
    value: `${userData?.slice(0, 20)}…`,
    fix: 'Let the instance fetch what is large from somewhere else.',
  });
}

export const instanceOperations: Operations<'instance'> = {
  kind: 'instance',
  create(draft, { spec, tags }) {
    const wanted = spec as Wanted;
    const instanceId = newId('i');
    if ((wanted.networkInterfaceIds === undefined) === (wanted.subnetId === undefined)) {
      throw new WeftError('missing-field', 'an instance needs interfaces, or a subnet for one of its own', {
        field: 'spec.subnetId',
        value: wanted.subnetId,
        fix: 'Give either subnetId or networkInterfaceIds.',
      });
    }
    const { subnetId, privateAddress, ipv6AddressCount, securityGroupIds, imageId, instanceType, name } =
      wanted;
    const { userData, metadataHopLimit } = wanted;
    requireSmall(userData);
    const interfaces =
      subnetId === undefined
        ? (wanted.networkInterfaceIds ?? []).map((id, index) => attach(draft, id, index, instanceId))
        : [
            createInterface(
              draft,
              {
                subnetId,
                instanceId,
                ...(privateAddress === undefined ? {} : { privateAddress }),
                ...(ipv6AddressCount === undefined ? {} : { ipv6AddressCount }),
                ...(securityGroupIds === undefined ? {} : { securityGroupIds }),
              },
              { 'weft:owned-by': instanceId },
            ),
          ];
    const subnet = draft.get('subnet', interfaces[0]?.spec.subnetId ?? '');
    const host = chooseHost(draft, wanted.hostId, subnet?.spec.zone ?? '');
    return draft.create('instance', {
      id: instanceId,
      spec: {
        hostId: host.id,
        networkInterfaceIds: interfaces.map(({ id }) => id),
        ...(name === undefined ? {} : { name }),
        ...(imageId === undefined ? {} : { imageId }),
        ...(instanceType === undefined ? {} : { instanceType }),
        ...(userData === undefined ? {} : { userData }),
        ...(metadataHopLimit === undefined ? {} : { metadataHopLimit }),
      },
      status: { state: 'pending' },
      tags,
    });
  },
  remove(draft, instance) {
    for (const id of instance.spec.networkInterfaceIds) {
      const networkInterface = draft.get('network-interface', id);
      if (!networkInterface) continue;
      if (networkInterface.tags['weft:owned-by'] === instance.id) {
        removeInterface(draft, networkInterface);
      } else {
        const { instanceId: _gone, ...rest } = networkInterface.spec;
        draft.update(networkInterface, { spec: rest });
      }
    }
    draft.remove(instance);
  },
};
