import type { ResourceOf } from '../../resources/index.ts';
import { hostsWith } from '../network-interface/context.ts';
import type { Draft } from '../operations/draft.ts';
import { dropPlacement } from '../placement/operations.ts';
import { freeAddress, noFreeAddress } from './pool.ts';
import { elasticIpAt } from './user.ts';

type Interface = ResourceOf<'network-interface'>;

/** The network that the VPC's internet gateway leads to. */
function networkOf(draft: Draft, vpcId: string): ResourceOf<'external-network'> | undefined {
  const vpc = { kind: 'vpc', id: vpcId } as const;
  for (const gateway of draft.view.referrers(vpc, 'in-vpc', 'internet-gateway')) {
    draft.depend(gateway);
    return draft.get('external-network', gateway.spec.externalNetworkId);
  }
  return undefined;
}

/**
 * Lends a public address to an interface whose instance was started with one, and that has no other. Without an internet
 * gateway, it waits until there is one.
 *
 * AWS, "Amazon EC2 instance IP addressing", public IPv4 addresses: none is given again while more than one interface is
 * attached to the instance, or a secondary address has an elastic IP.
 *
 * @param whenExhausted what happens when the network has no free address
 */
export function lendPublicAddress(
  draft: Draft,
  networkInterface: Interface,
  whenExhausted: 'refuse' | 'go-without',
): void {
  const instance = runningInstance(draft, networkInterface);
  if (instance?.spec.networkInterfaceIds.length === 1) lend(draft, networkInterface, whenExhausted);
}

/** The instance of the interface, unless it is stopped. */
function runningInstance(draft: Draft, { spec }: Interface): ResourceOf<'instance'> | undefined {
  const instance = spec.instanceId === undefined ? undefined : draft.get('instance', spec.instanceId);
  return instance?.spec.desiredState === 'stopped' ? undefined : instance;
}

/** Lends an address to an interface that is to have one, and has none. */
function lend(draft: Draft, networkInterface: Interface, whenExhausted: 'refuse' | 'go-without'): void {
  const { associatePublicAddress, vpcId } = networkInterface.spec;
  if (!associatePublicAddress) return;
  const [other] = draft.view.referrers(networkInterface, 'of-interface', 'elastic-ip');
  const network = other ? undefined : networkOf(draft, vpcId);
  if (!network) return;
  const address = freeAddress(draft, network);
  if (address === undefined) {
    if (whenExhausted === 'refuse') throw noFreeAddress(network, 'spec.associatePublicAddress');
    return;
  }
  const { id } = draft.create('elastic-ip', {
    spec: {
      externalNetworkId: network.id,
      address,
      networkInterfaceId: networkInterface.id,
      ephemeral: true,
    },
  });
  draft.claim(network.id, address, id);
}

/**
 * Takes the lent address of an interface back: its instance stops or goes, or it gets an elastic IP instead. Nobody else
 * gets the address before the hosts that may have flows for it have confirmed that these are gone.
 */
export function takePublicAddress(draft: Draft, networkInterface: Interface): void {
  const lent = elasticIpAt(draft.view, networkInterface);
  if (!lent?.spec.ephemeral) return;
  const hosts = hostsWith(draft.view, networkInterface);
  const gateway = draft.get('placement', lent.id)?.spec.hostId;
  const hostIds = new Set(gateway === undefined ? hosts : [...hosts, gateway]);
  dropPlacement(draft, lent.id);
  draft.release(lent.spec.externalNetworkId, lent.spec.address, [...hostIds]);
  draft.remove(lent);
}

/**
 * Whether an interface is to have a public address, from now on. AWS, ModifyNetworkInterfaceAttribute, AssociatePublicIpAddress:
 * "can be enabled for any network interface but will only apply to the primary network interface (eth0)", also when the
 * instance has more of them.
 *
 * @returns the interface as it is then
 * @throws WeftError no-free-address
 */
export function choosePublicAddress(draft: Draft, networkInterface: Interface, wanted: boolean): Interface {
  if (!wanted) takePublicAddress(draft, networkInterface);
  const { associatePublicAddress: _before, ...spec } = networkInterface.spec;
  const chosen = draft.update(networkInterface, {
    spec: wanted ? { ...spec, associatePublicAddress: true } : spec,
  });
  const instance = runningInstance(draft, chosen);
  if (wanted && instance?.spec.networkInterfaceIds[0] === chosen.id) lend(draft, chosen, 'refuse');
  return chosen;
}

/** Lends addresses to all of a VPC that wait for one, as far as there are any: its internet gateway has come. */
export function lendToWaiting(draft: Draft, vpcId: string): void {
  const vpc = { kind: 'vpc', id: vpcId } as const;
  for (const networkInterface of draft.view.referrers(vpc, 'in-vpc', 'network-interface')) {
    lendPublicAddress(draft, networkInterface, 'go-without');
  }
}
