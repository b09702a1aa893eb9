import { type FieldMatch, ipv4 } from 'node-openflow';
import {
  packet as build,
  decodePacket,
  type SimulatedOutput,
  type SimulatedPacket,
  type SimulatedPacketIn,
  type SimulatedPort,
  type SimulationResult,
} from 'node-openflow/testing';
import { registers, tableOf } from '../../../controller/pipeline/index.ts';
import {
  answerTo,
  broadcastMac,
  type Frame,
  type ReferencePacket,
  servicesMac,
} from '../../../controller/reference/index.ts';
import { formatIpv6, type ResourceOf } from '../../../controller/resources/index.ts';
import type { World } from '../../../controller/testing/world.ts';
import { Disagreement } from '../disagreement.ts';
import { isIp, toFrame, toSimulated } from './frames.ts';
import { type Mutation, SimulatedHost, tableNames } from './host.ts';
import { advertisedRouterOf, agentTask, leaseOf, leaseV6Of } from './lease.ts';
import type { Observation } from './observation.ts';
import { outsideAddress } from './outside.ts';
import { routerError } from './router-error.ts';
import { Segment, tagOf } from './segment.ts';
import { type Arrival, Way } from './way.ts';

/** Called on the way to the agent; a packet never ends there. */
const limitTable = tableOf('limit');
/** No packet of ours crosses more switches than this; one that does is in a loop. */
const longestWay = 12;

/**
 * All hosts with their switches, the tunnels between them and the networks outside, so that a packet in gives packets
 * out. The agents' part is played here, too: answering DHCP and finding next hops.
 */
export class Fabric {
  readonly #world: World;
  readonly #mutation: Mutation | undefined;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #segment: Segment;

  constructor(world: World, mutation?: Mutation) {
    this.#world = world;
    this.#mutation = mutation;
    this.#segment = new Segment(world, (hostId, packet, port) => this.host(hostId).inject(packet, port));
  }

  /** @throws Error when there is no such host */
  host(id: string): SimulatedHost {
    const host = this.#hosts.get(id);
    if (!host) throw new Error(`there is no host ${id}`);
    return host;
  }

