import type { ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** Who has an elastic IP: the interface that it is associated with, or the NAT gateway that uses it. */
export function elasticIpUser(
  view: TopologyView,
  elasticIp: ResourceOf<'elastic-ip'>,
): ResourceOf<'network-interface'> | ResourceOf<'nat-gateway'> | undefined {
  const { networkInterfaceId } = elasticIp.spec;
  if (networkInterfaceId !== undefined) return view.get('network-interface', networkInterfaceId);
  const [gateway] = view.referrers(elasticIp, 'uses-elastic-ip', 'nat-gateway');
  return gateway;
}
