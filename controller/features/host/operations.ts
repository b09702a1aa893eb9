import type { ResourceOf } from '../../resources/index.ts';
import { freeAddressesOfHost, removeBinding } from '../held-address/operations.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

/** Notes that a host is up or down. What interfaces of a host that is down have announced is anybody's again. */
export function setHostState(draft: Draft, host: ResourceOf<'host'>, state: 'up' | 'down'): void {
  if (host.status.state === state) return;
  draft.update(host, { status: { state } });
  if (state === 'down') freeAddressesOfHost(draft, host.id);
}

/** Hosts are registered by their agents; the operator may remove one that is gone for good. */
export const hostOperations: Operations<'host'> = {
  kind: 'host',
  remove(draft, host) {
    refuseWhileUsed(draft, host, 'on-host', 'instance');
    for (const binding of [...draft.view.referrers(host, 'on-host', 'binding')])
      removeBinding(draft, binding);
    for (const placement of draft.view.referrers(host, 'on-host', 'placement')) draft.remove(placement);
    draft.remove(host);
  },
};