  /** Brings all switches to what the compiler has now. */
  follow(): void {
    for (const { id } of this.#world.topology.all('host')) {
      let host = this.#hosts.get(id);
      if (!host) {
        host = new SimulatedHost(id, this.#mutation);
        this.#hosts.set(id, host);
      }
      host.setPorts(this.#portsOf(id));
      host.follow(this.#world.compiler);
    }
    for (const [id, host] of this.#hosts) this.#announce(id, host);
  }

  /** What a host tells the network outside is heard by the others. */
  #announce(id: string, host: SimulatedHost): void {
    for (const { data } of host.takeAnnouncements()) {
      if (!data) continue;
      const frame = toFrame(decodePacket(data));
      const { content } = frame;
      if (content.protocol === 'arp') this.#segment.tell(content.senderMac, content.senderAddress);
      for (const network of this.#world.topology.all('external-network')) {
        const packet = toSimulated({ ...frame, ...tagOf(network) });
        for (const arrival of this.#segment.arrivals(network.id, packet, id)) {
          this.host(arrival.hostId).inject(packet, arrival.port);
        }
      }
    }
  }

  #portsOf(hostId: string): SimulatedPort[] {
    const host = this.#world.get('host', hostId);
    const bindings = [...this.#world.topology.referrers(host, 'on-host', 'binding')];
    const { servicePort } = host.spec;
    const plain = [
      ...(servicePort === undefined ? [] : [servicePort]),
      ...Object.values(host.spec.externalPorts),
      ...bindings.map(({ spec }) => spec.ofport),
    ];
    return [{ number: host.spec.tunnelPort, tunnel: true }, ...plain.map((number) => ({ number }))];
  }

  /** Sends a packet on its way and waits until nothing moves any more. */
  send(packet: ReferencePacket): Observation {
    const simulated = toSimulated(packet);
    const way =
      'interfaceId' in packet.from
        ? new Way(this.#fromInterface(packet.from.interfaceId, simulated))
        : new Way(undefined);
    if ('externalNetworkId' in packet.from) {
      way.pending.push(...this.#segment.arrivals(packet.from.externalNetworkId, simulated));
    }
    for (let arrival = way.pending.shift(); arrival; arrival = way.pending.shift()) this.#step(way, arrival);
    return way;
  }

  #fromInterface(interfaceId: string, packet: SimulatedPacket): Arrival | undefined {
    const binding = this.#placeOf(interfaceId);
    return binding && { hostId: binding.spec.hostId, port: binding.spec.ofport, packet };
  }

  /** A machine sends where it was last heard of: from a port in standby only if that is the only one. */
  #placeOf(interfaceId: string): ResourceOf<'binding'> | undefined {
    const target = { kind: 'network-interface', id: interfaceId } as const;
    const bindings = [...this.#world.topology.referrers(target, 'of-interface', 'binding')];
    const rank = ({ revision, spec }: ResourceOf<'binding'>) => revision - (spec.standby ? 1e9 : 0);
    return bindings.sort((a, b) => rank(b) - rank(a))[0];
  }

  #inject(way: Way, { hostId, port, packet }: Arrival): SimulationResult {
    if (++way.crossed > longestWay) throw new Disagreement('the packet is in a loop');
    const result = this.host(hostId).inject(packet, port);
    way.walks.push({ hostId, inPort: port, packet, result });
    return result;
  }

  #step(way: Way, arrival: Arrival): void {
    const result = this.#inject(way, arrival);
    const forAgent = result.toControllers.filter(isTask);
    const stage = lastStage(result);
    const bystander = arrival.shared === true && stage === 'external-in';
    if (result.outputs.length + forAgent.length === 0 && !bystander) {
      way.ends.push({ hostId: arrival.hostId, stage });
    }
    for (const output of result.outputs) this.#leave(way, arrival, output);
    for (const packetIn of forAgent) this.#agent(way, arrival, packetIn);
  }

  /** A packet left by a port: back to the sender, to another host, outside, or to an interface. */
  #leave(way: Way, arrival: Arrival, { port, packet, tunnel }: SimulatedOutput): void {
    const { hostId } = arrival;
    const { spec } = this.#world.get('host', hostId);
    if (port === spec.tunnelPort) {
      way.pending.push(this.#throughTunnel(hostId, packet, tunnel as SimulatedPacket['fields']));
      return;
    }
    const network = Object.entries(spec.externalPorts).find(([, number]) => number === port)?.[0];
    if (network !== undefined) {
      if (port === arrival.port) way.effects.push({ type: 'answered', frame: toFrame(packet) });
      else this.#leaveOutside(way, hostId, network, packet);
      return;
    }
    const frame = toFrame(packet);
    if (port === spec.servicePort) {
      way.pending.push({ hostId, port, packet: toSimulated(answerOfService(frame)) });
      return;
    }
    if (way.origin?.hostId === hostId && way.origin.port === port) {
      way.effects.push({ type: 'answered', frame });
    } else way.effects.push({ type: 'delivered', interfaceId: this.#interfaceAt(hostId, port), frame });
  }

  #interfaceAt(hostId: string, port: number): string {
    for (const { spec } of this.#world.topology.all('binding')) {
      if (spec.hostId === hostId && spec.ofport === port) return spec.networkInterfaceId;
    }
    throw new Disagreement(`a packet left host ${hostId} by port ${port}, where no interface is`);
  }

  #throughTunnel(from: string, packet: SimulatedPacket, tunnel: SimulatedPacket['fields']): Arrival {
    const destination = ipv4.format(Number(tunnel.get('tun_ipv4_dst') ?? 0));
    for (const { id, spec } of this.#world.topology.all('host')) {
      if (spec.tunnelAddress !== destination) continue;
      const source = ipv4.parse(this.#world.get('host', from).spec.tunnelAddress);
      const fields = new Map([...packet.fields, ...tunnel, ['tun_ipv4_src', source] as const]);
      return { hostId: id, port: spec.tunnelPort, packet: { ...packet, fields } };
    }
    throw new Disagreement(`a packet went through a tunnel to ${destination}, where no host is`);
  }

  /** The segment outside has the other hosts, which take what is for them, and everybody else. */
  #leaveOutside(way: Way, hostId: string, networkName: string, packet: SimulatedPacket): void {
    const network = this.#segment.network(networkName);
    const { destination, ...frame } = toFrame(packet);
    const machine = outsideAddress(destination);
    const nextHop = this.#segment.addressAt(destination, frame.content);
    if (nextHop === undefined) throw new Disagreement(`${destination} is nobody on network ${networkName}`);
    // The MAC of an address that was here is known for a while.
    if (machine === undefined && this.#segment.whoHas(hostId, network, nextHop) !== undefined) {
      way.pending.push(...this.#segment.arrivals(network.id, packet, hostId));
    } else way.effects.push({ type: 'sent-outside', externalNetworkId: network.id, nextHop, frame });
  }

  /** The agent's part. */
  #agent(way: Way, arrival: Arrival, packetIn: SimulatedPacketIn): void {
    const { userdata } = packetIn;
    if (userdata?.[0] === agentTask.addressAnnounced) {
      const [interfaceId = '', address = '', macAddress = ''] = Buffer.from(userdata)
        .toString('latin1', 1)
        .split(' ');
      way.effects.push({ type: 'announced', interfaceId, address, macAddress });
    } else if (userdata?.[0] === agentTask.dhcp)
      way.effects.push({ type: 'offered', lease: leaseOf(userdata) });
    else if (userdata?.[0] === agentTask.dhcpV6) {
      way.effects.push({ type: 'offered', lease: leaseV6Of(userdata) });
    } else if (userdata?.[0] === agentTask.routerAdvertisement) {
      way.effects.push({ type: 'advertised', router: advertisedRouterOf(userdata) });
    } else if (userdata?.[0] === agentTask.resolveNeighbour) this.#resolveNeighbour(way, arrival, packetIn);
    else if (userdata?.[0] === agentTask.timeExceeded || userdata?.[0] === agentTask.packetTooLarge) {
      const frame = routerError(userdata, toFrame(packetIn.packet));
      if (frame) way.effects.push({ type: 'answered', frame });
      else way.ends.push({ hostId: arrival.hostId, stage: tableNames.get(packetIn.table) ?? 'nowhere' });
    } else throw new Disagreement(`nobody knows what to do with a packet-in from table ${packetIn.table}`);
  }

  /**
   * Asks for the next hop. Whoever has it answers, the switch learns from the answer, and the packet sets out again; when
   * nobody has it, the packet would wait for an answer that never comes, and counts as sent.
   */
  #resolveNeighbour(way: Way, arrival: Arrival, { metadata, packet }: SimulatedPacketIn): void {
    const value = (field: string) => Number(metadata.find((one) => one.field === field)?.value ?? 0);
    const network = this.#world.topology.byNumber('external-network', value(registers.externalNetwork));
    if (!network) throw new Disagreement('the agent was asked for a neighbour on no network');
    const { destination: _unknown, ...frame } = toFrame(packet);
    const isIpv6 = frame.content.protocol === 'ipv6';
    const nextHop = isIpv6 ? formatIpv6(nextHop6(metadata)) : ipv4.format(value(registers.nextHop));
    const answer = arrival.retried ? undefined : this.#segment.whoHas(arrival.hostId, network, nextHop);
    if (answer) {
      this.#segment.tell(answer, nextHop);
      this.#answerNeighbour(way, arrival.hostId, network, nextHop, answer);
      way.pending.push({ ...arrival, retried: true });
      return;
    }
    way.effects.push({ type: 'sent-outside', externalNetworkId: network.id, nextHop, frame });
  }

  #answerNeighbour(
    way: Way,
    hostId: string,
    network: ResourceOf<'external-network'>,
    address: string,
    ethSrc: string,
  ): void {
    const port = this.#world.get('host', hostId).spec.externalPorts[network.spec.name] as number;
    const targetAddress = network.spec.gateway ?? '0.0.0.0';
    const link = { ...tagOf(network), ethSrc, ethDst: broadcastMac };
    const reply = address.includes(':')
      ? build.neighbourAdvertisement({
          ...link,
          ...{ src: address, dst: 'ff02::1', target: address, linkLayer: ethSrc, reserved: 0x2000_0000 },
        })
      : build.arp({ ...link, op: 2, senderAddress: address, targetAddress });
    this.#inject(way, { hostId, port, packet: reply });
  }
}

