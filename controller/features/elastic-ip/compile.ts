import type { Action, Message } from 'node-openflow';
import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  isArp,
  isIpv4,
  isTooLarge,
  limit,
  load,
  move,
  on,
  onRegister,
  packetTooLarge,
  ports,
  set,
  tableOf,
  whole,
} from '../../pipeline/index.ts';
import {
  derivedMac,
  interfaceMtu,
  netmask,
  parseAddress,
  parseCidr,
  type ResourceOf,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { fromNeighbour, learnNeighbour } from '../external-network/compile.ts';
import { hostScope } from '../host/scope.ts';
import {
  type BoundContext,
  boundContext,
  conntrackZones,
  currentBinding,
  interfaceContext,
  macNumber,
} from '../network-interface/context.ts';
import { gatewayMac } from '../subnet/compile.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { announcement } from './announcement.ts';

/** A MAC of its own that moves with the address: neighbours need not forget anything. */
const macOf = (elasticIp: ResourceOf<'elastic-ip'>) => derivedMac('elasticIp', elasticIp.number as number);

/** Out: the private address becomes the elastic IP, in the interface's own translation zone. Equal on all hosts. */
const outbound: FragmentDefinition = {
  name: 'elastic-ip.outbound',
  code: 40,
  compile(view, id) {
    const elasticIp = view.get('elastic-ip', id);
    const context =
      elasticIp?.spec.networkInterfaceId && interfaceContext(view, elasticIp.spec.networkInterfaceId);
    const network = elasticIp && view.get('external-network', elasticIp.spec.externalNetworkId);
    if (!elasticIp || !context || !network) return undefined;
    const { networkInterface, vpc } = context;
    const address = parseAddress(elasticIp.spec.address, 'address');
    return {
      scope: vpcScope(vpc),
      number: elasticIp.number as number,
      flows: [
        {
          stage: 'translate',
          priority: 100,
          match: [
            vpcMatch(vpc),
            onRegister('externalNetwork', network.number as number),
            isIpv4,
            on('ipv4_src', parseAddress(networkInterface.spec.privateAddress, 'privateAddress')),
          ],
          actions: [
            load('ownIdentity', 0),
            set('eth_src', macOf(elasticIp)),
            {
              type: 'conntrack',
              commit: true,
              zone: whole('translationZone', 16),
              nat: { type: 'source', family: 4, address: [address] },
              table: tableOf('external-route'),
            },
          ],
        },
      ],
    };
  },
};

function inboundFlows(
  elasticIp: ResourceOf<'elastic-ip'>,
  network: ResourceOf<'external-network'>,
  context: BoundContext,
  port: number,
): Flow[] {
  const { networkInterface, vpc, subnet, binding } = context;
  const inside = parseCidr(vpc.spec.cidrBlock, 'cidrBlock');
  const address = parseAddress(elasticIp.spec.address, 'address');
  const privateAddress = parseAddress(networkInterface.spec.privateAddress, 'privateAddress');
  const mac = macOf(elasticIp);
  const here = onRegister('externalNetwork', network.number as number);
  const question = [here, isArp, on('arp_op', 1), on('arp_tpa', address)];
  const answer: Action[] = [
    move('arp_sha', 'arp_tha', 48),
    move('arp_spa', 'arp_tpa', 32),
    move('eth_src', 'eth_dst', 48),
    set('eth_src', mac),
    set('arp_sha', mac),
    set('arp_spa', address),
    set('arp_op', 2),
    { type: 'output', port: ports.inPort },
  ];
  return [
    { stage: 'external-in', priority: 100, match: question, actions: answer },
    {
      stage: 'external-in',
      priority: 110,
      match: [...question, fromNeighbour(network)],
      actions: [learnNeighbour, ...answer],
    },
    {
      stage: 'external-in',
      priority: 100,
      match: [here, on('eth_dst', mac), isIpv4, on('ipv4_dst', address)],
      actions: [
        { type: 'decrement-ttl' },
        set('metadata', BigInt(vpc.number as number)),
        load('peerIdentity', 0),
        set('eth_src', gatewayMac(subnet)),
        set('eth_dst', macNumber(networkInterface.spec.macAddress)),
        {
          type: 'conntrack',
          commit: true,
          zone: conntrackZones(binding).translation,
          nat: { type: 'destination', family: 4, address: [privateAddress] },
          table: tableOf('locate'),
        },
      ],
    },
    // Told before the address is translated, so that the sender outside knows its own packet again.
    {
      stage: 'external-in',
      priority: 105,
      match: [isTooLarge(1), here, on('eth_dst', mac), isIpv4, on('ipv4_dst', address)],
      actions: [
        load('interfaceNumber', networkInterface.number as number),
        limit,
        packetTooLarge({ address, mac, mtu: interfaceMtu }),
      ],
    },
    // Nobody outside has an address of the VPC: rules for its networks must not let such a sender in.
    {
      stage: 'external-in',
      priority: 110,
      match: [
        here,
        isIpv4,
        on('ipv4_src', inside.address, netmask(inside.prefixLength)),
        on('ipv4_dst', address),
      ],
      actions: [],
    },
    // From another interface of this host: the network outside would not send the packet back to where it came from.
    // It goes on as if it had come in by the port.
    {
      stage: 'external-port',
      priority: 200,
      match: [here, isIpv4, onRegister('nextHop', address)],
      actions: [load('outputPort', port), set('eth_dst', mac)],
      goto: 'external-in',
    },
  ];
}

/** In: on the host that has the interface, if it has a port to the external network. */
const inbound: FragmentDefinition = {
  name: 'elastic-ip.inbound',
  code: 41,
  compile(view, id) {
    const elasticIp = view.get('elastic-ip', id);
    const interfaceId = elasticIp?.spec.networkInterfaceId;
    const binding = interfaceId && currentBinding(view, interfaceId);
    const context = binding && boundContext(view, binding.id);
    const network = elasticIp && view.get('external-network', elasticIp.spec.externalNetworkId);
    if (!elasticIp || !context || !network) return undefined;
    const port = context.host.spec.externalPorts[network.spec.name];
    if (port === undefined) return undefined;
    const announce: Message = announcement(
      port,
      macOf(elasticIp),
      parseAddress(elasticIp.spec.address, 'address'),
    );
    return {
      scope: hostScope(context.host),
      number: elasticIp.number as number,
      flows: inboundFlows(elasticIp, network, context, port),
      // Connections of an earlier elastic IP would go on under that address, which may be somebody else's now.
      after: [{ type: 'ct-flush-zone', zone: conntrackZones(context.binding).translation }, announce],
    };
  },
};

function* elasticIpsOf(networkInterfaceId: string, view: TopologyView) {
  yield* view.referrers({ kind: 'network-interface', id: networkInterfaceId }, 'of-interface', 'elastic-ip');
}

/** Elastic IPs, translated on the host of the interface itself. */
export const elasticIpFeature: Feature = {
  name: 'elastic-ip',
  fragments: [outbound, inbound],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'elastic-ip') {
      yield { definition: outbound, id };
      yield { definition: inbound, id };
    }
    if (kind === 'binding') {
      const { spec } = (after ?? before) as ResourceOf<'binding'>;
      for (const elasticIp of elasticIpsOf(spec.networkInterfaceId, view)) {
        yield { definition: inbound, id: elasticIp.id };
      }
    }
    if (kind === 'host') {
      const portsOf = (host: typeof before) =>
        JSON.stringify((host as ResourceOf<'host'> | undefined)?.spec.externalPorts);
      if (portsOf(before) === portsOf(after)) return;
      for (const binding of view.referrers({ kind, id }, 'on-host', 'binding')) {
        for (const elasticIp of elasticIpsOf(binding.spec.networkInterfaceId, view)) {
          yield { definition: inbound, id: elasticIp.id };
        }
      }
    }
  },
};
