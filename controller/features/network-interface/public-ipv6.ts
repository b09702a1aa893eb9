import {
  type Flow,
  type FragmentDefinition,
  inNetwork,
  ipMatch,
  isIcmpv6,
  isIpv6,
  isTooLarge,
  itsDestination,
  limit,
  load,
  on,
  onRegister,
  packetTooLarge,
  parseNetwork,
  registers,
  set,
} from '../../pipeline/index.ts';
import { derivedMac, parseIpv6Address, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { pushTag } from '../external-network/vlan.ts';
import { hostScope } from '../host/scope.ts';
import { gatewayMac } from '../subnet/router.ts';
import { isPublicOn } from '../vpc/ipv6-block.ts';
import { vpcMatch } from '../vpc/scope.ts';
import { advertisement } from './announcement.ts';
import { type BoundContext, boundContext, conntrackZones, currentBinding, macNumber } from './context.ts';
import { hasIpv6, ipv6NetworksOf } from './own-networks.ts';

const gatewayKinds = ['internet-gateway', 'egress-only-internet-gateway'] as const;

/** The external network on whose link the VPC's IPv6 addresses are, if a gateway joins the two. */
function publicNetwork(
  view: TopologyView,
  vpc: ResourceOf<'vpc'>,
): ResourceOf<'external-network'> | undefined {
  for (const kind of gatewayKinds) {
    for (const { spec } of view.referrers(vpc, 'in-vpc', kind)) {
      const network = view.get('external-network', spec.externalNetworkId);
      if (network && isPublicOn(network, vpc)) return network;
    }
  }
  return undefined;
}

function publicFlows(
  context: BoundContext,
  network: ResourceOf<'external-network'>,
  { port, mac }: { port: number; mac: bigint },
): Flow[] {
  const { networkInterface, vpc, subnet, binding } = context;
  const here = onRegister('externalNetwork', network.number as number);
  const block = parseNetwork(vpc.spec.ipv6CidrBlock as string);
  // Who routes for others may send from their addresses, but nothing leaves that is not from the VPC (RFC 2827).
  const outbound: Flow = {
    stage: 'translate',
    priority: 100,
    match: [
      vpcMatch(vpc),
      here,
      onRegister('interfaceNumber', networkInterface.number as number),
      ...ipMatch('src', block),
    ],
    actions: [load('ownIdentity', 0), set('eth_src', mac)],
    goto: 'external-route',
  };
  const inbound = ipv6NetworksOf(networkInterface).flatMap((own): Flow[] => [
    {
      stage: 'external-in',
      priority: 110,
      match: [here, ...isIcmpv6('neighbourSolicitation'), ...inNetwork('nd_target', own)],
      // The answer has the tag of the question.
      actions: [set('eth_dst', mac), ...pushTag(network)],
      goto: 'nd-reply',
    },
    {
      stage: 'external-in',
      priority: 100,
      match: [here, on('eth_dst', mac), ...ipMatch('dst', own)],
      actions: [
        { type: 'decrement-ttl' },
        set('metadata', BigInt(vpc.number as number)),
        load('peerIdentity', 0),
        load('subnetNumber', subnet.number as number),
        load('securityZone', conntrackZones(binding).security),
        set('eth_src', gatewayMac(subnet)),
        set('eth_dst', macNumber(networkInterface.spec.macAddress)),
      ],
      goto: 'public-track',
    },
    // Told by the address that it is for: the sender may be far away, where no link-local address is known.
    {
      stage: 'external-in',
      priority: 105,
      match: [isTooLarge(1), here, on('eth_dst', mac), ...ipMatch('dst', own)],
      actions: [
        load('interfaceNumber', networkInterface.number as number),
        // The answer has the tag of the packet.
        ...pushTag(network),
        limit,
        packetTooLarge({ address: 0, ipv6Address: itsDestination, mac, mtu: context.mtu }),
      ],
    },
    // From another interface of this host: as if it had come in by the port.
    {
      stage: 'external-port',
      priority: 200,
      match: [here, isIpv6, ...inNetwork(registers.nextHop6, own)],
      actions: [load('outputPort', port), set('eth_dst', mac)],
      goto: 'external-in',
    },
  ]);
  return [outbound, ...inbound];
}

/**
 * IPv6 addresses are public as they are: the host of the interface answers for them on the external network, with a MAC
 * that is unique there, and sends with it.
 */
export const publicIpv6: FragmentDefinition = {
  name: 'interface.public-ipv6',
  code: 24,
  compile(view, id) {
    const context = boundContext(view, id);
    // Of two hosts that claim the interface, the one to which its traffic goes answers for it.
    if (!context || currentBinding(view, context.networkInterface.id)?.id !== id) return undefined;
    const network = publicNetwork(view, context.vpc);
    const port = network && context.host.spec.externalPorts[network.spec.name];
    if (!network || port === undefined) return undefined;
    if (!hasIpv6(context.networkInterface)) return undefined;
    const { ipv6Addresses = [] } = context.networkInterface.spec;
    const mac = derivedMac('publicInterface', context.networkInterface.number as number);
    return {
      scope: hostScope(context.host),
      number: context.networkInterface.number as number,
      flows: publicFlows(context, network, { port, mac }),
      // A prefix is not announced: which of its addresses are in use is not known, and neighbours ask.
      after: ipv6Addresses.map((text) =>
        advertisement(port, mac, parseIpv6Address(text, 'ipv6Addresses'), pushTag(network)),
      ),
    };
  },
};

/** The bound interfaces of a VPC: all of them become public, or stop to be, with its gateway. */
export function* publicInterfaces(vpcId: string | undefined, view: TopologyView) {
  const vpc = vpcId && view.get('vpc', vpcId);
  if (!vpc || vpc.spec.ipv6CidrBlock === undefined) return;
  for (const networkInterface of view.referrers(vpc, 'in-vpc', 'network-interface')) {
    for (const { id } of view.referrers(networkInterface, 'of-interface', 'binding')) {
      yield { definition: publicIpv6, id };
    }
  }
}
