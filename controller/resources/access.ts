import { kinds } from './kinds/index.ts';
import type { KindName, Resource } from './resource.ts';
import type { Role } from './roles.ts';

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

/** Stands for every account, or every region, where something is read. */
export const everywhere = '*';

const isOwn = (owner: string, viewer: string) => owner === '' || viewer === everywhere || owner === viewer;

/**
 * Whether a resource exists for somebody: its owner, and those that it is shared with. What is another account's,
 * another region's or not for their role does not: nothing tells it from what was never there.
 */
export function isVisible(resource: Viewed, viewer: Viewer): boolean {
  const { kind, region, spec } = resource;
  if (!isOwn(region, viewer.region) || !isSeenBy(kind, viewer.role)) return false;
  if (viewer.role === 'agent') return isOfHost(resource, viewer.hostId);
  return isOwn(resource.account, viewer.account) || isSharedWith(kind, spec, viewer.account);
}

const isSharedWith = (kind: KindName, spec: unknown, account: string) =>
  kinds[kind].sharedWith?.(spec).includes(account) ?? false;

/** What an agent works with: its host, what runs and is plugged in there, and interfaces, whose ids it learns from that. */
function isOfHost({ kind, id, spec }: Viewed, hostId: string | undefined): boolean {
  switch (kind) {
    case 'host':
      return id === hostId;
    case 'instance':
    case 'binding':
      return (spec as { hostId: string }).hostId === hostId;
    default:
      return kind === 'network-interface';
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
