import { type ResourceOf, WeftError } from '../../resources/index.ts';
import { takePublicAddress } from '../elastic-ip/ephemeral.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';

type Interface = ResourceOf<'network-interface'>;
type Instance = ResourceOf<'instance'>;

/** As many interfaces as an instance may have. */
const interfacesPerInstance = 8;

/** What a request says about the instance of an interface; null detaches. */
export interface WantedAttachment {
  readonly instanceId?: string | null | undefined;
  readonly deviceIndex?: number | undefined;
  readonly deleteOnTermination?: boolean | undefined;
}

/**
 * The place of an interface among those of its instance: 0 for the primary one, which is `eth0`. Interfaces of older stores
 * have none; theirs is that in the list.
 */
export function deviceIndexOf(instance: Instance, { id, spec }: Interface): number {
  return spec.deviceIndex ?? Math.max(0, instance.spec.networkInterfaceIds.indexOf(id));
}

/** The interfaces of an instance, the primary one first. */
export function interfacesOf(draft: Draft, instance: Instance): Interface[] {
  return instance.spec.networkInterfaceIds.flatMap((id) => draft.get('network-interface', id) ?? []);
}

/** Writes the list of an instance in the order of the devices, so that its first one is the primary one. */
function setInterfaces(draft: Draft, instance: Instance, interfaces: readonly Interface[]): void {
  const sorted = [...interfaces].sort((a, b) => deviceIndexOf(instance, a) - deviceIndexOf(instance, b));
  const networkInterfaceIds = sorted.map(({ id }) => id);
  draft.update(instance, { spec: { ...instance.spec, networkInterfaceIds } });
}

/** @throws WeftError in-use when the interface belongs to an instance */
export function requireFree({ id, spec }: Interface, field: string): void {
  if (spec.instanceId === undefined) return;
  throw new WeftError('in-use', `interface ${id} belongs to instance ${spec.instanceId}`, {
    field,
    value: id,
    fix: 'Detach it first (instanceId: null), or choose an interface without an instance.',
  });
}

/** AWS, "Elastic network interfaces": instance and interface are in one zone. */
export function requireZone(
  draft: Draft,
  { spec }: Interface,
  zone: string | undefined,
  field: string,
): void {
  const own = draft.get('subnet', spec.subnetId)?.spec.zone;
  if (zone === undefined || own === zone) return;
  throw new WeftError('invalid-value', `the interface is in zone ${own}, and the instance in ${zone}`, {
    field,
    value: own,
    fix: `Use an interface of a subnet in ${zone}.`,
  });
}

/** The place that was asked for, or the lowest free one. */
function chooseIndex(taken: ReadonlySet<number>, wanted: number | undefined, instanceId: string): number {
  if (wanted !== undefined && !taken.has(wanted)) return wanted;
  if (wanted !== undefined) {
    throw new WeftError('already-exists', `instance ${instanceId} has an interface at index ${wanted}`, {
      field: 'spec.deviceIndex',
      value: wanted,
      fix: 'Choose another index, or leave it out for the lowest free one.',
    });
  }
  let index = 1;
  while (taken.has(index)) index++;
  return index;
}

function attach(draft: Draft, networkInterface: Interface, wanted: WantedAttachment): Interface {
  requireFree(networkInterface, 'spec.instanceId');
  const instance = referenced(draft, 'instance', wanted.instanceId as string, 'spec.instanceId');
  const present = interfacesOf(draft, instance);
  if (present.length >= interfacesPerInstance) {
    throw new WeftError(
      'wrong-state',
      `instance ${instance.id} has ${interfacesPerInstance} interfaces already`,
      {
        field: 'spec.instanceId',
        value: instance.id,
        fix: 'Detach another one first.',
      },
    );
  }
  const [primary] = present;
  requireZone(
    draft,
    networkInterface,
    primary && draft.get('subnet', primary.spec.subnetId)?.spec.zone,
    'spec.instanceId',
  );
  const taken = new Set(present.map((one) => deviceIndexOf(instance, one)));
  const attached = draft.update(networkInterface, {
    spec: {
      ...networkInterface.spec,
      instanceId: instance.id,
      deviceIndex: chooseIndex(taken, wanted.deviceIndex, instance.id),
      deleteOnTermination: wanted.deleteOnTermination ?? false,
    },
  });
  setInterfaces(draft, instance, [...present, attached]);
  return attached;
}

/** The interface without its instance, which is not told. */
export function released(draft: Draft, networkInterface: Interface): Interface {
  takePublicAddress(draft, networkInterface);
  const {
    instanceId: _instance,
    deviceIndex: _index,
    deleteOnTermination: _ends,
    associatePublicAddress: _lent,
    ...spec
  } = networkInterface.spec;
  return draft.update(networkInterface, { spec });
}

function detach(draft: Draft, networkInterface: Interface): Interface {
  const { instanceId } = networkInterface.spec;
  const instance = instanceId === undefined ? undefined : draft.get('instance', instanceId);
  if (!instance) return released(draft, networkInterface);
  if (deviceIndexOf(instance, networkInterface) === 0) {
    throw new WeftError('wrong-state', `${networkInterface.id} is the primary interface of ${instance.id}`, {
      field: 'spec.instanceId',
      value: null,
      fix: 'It stays with its instance. Detach another one, or delete the instance.',
    });
  }
  const others = interfacesOf(draft, instance).filter(({ id }) => id !== networkInterface.id);
  setInterfaces(draft, instance, others);
  return released(draft, networkInterface);
}

/** What only an interface with an instance has. */
function changeAttachment(draft: Draft, networkInterface: Interface, wanted: WantedAttachment): Interface {
  const { instanceId, deviceIndex } = networkInterface.spec;
  const { deleteOnTermination } = wanted;
  const field = deleteOnTermination === undefined ? 'deviceIndex' : 'deleteOnTermination';
  if (instanceId === undefined) {
    throw new WeftError('wrong-state', `${networkInterface.id} has no instance`, {
      field: `spec.${field}`,
      value: wanted[field],
      fix: 'Give instanceId in the same request.',
    });
  }
  if (wanted.deviceIndex !== undefined && wanted.deviceIndex !== deviceIndex) {
    throw new WeftError('wrong-state', `${networkInterface.id} is at index ${deviceIndex} of ${instanceId}`, {
      field: 'spec.deviceIndex',
      value: wanted.deviceIndex,
      fix: 'Detach it, and attach it at the other index.',
    });
  }
  if (deleteOnTermination === undefined) return networkInterface;
  return draft.update(networkInterface, { spec: { ...networkInterface.spec, deleteOnTermination } });
}

/** Attaches an interface to an instance, detaches it, or changes whether it ends with it: whatever the request asks for. */
export function applyAttachment(
  draft: Draft,
  networkInterface: Interface,
  wanted: WantedAttachment,
): Interface {
  const { instanceId, deviceIndex, deleteOnTermination } = wanted;
  if (instanceId === null) return detach(draft, networkInterface);
  if (instanceId !== undefined && instanceId !== networkInterface.spec.instanceId) {
    return attach(draft, networkInterface, wanted);
  }
  if (deviceIndex === undefined && deleteOnTermination === undefined) return networkInterface;
  return changeAttachment(draft, networkInterface, wanted);
}
