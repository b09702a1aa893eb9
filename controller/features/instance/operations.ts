import { type InstanceStatus, newId, type ResourceOf, WeftError } from '../../resources/index.ts';
import { choosePublicAddress, lendPublicAddress, takePublicAddress } from '../elastic-ip/ephemeral.ts';
import { interfacesOf, released, requireFree, requireZone } from '../network-interface/attachment.ts';
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
  readonly associatePublicAddress?: boolean;
  readonly securityGroupIds?: readonly string[];
  readonly imageId?: string;
  readonly instanceType?: string;
  readonly userData?: string;
  readonly metadataHopLimit?: number;
  readonly metadataIpv6?: boolean;
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

/** Gives an interface that is there to a new instance; the first one is its primary one. */
function take(
  draft: Draft,
  interfaceId: string,
  index: number,
  instanceId: string,
): ResourceOf<'network-interface'> {
  const field = `spec.networkInterfaceIds[${index}]`;
  const networkInterface = referenced(draft, 'network-interface', interfaceId, field);
  requireFree(networkInterface, field);
  return draft.update(networkInterface, {
    spec: { ...networkInterface.spec, instanceId, deviceIndex: index, deleteOnTermination: false },
  });
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

interface Change {
  readonly desiredState?: 'running' | 'stopped';
  readonly reboot?: true;
  readonly userData?: string;
  readonly metadataHopLimit?: number;
  readonly metadataIpv6?: boolean;
}

/** AWS, "Update the user data": only while the instance is stopped. */
function requireStopped({ id, status }: ResourceOf<'instance'>): void {
  if (status.state === 'stopped') return;
  throw new WeftError('wrong-state', `instance ${id} is ${status.state}`, {
    field: 'spec.userData',
    value: status.state,
    fix: 'Stop it first (desiredState: stopped).',
  });
}

/**
 * AWS, "Amazon EC2 instance state changes": what runs or starts can be stopped, and what is stopped can be started. It is
 * `stopping` until its host has stopped it, and `pending` until it runs again.
 */
function changeState(
  draft: Draft,
  instance: ResourceOf<'instance'>,
  desiredState: 'running' | 'stopped',
): ResourceOf<'instance'> {
  const { desiredState: present = 'running', ...rest } = instance.spec;
  if (desiredState === present) return instance;
  if (desiredState === 'stopped') {
    for (const one of interfacesOf(draft, instance)) takePublicAddress(draft, one);
    return draft.update(instance, { spec: { ...rest, desiredState }, status: { state: 'stopping' } });
  }
  if (instance.status.state !== 'stopped') {
    throw new WeftError('wrong-state', `instance ${instance.id} is ${instance.status.state}`, {
      field: 'spec.desiredState',
      value: desiredState,
      fix: 'Wait until it is stopped.',
    });
  }
  const spec = { ...rest, launchedAt: draft.now };
  const started = draft.update(instance, { spec, status: { state: 'pending' } });
  for (const one of interfacesOf(draft, started)) lendPublicAddress(draft, one, 'refuse');
  return started;
}

/**
 * AWS, "Reboot your instance": it stays `running`, keeps its addresses and its launch time, and is asked once. Its host
 * reports in the status how many of these it has carried out, so that none is lost or done twice.
 */
function reboot(draft: Draft, instance: ResourceOf<'instance'>): ResourceOf<'instance'> {
  const { spec, status } = instance;
  if (status.state === 'running' && spec.desiredState !== 'stopped') {
    return draft.update(instance, { spec: { ...spec, reboots: (spec.reboots ?? 0) + 1 } });
  }
  throw new WeftError('wrong-state', `instance ${instance.id} is ${status.state}`, {
    field: 'spec.reboot',
    value: status.state,
    fix: 'Wait until it is running, or start it (desiredState: running).',
  });
}

/**
 * What the host of an instance reports of it.
 * @throws WeftError wrong-state when it is late: the instance is wanted otherwise meanwhile
 */
export function reportStatus(
  draft: Draft,
  instance: ResourceOf<'instance'>,
  status: InstanceStatus,
): ResourceOf<'instance'> {
  const isStopped = instance.spec.desiredState === 'stopped';
  if ((isStopped && status.state !== 'running') || (!isStopped && status.state !== 'stopped')) {
    return draft.update(instance, { status });
  }
  throw new WeftError(
    'wrong-state',
    `instance ${instance.id} is to be ${isStopped ? 'stopped' : 'running'}`,
    {
      field: 'status.state',
      value: status.state,
      fix: 'Read the instance again, and do what it says.',
    },
  );
}

/**
 * AWS, "Amazon EC2 instance IP addressing": as asked for at the start, else as chosen for the interface, else, for one that comes
 * with the instance, as its subnet says.
 */
function wantsPublicAddress(
  draft: Draft,
  wanted: Wanted,
  [primary]: readonly ResourceOf<'network-interface'>[],
): boolean {
  const { subnetId, networkInterfaceIds, associatePublicAddress: asked } = wanted;
  if (asked && (networkInterfaceIds?.length ?? 1) > 1) {
    throw new WeftError('invalid-value', 'an instance with several interfaces gets no public address', {
      field: 'spec.associatePublicAddress',
      value: asked,
      fix: 'Start it with one interface, or associate an elastic IP.',
    });
  }
  const isChosen = primary?.spec.associatePublicAddress;
  return asked ?? isChosen ?? draft.get('subnet', subnetId ?? '')?.spec.mapPublicIpOnLaunch ?? false;
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
    const { userData, metadataHopLimit, metadataIpv6 } = wanted;
    requireSmall(userData);
    const interfaces =
      subnetId === undefined
        ? (wanted.networkInterfaceIds ?? []).map((id, index) => take(draft, id, index, instanceId))
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
              {},
            ),
          ];
    const zone = draft.get('subnet', interfaces[0]?.spec.subnetId ?? '')?.spec.zone;
    for (const [index, one] of interfaces.entries()) {
      requireZone(draft, one, zone, `spec.networkInterfaceIds[${index}]`);
    }
    const host = chooseHost(draft, wanted.hostId, zone ?? '');
    const created = draft.create('instance', {
      id: instanceId,
      spec: {
        hostId: host.id,
        networkInterfaceIds: interfaces.map(({ id }) => id),
        ...(name === undefined ? {} : { name }),
        ...(imageId === undefined ? {} : { imageId }),
        ...(instanceType === undefined ? {} : { instanceType }),
        ...(userData === undefined ? {} : { userData }),
        ...(metadataHopLimit === undefined ? {} : { metadataHopLimit }),
        ...(metadataIpv6 === undefined ? {} : { metadataIpv6 }),
      },
      status: { state: 'pending' },
      tags,
    });
    const [primary] = interfaces;
    if (primary) choosePublicAddress(draft, primary, wantsPublicAddress(draft, wanted, interfaces));
    return created;
  },
  update(draft, current, { spec }) {
    const { desiredState, reboot: again, ...labels } = spec as Change;
    if (again && desiredState !== undefined) {
      throw new WeftError('invalid-value', 'an instance is either rebooted, or started or stopped', {
        field: 'spec.reboot',
        value: true,
        fix: 'Leave out either reboot or desiredState.',
      });
    }
    if (labels.userData !== undefined) {
      requireSmall(labels.userData);
      requireStopped(current);
    }
    const updated = draft.update(current, { spec: { ...current.spec, ...labels } });
    if (again) return reboot(draft, updated);
    return desiredState === undefined ? updated : changeState(draft, updated, desiredState);
  },
  remove(draft, instance) {
    for (const one of interfacesOf(draft, instance)) {
      if (one.spec.deleteOnTermination) removeInterface(draft, one);
      else released(draft, one);
    }
    draft.remove(instance);
  },
};
