import { dropReasons } from '../../controller/reference/index.ts';
import { type Ending, endings } from './endings.ts';
import type { Sent } from './rig.ts';
import { byListRoute, byListRule, sortsOfRules, sortsOfRulesIpv6 } from './rule-sorts.ts';

/** What the packets of a run must have met, each of it often. */
const features = [
  'in its subnet',
  'routed in the VPC',
  'routed to a secondary block',
  'over a peering connection',
  'by an entry of a network ACL that is not for everything',
  'by a rule with a group of the VPC',
  'by a rule with a group of a peer',
  'by an egress rule with a group',
  'by a rule of one type of ICMP',
  'by a rule of a range of ports',
  'by a rule of another protocol',
  'by a rule with a prefix list',
  'by a route of a prefix list',
  'on one host',
  'through a tunnel',
  'to the outside',
  'from the outside',
  'to the outside with a VLAN tag',
  'from the outside with a VLAN tag',
  'between elastic IPs, one host',
  'between elastic IPs, two hosts',
  'to the outside through a NAT gateway',
  'from a NAT gateway to an elastic IP of the cloud',
  'through a private NAT gateway',
  'back through a NAT gateway',
  'elastic IP on a gateway host',
  'own elastic IP',
  'elastic IP of a secondary address',
  'opens a connection',
  'again in the original direction',
  'reply',
  'ICMP error of a connection',
  'ARP answered in a subnet',
  'ARP answered outside',
  'DHCP answered',
  'echo answered by the router',
  'router tells that the time to live is over',
  'router tells that a packet is too large',
  'elastic IP tells that a packet is too large',
  'through an interface that routes',
  'led on by the table of an internet gateway',
  'under the elastic IP of another interface',
  'from an address that is not the own',
  'from a secondary address',
  'from an address of a prefix',
  'to an address of a prefix',
  'DNS answered',
  'metadata answered',
  'a shared address announced',
  'to a shared address',
  'two bindings',
  'two bindings, one in standby',
  'IPv6 in its subnet',
  'IPv6 routed in the VPC',
  'IPv6 over a peering connection',
  'IPv6 through a tunnel',
  'IPv6 by an entry of a network ACL that is not for everything',
  'IPv6 by a rule with a group',
  'IPv6 by a rule of one type of ICMPv6',
  'IPv6 by a rule with a prefix list',
  'IPv6 by a route of a prefix list',
  'a shared IPv6 address announced',
  'to a shared IPv6 address',
  'IPv6 to the outside',
  'IPv6 from the outside',
  'IPv6 between VPCs by the outside, one host',
  'IPv6 between VPCs by the outside, two hosts',
  'to the outside by an egress-only gateway',
  'back by an egress-only gateway',
  'IPv6 reply',
  'ICMPv6 error of a connection',
  'neighbour discovery answered in a subnet',
  'neighbour discovery answered outside',
  'router advertised',
  'DHCPv6 answered',
  'DNS answered over IPv6',
  'metadata answered over IPv6',
  'echo answered by the router in IPv6',
  'router tells that the hop limit is over',
  'router tells that an IPv6 packet is too large',
  'public address tells that an IPv6 packet is too large',
  'IPv6 through an interface that routes',
  'IPv6 led on by the table of an internet gateway',
  'IPv6 from an address that is not the own',
  'IPv6 from an address of a prefix',
  'IPv6 to an address of a prefix',
] as const;
export type Feature = (typeof features)[number];

/** An interface is on two hosts: its machine is still to come to the new one, or has come. */
export type Move = 'prepared' | 'done';

/** Counts what packets have met. */
export class Coverage {
  readonly outcomes = new Map<string, number>();
  readonly reasons = new Map<string, number>(Object.keys(dropReasons).map((reason) => [reason, 0]));
  readonly features = new Map<Feature, number>(features.map((feature) => [feature, 0]));
  /** Established connections by what has ended them. */
  readonly ended = new Map<Ending, number>(endings.map((ending) => [ending, 0]));
  packets = 0;
  edits = 0;
  refused = 0;

  /** Counts a packet. @param move how far an interface on its way, bound on two hosts, is moved */
  note(sent: Sent, move: Move | undefined): void {
    this.packets++;
    const { outcome } = sent.evaluation;
    count(this.outcomes, outcome.type);
    if (outcome.type === 'dropped') count(this.reasons, outcome.reason);
    const { protocol } = sent.packet.content;
    for (const feature of protocol === 'ipv6' ? ipv6FeaturesOf(sent) : featuresOf(sent)) {
      count(this.features, feature);
    }
    if (move && outcome.type === 'delivered') {
      count(this.features, move === 'prepared' ? 'two bindings, one in standby' : 'two bindings');
    }
  }

  /** Counts what has ended an established connection. */
  noteEnd(ending: Ending): void {
    count(this.ended, ending);
  }

