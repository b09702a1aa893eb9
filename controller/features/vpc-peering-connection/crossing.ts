import type { ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

type Connection = ResourceOf<'vpc-peering-connection'>;

/** True while a rule on either side names a group of the other: only then packets carry their identity across. */
export function carriesIdentities(view: TopologyView, connection: Connection): boolean {
  return view.countReferrers(connection, 'over-peering', 'security-group-rule') > 0;
}

/**
 * True when a rule that came or went may have been the first or the last one over the connection. Several may come in
 * one commit: what counts is that no older one is there.
 */
export function changesCrossing(connection: Connection, appeared: boolean, view: TopologyView): boolean {
  for (const rule of view.referrers(connection, 'over-peering', 'security-group-rule')) {
    if (!appeared || rule.revision < view.revision) return false;
  }
  return true;
}
