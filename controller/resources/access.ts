import { kinds } from './kinds/index.ts';
import type { KindName } from './resource.ts';
import type { Role } from './roles.ts';

/** Whose eyes look at a resource. An absent role is the controller itself. */
interface Viewer {
  readonly account: string;
  readonly region: string;
  readonly role?: Role | undefined;
}

/** Stands for every account, or every region, where something is read. */
export const everywhere = '*';

const isOwn = (owner: string, viewer: string) => owner === '' || viewer === everywhere || owner === viewer;

interface Seen {
  readonly kind: KindName;
  readonly account: string;
  readonly region: string;
  readonly spec?: unknown;
}

/**
 * Whether a resource exists for somebody: its owner, and those that it is shared with. What is another account's, another region's or not for their role does not:
 * nothing tells it from what was never there.
 */
export function isVisible({ kind, account, region, spec }: Seen, viewer: Viewer): boolean {
  if (!isOwn(region, viewer.region) || !isSeenBy(kind, viewer.role)) return false;
  if (isOwn(account, viewer.account)) return true;
  const shared = spec === undefined ? undefined : kinds[kind].sharedWith?.(spec);
  return shared?.includes(viewer.account) ?? false;
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
