import { bindingId } from './kinds/binding.ts';
import { kinds } from './kinds/index.ts';
import type { KindName, Resource } from './resource.ts';
import type { Role } from './roles.ts';
import type { AnyResource, ResourceOf } from './types.ts';

/** Whose eyes look at a resource. An absent role is the controller itself. */
interface Viewer {
  readonly account: string;
  readonly region: string;
  readonly role?: Role | undefined;
  /** With the role agent: the host that it is for. */
  readonly hostId?: string | undefined;
}

/** As much of a resource as decides who sees it. */
type Viewed = Pick<Resource, 'kind' | 'id' | 'account' | 'region' | 'spec'>;

/** The resources around one: where an interface is does not stand in itself. Without them an agent sees no interface. */
interface Surroundings {
  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined;
}

/** Stands for every account, or every region, where something is read. */
export const everywhere = '*';

const isOwn = (owner: string, viewer: string) => owner === '' || viewer === everywhere || owner === viewer;

/**
 * Whether a resource exists for somebody: its owner, and those that it is shared with. What is another account's,
 * another region's or not for their role does not: nothing tells it from what was never there.
 */
export function isVisible(resource: Viewed, viewer: Viewer, around?: Surroundings): boolean {
  const { kind, region, spec } = resource;
  if (!isOwn(region, viewer.region) || !isSeenBy(kind, viewer.role)) return false;
  if (viewer.role === 'agent') return isOfHost(resource, viewer.hostId ?? '', around);
  return isOwn(resource.account, viewer.account) || isSharedWith(kind, spec, viewer.account);
}

const isSharedWith = (kind: KindName, spec: unknown, account: string) =>
  kinds[kind].sharedWith?.(spec).includes(account) ?? false;

/** The versions of a resource before and after a commit. */
interface Versions {
  readonly kind: KindName;
  readonly id: string;
  readonly before: AnyResource | undefined;
  readonly after: AnyResource | undefined;
}

/**
 * What of a commit exists for somebody: versions that do not are left out, as are changes with neither. So what leaves
 * a viewer's sight, as an instance that leaves an agent's host, looks deleted from there.
 */
export function visibleChanges<Change extends Versions>(
  changes: readonly Change[],
  viewer: Viewer,
  around: Surroundings,
): Change[] {
  const earlier = viewer.role === 'agent' ? withDeleted(changes, around) : around;
  return changes.flatMap((change) => {
    const before = change.before && isVisible(change.before, viewer, earlier) ? change.before : undefined;
    const after = change.after && isVisible(change.after, viewer, around) ? change.after : undefined;
    return before || after ? [{ ...change, before, after }] : [];
  });
}

/** The surroundings with what the commit has deleted: an interface may go with its instance and its binding. */
function withDeleted(changes: readonly Versions[], around: Surroundings): Surroundings {
  const deleted = new Map(changes.map(({ kind, id, before }) => [`${kind} ${id}`, before]));
  return {
    get: <K extends KindName>(kind: K, id: string) =>
      around.get(kind, id) ?? (deleted.get(`${kind} ${id}`) as ResourceOf<K> | undefined),
  };
}

/** What an agent works with: its host, what runs and is plugged in there, and the interfaces of that. */
function isOfHost({ kind, id, spec }: Viewed, hostId: string, around: Surroundings | undefined): boolean {
  switch (kind) {
    case 'host':
      return id === hostId;
    case 'instance':
    case 'binding':
      return (spec as { hostId: string }).hostId === hostId;
    case 'network-interface': {
      if (around?.get('binding', bindingId(hostId, id))) return true;
      const { instanceId } = spec as { instanceId?: string };
      return instanceId !== undefined && around?.get('instance', instanceId)?.spec.hostId === hostId;
    }
    default:
      return false;
  }
}

/** Whether somebody of this role can see resources of a kind at all. */
export function isSeenBy(kind: KindName, role: Role | undefined): boolean {
  if (role === undefined) return true;
  switch (kinds[kind].seenBy) {
    case 'nobody':
      return false;
    case 'admins':
      return role === 'admin';
    case 'operators':
      return role === 'admin' || role === 'operator' || role === 'agent';
    default:
      return true;
  }
}

/** Whether somebody of this role can write resources of a kind. Agents report, which is something else. */
export function isWrittenBy(kind: KindName, role: Role | undefined): boolean {
  if (role === undefined || role === 'admin') return true;
  const { operatorOwned, writtenBy } = kinds[kind];
  if (role === 'operator') return operatorOwned === true && writtenBy !== 'admins';
  return role === 'member' && !operatorOwned;
}