  add(other: Coverage): void {
    this.packets += other.packets;
    this.edits += other.edits;
    this.refused += other.refused;
    for (const [key, number] of other.outcomes) count(this.outcomes, key, number);
    for (const [key, number] of other.reasons) count(this.reasons, key, number);
    for (const [key, number] of other.features) count(this.features, key, number);
    for (const [key, number] of other.ended) count(this.ended, key, number);
  }

  /** Packets that arrived somewhere, from 0 to 1. */
  get delivered(): number {
    const arrived = (this.outcomes.get('delivered') ?? 0) + (this.outcomes.get('sent-outside') ?? 0);
    return arrived / Math.max(1, this.packets);
  }

  /** Reasons and features that were met less often than this. */
  rarerThan(limit: number): string[] {
    return [...this.reasons, ...this.features, ...this.ended]
      .filter(([, number]) => number < limit)
      .map(([name]) => name);
  }

  /** A table for people. */
  toString(): string {
    const rows = (title: string, counts: ReadonlyMap<string, number>) =>
      [`${title}:`, ...[...counts].map(([name, number]) => `${String(number).padStart(9)}  ${name}`)].join(
        '\n',
      );
    return [
      `${this.packets} packets, ${this.edits} edits (${this.refused} more refused), ` +
        `${(100 * this.delivered).toFixed(1)} % arrived`,
      rows('outcomes', this.outcomes),
      rows('features', this.features),
      rows('an established connection ends when', this.ended),
      rows('dropped', this.reasons),
    ].join('\n');
  }
}

