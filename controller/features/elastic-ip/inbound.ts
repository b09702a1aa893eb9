import type { Action } from 'node-openflow';
import {
  type Flow,
  ipMatch,
  isArp,
  isIpv4,
  isTooLarge,
  limit,
  load,
  move,
  on,
  onRegister,
  packetTooLarge,
  parseNetwork,
  ports,
  type StageName,
  set,
  translate,
  translateRecorded,
} from '../../pipeline/index.ts';
import { fromNeighbour, learnNeighbour } from '../external-network/compile.ts';
import { pushTag } from '../external-network/vlan.ts';
import { gatewayMac } from '../subnet/router.ts';
import { vpcMatch } from '../vpc/scope.ts';
import type { ElasticIpContext, TranslationPlace } from './context.ts';

/** Who asks for the address is told its MAC, and remembered if it is of the network. */
function arpFlows({ network, address, mac }: ElasticIpContext): Flow[] {
  const question = [
    onRegister('externalNetwork', network.number as number),
    isArp,
    on('arp_op', 1),
    on('arp_tpa', address),
  ];
  const answer: Action[] = [
    move('arp_sha', 'arp_tha', 48),
    move('arp_spa', 'arp_tpa', 32),
    move('eth_src', 'eth_dst', 48),
    set('eth_src', mac),
    set('arp_sha', mac),
    set('arp_spa', address),
    set('arp_op', 2),
    ...pushTag(network),
    { type: 'output', port: ports.inPort },
  ];
  return [
    { stage: 'external-in', priority: 100, match: question, actions: answer },
    {
      stage: 'external-in',
      priority: 110,
      match: [...question, ...fromNeighbour(network)],
      actions: [learnNeighbour, ...answer],
    },
  ];
}

/**
 * Elastic IP to private address, in a zone of its own. Beside the interface, it is LOCATE's next; from a gateway host,
 * the router inside finds the way. A NAT gateway only gets what belongs to connections that are there, so that nothing is
 * remembered for what nobody asked for.
 */
function arrival({ vpc, subnet, privateAddress }: ElasticIpContext, place: TranslationPlace): Action[] {
  const inside = [set('metadata', BigInt(vpc.number as number)), load('peerIdentity', 0)];
  const translated = (next: StageName) =>
    place.opensInward
      ? translate('destination', privateAddress, place.zone, next)
      : translateRecorded(place.zone, next);
  if (place.type === 'gateway') return [...inside, load('ownIdentity', 0), translated('nat')];
  return [...inside, set('eth_src', gatewayMac(subnet)), set('eth_dst', place.mac), translated('locate')];
}

/**
 * Where packets are routed to the translation: what others send out through this host, and what comes in for the interface. For
 * a NAT gateway, only what was translated back goes on, and nothing to its elastic IP itself.
 */
function gatewayFlows(context: ElasticIpContext, place: TranslationPlace): Flow[] {
  const { vpc, network, address, mac, privateAddress } = context;
  const here = onRegister('externalNetwork', network.number as number);
  return [
    {
      stage: 'locate',
      priority: 100,
      match: [vpcMatch(vpc), on('eth_dst', mac), isIpv4, on('ipv4_src', privateAddress)],
      actions: [
        load('externalNetwork', network.number as number),
        load('ownIdentity', 0),
        set('eth_src', mac),
        translate('source', address, place.zone, 'external-route'),
      ],
    },
    place.opensInward
      ? {
          stage: 'nat',
          priority: 80,
          match: [vpcMatch(vpc), here, isIpv4, on('ipv4_dst', privateAddress)],
          actions: [load('nextHop', privateAddress)],
          goto: 'route-local',
        }
      : {
          stage: 'nat',
          priority: 200,
          match: [vpcMatch(vpc), here, isIpv4, on('ipv4_dst', address)],
          actions: [],
        },
  ];
}

/** Everything of an elastic IP on the host that translates it, which reaches the network by `port`. */
export function inboundFlows(context: ElasticIpContext, place: TranslationPlace, port: number): Flow[] {
  const { network, vpc, address, mac, mtu, interfaceNumber } = context;
  const here = onRegister('externalNetwork', network.number as number);
  return [
    ...arpFlows(context),
    {
      stage: 'external-in',
      priority: 100,
      match: [here, on('eth_dst', mac), isIpv4, on('ipv4_dst', address)],
      actions: [{ type: 'decrement-ttl' }, ...arrival(context, place)],
    },
    // Told before the address is translated, so that the sender outside knows its own packet again.
    {
      stage: 'external-in',
      priority: 105,
      match: [isTooLarge(1), here, on('eth_dst', mac), isIpv4, on('ipv4_dst', address)],
      actions: [
        load('interfaceNumber', interfaceNumber),
        // The answer has the tag of the packet.
        ...pushTag(network),
        limit,
        packetTooLarge({ address, mac, mtu }),
      ],
    },
    // Nobody outside has an address of the VPC: rules for its networks must not let such a sender in.
    {
      stage: 'external-in',
      priority: 110,
      match: [here, ...ipMatch('src', parseNetwork(vpc.spec.cidrBlock)), on('ipv4_dst', address)],
      actions: [],
    },
    // From another interface of this host: the network outside would not send the packet back to where it came from.
    // It goes on as if it had come in by no port, and as nobody's connection: its sender may be the receiver, whose zone
    // would know it already.
    {
      stage: 'external-port',
      priority: 200,
      match: [here, isIpv4, onRegister('nextHop', address)],
      actions: [
        { type: 'conntrack-clear' },
        load('outputPort', port),
        set('in_port', 0),
        set('eth_dst', mac),
      ],
      goto: 'external-in',
    },
    ...(place.type === 'gateway' ? gatewayFlows(context, place) : []),
  ];
}
