/** Who asks for a neighbour: taken from the packet that waits for it. */
export interface NeighbourQuestion {
  /** Port that the neighbour is behind. */
  readonly port: number;
  /** A number for IPv4, a big integer for IPv6; the source as well. */
  readonly address: number | bigint;
  readonly sourceMac: bigint;
  readonly sourceAddress: number | bigint;
  /** VLAN tag of the packet: the question has the same. */
  readonly tag?: Buffer | undefined;
}

/** What the table asks its owner to do. */
export interface NeighbourActions<Packet> {
  ask(question: NeighbourQuestion): void;
  /** The neighbour is known now: the packet goes on. */
  release(packet: Packet): void;
  /** Nobody answered, or there was no room. */
  drop(packet: Packet, reason: 'unanswered' | 'full'): void;
}

/** Milliseconds from the first packet to each request. */
const askAfter = [0, 300, 900, 1900] as const;
const giveUpAfter = 3000;
/**
 * After an answer the neighbour should be known to the switch. Should it not be (its table of neighbours may be full),
 * the same packets come back: they wait for this long, so that asking and answering cannot turn in a circle at full speed.
 */
const settleFor = 300;
export const neighbourLimits = { neighbours: 256, packetsEach: 16 } as const;

interface Waiting<Packet> {
  question: NeighbourQuestion;
  packets: Packet[];
  since: number;
  asked: number;
  /** Until then no new question is asked, because it was just answered. */
  settled: number;
}

/**
 * Packets that wait until the MAC of their next hop is known. Knows neither clock nor network: every call takes `now`
 * in milliseconds, and `nextTick` says when `tick` has something to do.
 */
export class NeighbourTable<Packet> {
  #waiting = new Map<string, Waiting<Packet>>();
  #actions: NeighbourActions<Packet>;
  constructor(actions: NeighbourActions<Packet>) {
    this.#actions = actions;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Holds the packet and asks for its neighbour. */
  hold(question: NeighbourQuestion, packet: Packet, now: number): void {
    const key = keyOf(question.port, question.address);
    let entry = this.#waiting.get(key);
    if (!entry) {
      if (this.#waiting.size >= neighbourLimits.neighbours) {
        this.#actions.drop(packet, 'full');
        return;
      }
      entry = { question, packets: [], since: now, asked: 0, settled: now };
      this.#waiting.set(key, entry);
    }
    if (entry.packets.length >= neighbourLimits.packetsEach) {
      this.#actions.drop(packet, 'full');
      return;
    }
    if (entry.packets.length === 0) {
      entry.question = question;
      entry.since = Math.max(now, entry.settled);
      entry.asked = 0;
    }
    entry.packets.push(packet);
    this.#askWhatIsDue(entry, now);
  }

  /** The neighbour has spoken on this port. */
  answered(port: number, address: number | bigint, now: number): void {
    const entry = this.#waiting.get(keyOf(port, address));
    if (!entry || entry.packets.length === 0) return;
    const packets = entry.packets;
    entry.packets = [];
    entry.settled = now + settleFor;
    for (const packet of packets) this.#actions.release(packet);
  }

  /** Asks again where it is time to, and gives up what waited too long. */
  tick(now: number): void {
    for (const [key, entry] of this.#waiting) {
      if (entry.packets.length === 0) {
        if (now >= entry.settled) this.#waiting.delete(key);
      } else if (now >= entry.since + giveUpAfter) {
        this.#waiting.delete(key);
        for (const packet of entry.packets) this.#actions.drop(packet, 'unanswered');
      } else {
        this.#askWhatIsDue(entry, now);
      }
    }
  }

  /** When `tick` is to be called next; undefined when nothing waits. */
  nextTick(): number | undefined {
    let next: number | undefined;
    for (const entry of this.#waiting.values()) {
      const due =
        entry.packets.length === 0
          ? entry.settled
          : entry.since + Math.min(askAfter[entry.asked] ?? giveUpAfter, giveUpAfter);
      next = Math.min(next ?? due, due);
    }
    return next;
  }

  /** Forgets everything, without a word: the switch that held the way of these packets is gone. */
  clear(): void {
    this.#waiting.clear();
  }

  #askWhatIsDue(entry: Waiting<Packet>, now: number): void {
    const due = askAfter[entry.asked];
    if (due === undefined || now < entry.since + due) return;
    // One question, also when a late tick finds several of them due.
    while (entry.asked < askAfter.length && now >= entry.since + (askAfter[entry.asked] as number))
      entry.asked++;
    this.#actions.ask(entry.question);
  }
}

const keyOf = (port: number, address: number | bigint) => `${port}/${address}`;
