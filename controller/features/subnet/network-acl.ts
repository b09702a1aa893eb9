import type { ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** The network ACL of a subnet: its own, or else the VPC's default one. */
export function networkAclOf(
  view: TopologyView,
  { spec }: ResourceOf<'subnet'>,
  vpc: ResourceOf<'vpc'>,
): ResourceOf<'network-acl'> | undefined {
  return view.get('network-acl', spec.networkAclId ?? vpc.spec.defaultNetworkAclId);
}