function count<K>(counts: Map<K, number>, key: K, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** The generator's secondary blocks are of RFC 6598. */
const isSecondary = /^100\.\S+ leads to local$/;

const relations: Readonly<Record<string, Feature>> = {
  new: 'opens a connection',
  original: 'again in the original direction',
  reply: 'reply',
  error: 'ICMP error of a connection',
};

function* featuresOf({ packet, evaluation, observation }: Sent): Generator<Feature> {
  const { outcome, steps } = evaluation;
  const inside = 'interfaceId' in packet.from;
  const throughNat = steps.some(({ stage }) => stage === 'NAT gateway');
  const hosts = new Set(observation.walks.map(({ hostId }) => hostId)).size;
  if (outcome.type === 'announced') yield 'a shared address announced';
  if (steps.some(({ decision }) => decision === 'a shared address')) yield 'to a shared address';
  if (outcome.type === 'answered') {
    if (outcome.by === 'dhcp') yield 'DHCP answered';
    else if (outcome.by === 'gateway-echo') yield 'echo answered by the router';
    else if (outcome.by === 'dns') yield 'DNS answered';
    else if (outcome.by === 'metadata') yield 'metadata answered';
    else if (outcome.by === 'time-exceeded') yield 'router tells that the time to live is over';
    else if (outcome.by === 'too-large')
      yield inside
        ? 'router tells that a packet is too large'
        : 'elastic IP tells that a packet is too large';
    else yield inside ? 'ARP answered in a subnet' : 'ARP answered outside';
  }
  if (outcome.type === 'sent-outside') {
    yield 'to the outside';
    if (outcome.frame.vlan !== undefined) yield 'to the outside with a VLAN tag';
  }
  if (outcome.type === 'delivered') {
    const translated = steps.filter(({ stage }) => stage === 'elastic IP').length;
    if (!inside && packet.vlan !== undefined) yield 'from the outside with a VLAN tag';
    if (!inside) yield 'from the outside';
    else if (translated > 0 && throughNat) yield 'from a NAT gateway to an elastic IP of the cloud';
    else if (translated > 0)
      yield hosts === 1 ? 'between elastic IPs, one host' : 'between elastic IPs, two hosts';
    else {
      yield hosts === 1 ? 'on one host' : 'through a tunnel';
      const decided = (pattern: RegExp) => steps.some(({ decision }) => pattern.test(decision));
      if (decided(/leads to pcx-/)) yield 'over a peering connection';
      else yield decided(/^for the router$/) ? 'routed in the VPC' : 'in its subnet';
      if (decided(isSecondary)) yield 'routed to a secondary block';
      if (decided(/^entry (?!100 )/)) yield 'by an entry of a network ACL that is not for everything';
    }
  }
  if (outcome.type === 'dropped') return;
  if (throughNat && outcome.type === 'sent-outside') yield 'to the outside through a NAT gateway';
  if (throughNat && !inside && outcome.type === 'delivered') yield 'back through a NAT gateway';
  if (steps.some(({ stage }) => stage === 'elastic IP') && !throughNat && hosts > 1) {
    if (!inside || outcome.type === 'sent-outside') yield 'elastic IP on a gateway host';
  }
  if (inside && outcome.type === 'delivered' && outcome.interfaceId === packet.from.interfaceId) {
    yield 'own elastic IP';
  }
  const decided = (text: string) => steps.some(({ decision }) => decision.startsWith(text));
  yield* sortsOfRules(steps);
  if (steps.some(({ stage, decision }) => stage === 'NAT gateway' && decision.endsWith(', private'))) {
    yield 'through a private NAT gateway';
  }
  if (steps.some(({ decision }) => byListRule.test(decision))) yield 'by a rule with a prefix list';
  if (steps.some(({ decision }) => byListRoute.test(decision))) yield 'by a route of a prefix list';
  const isLedOn = steps.some(({ stage }) => stage === 'internet gateway');
  if (isLedOn) yield 'led on by the table of an internet gateway';
  else if (decided('leads through')) yield 'through an interface that routes';
  const isForeign = decided('an address that is not its own');
  if (isForeign && !throughNat && steps.some(({ stage }) => stage === 'elastic IP')) {
    yield 'under the elastic IP of another interface';
  }
  if (decided('an address that is not its own')) yield 'from an address that is not the own';
  if (decided('a secondary address')) yield 'from a secondary address';
  if (decided('an address of its prefixes')) yield 'from an address of a prefix';
  if (decided('an address of a prefix')) yield 'to an address of a prefix';
  if (steps.some(({ decision }) => decision.endsWith(', a secondary address')))
    yield 'elastic IP of a secondary address';
  const relation = steps.findLast(({ stage }) => stage.startsWith('security groups'))?.decision.split(' ')[0];
  const feature = relation && relations[relation];
  if (feature) yield feature;
}

const ipv6Answers: Readonly<Record<string, readonly [inside: Feature, outside: Feature]>> = {
  'neighbour-discovery': ['neighbour discovery answered in a subnet', 'neighbour discovery answered outside'],
  'router-advertisement': ['router advertised', 'router advertised'],
  dhcpv6: ['DHCPv6 answered', 'DHCPv6 answered'],
  dns: ['DNS answered over IPv6', 'DNS answered over IPv6'],
  metadata: ['metadata answered over IPv6', 'metadata answered over IPv6'],
  'gateway-echo': ['echo answered by the router in IPv6', 'echo answered by the router in IPv6'],
  'time-exceeded': ['router tells that the hop limit is over', 'router tells that the hop limit is over'],
  'too-large': [
    'router tells that an IPv6 packet is too large',
    'public address tells that an IPv6 packet is too large',
  ],
};

function* ipv6FeaturesOf({ packet, evaluation, observation }: Sent): Generator<Feature> {
  const { outcome, steps } = evaluation;
  const isInside = 'interfaceId' in packet.from;
  const decided = (pattern: RegExp) => steps.some(({ decision }) => pattern.test(decision));
  if (outcome.type === 'dropped') return;
  if (outcome.type === 'answered') {
    const [inside, outside] = ipv6Answers[outcome.by] ?? [];
    const feature = isInside ? inside : outside;
    if (feature) yield feature;
    return;
  }
  if (outcome.type === 'announced') {
    yield 'a shared IPv6 address announced';
    return;
  }
  const isEgressOnly = decided(/ leads to eigw-/);
  if (outcome.type === 'sent-outside') {
    yield isEgressOnly ? 'to the outside by an egress-only gateway' : 'IPv6 to the outside';
  } else {
    const hosts = new Set(observation.walks.map(({ hostId }) => hostId)).size;
    if (decided(/^in by eigw-/)) yield 'back by an egress-only gateway';
    if (decided(/^in by /)) {
      if (!isInside) yield 'IPv6 from the outside';
      else
        yield hosts === 1
          ? 'IPv6 between VPCs by the outside, one host'
          : 'IPv6 between VPCs by the outside, two hosts';
    } else {
      if (hosts > 1) yield 'IPv6 through a tunnel';
      if (decided(/leads to pcx-/)) yield 'IPv6 over a peering connection';
      else yield decided(/^for the router$/) ? 'IPv6 routed in the VPC' : 'IPv6 in its subnet';
    }
  }
  if (decided(/^entry (?!101 )/)) yield 'IPv6 by an entry of a network ACL that is not for everything';
  if (decided(/^a shared address$/)) yield 'to a shared IPv6 address';
  yield* sortsOfRulesIpv6(steps);
  if (decided(byListRule)) yield 'IPv6 by a rule with a prefix list';
  if (decided(byListRoute)) yield 'IPv6 by a route of a prefix list';
  if (steps.some(({ stage }) => stage === 'internet gateway')) {
    yield 'IPv6 led on by the table of an internet gateway';
  } else if (decided(/^leads through/)) yield 'IPv6 through an interface that routes';
  if (decided(/^an address that is not its own/)) yield 'IPv6 from an address that is not the own';
  if (decided(/^an address of its prefixes/)) yield 'IPv6 from an address of a prefix';
  if (decided(/^an address of a prefix/)) yield 'IPv6 to an address of a prefix';
  if (decided(/^reply packet/)) yield 'IPv6 reply';
  if (decided(/^error packet/)) yield 'ICMPv6 error of a connection';
}
