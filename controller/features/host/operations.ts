import { refuseWhileUsed } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';

/** Hosts are registered by their agents; the operator may remove one that is gone for good. */
export const hostOperations: Operations<'host'> = {
  kind: 'host',
  remove(draft, host) {
    refuseWhileUsed(draft, host, 'on-host', 'instance');
    for (const binding of draft.view.referrers(host, 'on-host', 'binding')) draft.remove(binding);
    for (const placement of draft.view.referrers(host, 'on-host', 'placement')) draft.remove(placement);
    draft.remove(host);
  },
};
