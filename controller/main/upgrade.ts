import { createDefaultAcl } from '../features/network-acl/operations.ts';
import type { Logger } from '../southbound/index.ts';
import type { TopologyView } from '../topology/index.ts';
import type { Executor } from './executor.ts';

/**
 * Gives resources from older stores what they would have been made with. VPCs from before there were network ACLs get their
 * default one, which allows everything, as they did without it. Done at the start, before switches connect; a second
 * time it finds nothing to do.
 */
export async function upgradeResources(
  view: TopologyView,
  executor: Pick<Executor, 'run'>,
  logger: Logger,
): Promise<void> {
  const old = [...view.all('vpc')].filter(({ spec }) => !spec.defaultNetworkAclId);
  for (const { id, account, region } of old) {
    await executor.run({ account, region }, (draft) => {
      const vpc = draft.get('vpc', id);
      if (!vpc || vpc.spec.defaultNetworkAclId) return;
      const acl = createDefaultAcl(draft, id, vpc.spec.ipv6CidrBlock !== undefined);
      draft.update(vpc, { spec: { ...vpc.spec, defaultNetworkAclId: acl.id } });
    });
  }
  if (old.length > 0)
    logger.info({ vpcs: old.length }, 'VPCs of an older store have got a default network ACL');
}
