import {
  type Frame,
  type Icmp,
  type Ip,
  isIcmp,
  type Outcome,
  type TcpFlag,
} from '../../../controller/reference/index.ts';
import type { SendStep } from '../script.ts';
import { ip, isIn, isIpv6 } from './families.ts';
import {
  externalNetwork,
  outsideAddresses,
  outsideAddressesIpv6,
  outsideSender,
  type Scene,
} from './scene.ts';

/** A packet that arrived, and what its receiver could send back. */
interface Exchange {
  readonly sent: SendStep;
  /** The packet as it arrived. */
  readonly arrived: Ip;
  /** Where an answer comes from, and the frame that carries it. */
  readonly from: string;
  readonly link: Omit<Frame, 'content'>;
}

/** For so many packets, conversations that an edit has touched go on more often. */
const focusedPackets = 10;
/** No more exchanges than this are kept; the newest take the places of the oldest. */
const mostExchanges = 60;

const icmpAnswers: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  128: 129,
  129: 128,
};
const errors = [
  [3, 1],
  [3, 3],
  [3, 4],
  [11, 0],
  [12, 0],
] as const;

/** Remembers what arrived, and goes on from there: again, an answer, an ICMP error. */
export class Conversations {
  readonly #exchanges: Exchange[] = [];
  #focus: ReadonlySet<string> = new Set();
  #focused = 0;

  /** Notes what became of a packet. */
  note(scene: Scene, sent: SendStep, outcome: Outcome): void {
    const exchange = toExchange(scene, sent, outcome);
    if (exchange) this.#exchanges.push(exchange);
    if (this.#exchanges.length > mostExchanges) this.#exchanges.shift();
  }

  /** Goes on with what these resources take part in, for the next packets: an edit has touched them. */
  focus(names: ReadonlySet<string>): void {
    this.#focus = names;
    this.#focused = focusedPackets;
  }

  #choose(random: Scene['random']): Exchange | undefined {
    if (this.#focused > 0) {
      this.#focused--;
      const touched = this.#exchanges.filter((exchange) => takesPart(exchange, this.#focus));
      if (touched.length > 0 && random.chance(0.7)) return random.pick(touched);
    }
    return random.pickOrNone(random.chance(0.6) ? this.#exchanges.slice(-6) : this.#exchanges);
  }

  /** A packet that goes on with one of the conversations; undefined when there is none, or it has no answer. */
  next({ random }: Scene): SendStep | undefined {
    const exchange = this.#choose(random);
    if (!exchange) return undefined;
    const act = random.weighted([
      [3, () => exchange.sent],
      [6, () => answer(random, exchange)],
      [2, () => error(random, exchange)],
    ]);
    return act();
  }
}

/** The names of what an exchange goes through: `eni1`, or `@eip2` in a frame. */
function takesPart({ sent, from, link }: Exchange, names: ReadonlySet<string>): boolean {
  const parts = [sent.from, from, sent.frame.source, sent.frame.destination, link.source, link.destination];
  return parts.some((part) => names.has(part.replace('@', '').replace('.public', '')));
}

function toExchange(scene: Scene, sent: SendStep, outcome: Outcome): Exchange | undefined {
  if (outcome.type === 'delivered') {
    const receiver = scene.resources['network-interface'].get(outcome.interfaceId);
    const { content, source } = outcome.frame;
    if (!receiver || (content.protocol !== 'ipv4' && content.protocol !== 'ipv6')) return undefined;
    const subnet = scene.subnetOf(receiver);
    const neighbour = scene.all('network-interface').find(({ spec }) => spec.macAddress === source);
    const destination = scene.ref(neighbour ?? subnet);
    const link = { source: scene.ref(receiver), destination };
    return { sent, arrived: content, from: scene.name(receiver), link };
  }
  if (outcome.type !== 'sent-outside') return undefined;
  const { content } = outcome.frame;
  if (content.protocol === 'ipv6') {
    const owner = scene
      .all('network-interface')
      .find(
        ({ spec }) =>
          spec.ipv6Addresses?.includes(content.source) ||
          spec.ipv6Prefixes?.some((prefix) => isIn(prefix, content.source)),
      );
    if (!owner) return undefined;
    const link = { source: outsideSender, destination: `${scene.ref(owner)}.public` };
    return { sent, arrived: content, from: externalNetwork.name, link };
  }
  if (content.protocol !== 'ipv4') return undefined;
  const elasticIp = scene.all('elastic-ip').find(({ spec }) => spec.address === content.source);
  if (!elasticIp) return undefined;
  const link = { source: outsideSender, destination: scene.ref(elasticIp) };
  return { sent, arrived: content, from: externalNetwork.name, link };
}

function back({ arrived, from, link }: Exchange, payload: Ip['payload']): SendStep {
  const { source: destination, destination: source } = arrived;
  const content = ip({ source, destination, timeToLive: 64, payload });
  return { do: 'send', from, frame: { ...link, content } };
}

function answer(random: Scene['random'], exchange: Exchange): SendStep | undefined {
  const { payload } = exchange.arrived;
  switch (payload.protocol) {
    case 'tcp': {
      const { sourcePort: destinationPort, destinationPort: sourcePort } = payload;
      const flags = nextFlags(random, payload.flags);
      return back(exchange, { protocol: 'tcp', sourcePort, destinationPort, flags });
    }
    case 'udp': {
      const { sourcePort: destinationPort, destinationPort: sourcePort } = payload;
      return back(exchange, { protocol: 'udp', sourcePort, destinationPort });
    }
    case 'icmp':
    case 'icmpv6': {
      const type = icmpAnswers[payload.type];
      return type === undefined ? undefined : back(exchange, { ...payload, type });
    }
    default:
      return back(exchange, payload);
  }
}

/** What a TCP mostly sends next, and now and then something else that the state machine has to bear. */
function nextFlags(random: Scene['random'], received: readonly TcpFlag[]): readonly TcpFlag[] {
  if (received.includes('syn') && random.chance(0.85)) {
    return received.includes('ack') ? ['ack'] : ['syn', 'ack'];
  }
  if (received.includes('fin') && random.chance(0.7)) return ['fin', 'ack'];
  return random.weighted<readonly TcpFlag[]>([
    [6, ['ack']],
    [4, ['psh', 'ack']],
    [3, ['fin', 'ack']],
    [1, ['rst', 'ack']],
    [1, ['rst']],
    [1, ['syn', 'ack']],
  ]);
}

/** The receiver, or a router on the way outside, reports an error about the packet. */
function error(random: Scene['random'], exchange: Exchange): SendStep | undefined {
  // What an error quotes is cut off.
  const { totalLength: _length, ...arrived } = exchange.arrived;
  if (isIcmp(arrived.payload) && arrived.payload.quoted) return undefined;
  const [type, code] = random.pick(errors);
  const message: Icmp = { protocol: 'icmp', type, code, quoted: arrived };
  const step = back(exchange, message);
  if (exchange.from !== externalNetwork.name || random.chance(0.5)) return step;
  const machines = isIpv6(arrived.source) ? outsideAddressesIpv6 : outsideAddresses;
  const content = { ...(step.frame.content as Ip), source: random.pick(machines) };
  return { ...step, frame: { ...step.frame, content } };
}
