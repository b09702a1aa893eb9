import { packet as build, type SimulatedPacket, type SimulationResult } from 'node-openflow/testing';
import { broadcastMac, type Frame } from '../../../controller/reference/index.ts';
import {
  contains,
  containsIpv6,
  derivedMac,
  formatMac,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
} from '../../../controller/resources/index.ts';
import type { World } from '../../../controller/testing/world.ts';
import { Disagreement } from '../disagreement.ts';
import { isIp, toFrame } from './frames.ts';
import { outsideAddress, outsideMac } from './outside.ts';
import type { Arrival } from './way.ts';

/** The segment outside, with the hosts that have a port to it and all other machines. */
export class Segment {
  readonly #world: World;
  readonly #inject: (hostId: string, packet: SimulatedPacket, port: number) => SimulationResult;
  /** Addresses by the MACs that were told for them: switches know them for a while, also those of elastic IPs that are gone. */
  readonly #told = new Map<string, string>();

  /** @param inject lets a packet come into a host */
  constructor(
    world: World,
    inject: (hostId: string, packet: SimulatedPacket, port: number) => SimulationResult,
  ) {
    this.#world = world;
    this.#inject = inject;
  }

  /** Everybody hears that an address is at a MAC. */
  tell(mac: string, address: string): void {
    this.#told.set(mac, address);
  }

  /** The address of whoever has a MAC, or had it until a while ago; undefined for nobody's. */
  addressAt(mac: string, content: Frame['content']): string | undefined {
    return outsideAddress(mac) ?? this.#publicAddress(mac, content) ?? this.#told.get(mac);
  }

  /** Every host's port to an external network is on one segment. */
  arrivals(networkId: string, packet: SimulatedPacket, except?: string): Arrival[] {
    const { name } = this.#world.get('external-network', networkId).spec;
    const arrivals: Arrival[] = [];
    for (const { id, spec } of this.#world.topology.all('host')) {
      const port = spec.externalPorts[name];
      if (port !== undefined && id !== except) arrivals.push({ hostId: id, port, packet, shared: true });
    }
    return arrivals;
  }

  /** The address of the cloud that is sought under a MAC: an elastic IP, or the destination if an interface has the MAC. */
  #publicAddress(mac: string, content: Frame['content']): string | undefined {
    for (const { number, spec } of this.#world.topology.all('elastic-ip')) {
      if (formatMac(derivedMac('elasticIp', number as number)) === mac) return spec.address;
    }
    return isIp(content) && content.protocol === 'ipv6' ? content.destination : undefined;
  }

  network(name: string): ResourceOf<'external-network'> {
    for (const network of this.#world.topology.all('external-network')) {
      if (network.spec.name === name) return network;
    }
    throw new Error(`there is no external network ${name}`);
  }

  /** The MAC of a neighbour: a machine outside, or an address of the cloud on another host. */
  whoHas(hostId: string, network: ResourceOf<'external-network'>, address: string): string | undefined {
    if (address.includes(':')) return this.#whoHasIpv6(hostId, network, address);
    const { addressRanges } = network.spec;
    const inRange = addressRanges.some(
      ({ first, last }) =>
        parseAddress(first, 'first') <= parseAddress(address, 'address') &&
        parseAddress(address, 'address') <= parseAddress(last, 'last'),
    );
    if (!inRange) {
      const inside = contains(parseCidr(network.spec.cidrBlock, 'cidr'), parseAddress(address, 'address'));
      return inside ? outsideMac(address) : undefined;
    }
    const asking = { ethSrc: outsideMac('203.0.113.250'), ethDst: broadcastMac };
    const request = build.arp({
      ...asking,
      ...tagOf(network),
      senderAddress: '203.0.113.250',
      targetAddress: address,
    });
    return this.#ask(hostId, network, request);
  }

  /** VPCs have addresses of the network's block, but none of its first /56: there are the machines outside. */
  #whoHasIpv6(hostId: string, network: ResourceOf<'external-network'>, text: string): string | undefined {
    const address = parseIpv6Address(text, 'address');
    const block = parseIpv6Cidr(network.spec.ipv6CidrBlock ?? '::/128', 'block');
    if (!containsIpv6(block, address) || containsIpv6({ ...block, prefixLength: 56 }, address)) {
      return outsideMac(text);
    }
    const asker = '2001:db8::fa';
    const ethSrc = outsideMac(asker);
    const link = { ethSrc, ethDst: '33:33:ff:00:00:00', linkLayer: ethSrc, ...tagOf(network) };
    const request = build.neighbourSolicitation({ ...link, src: asker, dst: 'ff02::1:ff00:0', target: text });
    return this.#ask(hostId, network, request);
  }

  /** The MAC in the one answer that the other hosts give. */
  #ask(
    hostId: string,
    network: ResourceOf<'external-network'>,
    request: SimulatedPacket,
  ): string | undefined {
    const answers: Frame[] = [];
    for (const arrival of this.arrivals(network.id, request, hostId)) {
      const { outputs } = this.#inject(arrival.hostId, request, arrival.port);
      answers.push(...outputs.map((output) => toFrame(output.packet)));
    }
    if (answers.length > 1) throw new Disagreement(`${answers.length} hosts answer for one address`);
    return answers[0]?.source;
  }
}

/** Frames of the network's neighbours are of its VLAN. */
export const tagOf = ({ spec: { vlan } }: ResourceOf<'external-network'>) =>
  vlan === undefined ? {} : { vlan };