/** The stage in which the packet ended; a called stage counts for the one that called it. */
function lastStage({ trace }: SimulationResult): string {
  for (let index = trace.length - 1; index >= 0; index--) {
    const step = trace[index];
    if (step?.type !== 'lookup' || step.depth > 0 || step.table === limitTable) continue;
    return tableNames.get(step.table) ?? `${step.table}`;
  }
  return 'nowhere';
}

/** The four registers of an IPv6 next hop, the first one highest. */
function nextHop6(metadata: readonly FieldMatch[]): bigint {
  const value = (field: string) => BigInt(metadata.find((one) => one.field === field)?.value ?? 0);
  return (
    value(registers.nextHop6) || [12, 13, 14, 15].reduce((sum, n) => (sum << 32n) | value(`reg${n}`), 0n)
  );
}

/** What the agent must act on: not what it only takes note of, nor packets at the end of their time to live. */
function isTask({ reason, userdata }: SimulatedPacketIn): boolean {
  const { neighbourSeen, interfaceAwake } = agentTask;
  const noted: (number | undefined)[] = [neighbourSeen, interfaceAwake];
  return reason !== 'invalid-ttl' && !noted.includes(userdata?.[0]);
}

/** What a service of the host answers: from the address that was asked to the one that asks, as it sees them. */
function answerOfService({ source, content }: Frame): Frame {
  if (!isIp(content)) throw new Disagreement('a service was asked by something else than IP');
  return { source: servicesMac, destination: source, content: answerTo(content, 64) };
}
