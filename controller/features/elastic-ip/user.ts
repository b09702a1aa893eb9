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

/** The public address that stands for a private address of an interface; absent: the primary one. */
export function elasticIpAt(
  view: TopologyView,
  networkInterface: ResourceOf<'network-interface'>,
  privateAddress = networkInterface.spec.privateAddress,
): ResourceOf<'elastic-ip'> | undefined {
  const primary = networkInterface.spec.privateAddress;
  for (const one of view.referrers(networkInterface, 'of-interface', 'elastic-ip')) {
    if ((one.spec.privateAddress ?? primary) === privateAddress) return one;
  }
  return undefined;
}
