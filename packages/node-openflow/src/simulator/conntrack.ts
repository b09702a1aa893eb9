import { ethertype } from '../fields/protocols.ts';
import { Connection } from './connection.ts';
import { type ConntrackKey, extractKey, keyText, reverseKey } from './conntrack-key.ts';
import { chooseReplyKey, type NatSide, translatePacket } from './conntrack-nat.ts';
import { mayOpen } from './conntrack-states.ts';
import type { DatapathPacket } from './datapath-packet.ts';
import { unsupported } from './errors.ts';
import type { ConntrackRequest, MaskedValue } from './operations.ts';
import { connectionState as bit, protocol } from './protocols.ts';
import { readNumber, type Slots } from './slots.ts';
import type { ConntrackEntry } from './types.ts';

/** The connection with a key. */
interface Entry {
  readonly connection: Connection;
  readonly reply: boolean;
  /** Found by the key that replies have because of address translation. */
  readonly translated: boolean;
}

/** A packet's place in a connection. */
interface Found {
  readonly entry: Entry | undefined;
  readonly reply: boolean;
  /** Key of the packet's direction before translation. */
  readonly key: ConntrackKey;
  /** Whether `force` takes it for a reply, which replaces the connection by one in its own direction. */
  readonly forced: boolean;
}

const translated = bit.sourceNat | bit.destinationNat;

function setState(slots: Slots, state: number): void {
  slots.set('ct_state', BigInt(state));
}

function changeState(slots: Slots, set: number, clear = 0): void {
  setState(slots, (readNumber(slots, 'ct_state') & ~clear) | set);
}

function masked(old: bigint, written: MaskedValue | undefined): bigint {
  return written ? (old & ~written.mask) | written.value : old;
}

function natSide({ nat }: ConntrackRequest): NatSide | undefined {
  return nat === undefined || nat.type === 'none' ? undefined : nat.type;
}

/** Puts the addresses and ports of the original direction where tables can see them. */
function writeOriginal(slots: Slots, key: ConntrackKey | undefined): void {
  for (const slot of [...slots.keys()]) {
    if (/^ct_(nw_proto|(nw|ipv6|tp)_(src|dst))$/.test(slot)) slots.delete(slot);
  }
  if (!key) return;
  const family = key.ethertype === ethertype.ipv6 ? 'ipv6' : 'nw';
  const icmp = key.ethertype === ethertype.ipv6 ? protocol.icmpv6 : protocol.icmp;
  slots.set('ct_nw_proto', BigInt(key.protocol));
  slots.set(`ct_${family}_src`, key.source.address);
  slots.set(`ct_${family}_dst`, key.destination.address);
  // For ICMP: type, and code, which is always 0 here.
  const isIcmp = key.protocol === icmp;
  slots.set('ct_tp_src', BigInt(isIcmp ? key.source.icmpType : key.source.port));
  slots.set('ct_tp_dst', BigInt(isIcmp ? 0 : key.destination.port));
}

/**
 * The connection tracker, as the userspace one of Open vSwitch 3.1: a packet of a committed connection is `+new` until
 * the other side has answered and `+est` from then on, in both directions.
 */
export class Conntrack {
  readonly #byKey = new Map<string, Connection>();
  readonly #byReplyKey = new Map<string, Connection>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** All connections that have not expired. */
  entries(): ConntrackEntry[] {
    return [...this.#byKey.values()].map((connection) => connection.describe());
  }

  advance(now: number): void {
    this.#now = now;
    for (const connection of this.#byKey.values()) if (now >= connection.expires) this.#remove(connection);
  }

  flushZone(zone: number): void {
    for (const connection of this.#byKey.values()) if (connection.key.zone === zone) this.#remove(connection);
  }

  /** Tracks a packet: writes what it finds out into the packet, and commits and translates as asked for. */
  process(packet: DatapathPacket, request: ConntrackRequest): void {
    const { slots, cached } = packet;
    const { zone } = request;
    if (readNumber(slots, 'ip_frag') !== 0) unsupported('fragments in the connection tracker');
    const alive = cached && this.#byKey.get(keyText(cached.connection.key)) === cached.connection;
    if (alive && cached.connection.key.zone === zone && !request.force) {
      this.#again(packet, request, cached.connection);
      return;
    }
    const extracted = extractKey(packet, zone);
    if (!extracted) {
      setState(slots, bit.invalid);
      this.#write(packet, zone, undefined, undefined);
      return;
    }
    if (readNumber(slots, 'ct_zone') !== zone) setState(slots, 0);
    this.#track(packet, request, extracted.key, extracted.related);
  }

  /** A second visit of a zone changes no state. */
  #again(packet: DatapathPacket, request: ConntrackRequest, connection: Connection): void {
    const { reply, related } = packet.cached ?? { reply: false, related: false };
    if (request.nat) {
      this.#translate(packet, connection, request.zone, reply, related);
      packet.cached = undefined;
    }
    packet.slots.set('ct_zone', BigInt(request.zone));
    this.#writeMetadata(packet, connection, request);
  }

  #track(packet: DatapathPacket, request: ConntrackRequest, key: ConntrackKey, related: boolean): void {
    const found = this.#find(packet, key);
    let connection = found.entry?.connection;
    if (found.entry && request.force && found.forced) {
      // Open vSwitch 3.1 forgets the wrong one of its two entries of a connection that is translated: it stays.
      if (!found.entry.translated) this.#remove(found.entry.connection);
      connection = undefined;
    }
    let opens = false;
    if (connection) {
      opens = this.#update(packet, connection, found.reply, related);
      if (request.nat && !opens) this.#translate(packet, connection, request.zone, found.reply, related);
    } else {
      connection = this.#findByOriginal(packet, request, found.key);
      if (connection) opens = this.#update(packet, connection, found.reply, related);
      else if (related) setState(packet.slots, bit.invalid);
      else opens = true;
    }
    if (opens && !this.#lookup(found.key)) connection = this.#open(packet, request, found.key);
    this.#write(packet, request.zone, connection, connection?.key ?? found.key);
    if (connection) this.#writeMetadata(packet, connection, request);
    packet.cached = connection && !request.nat ? { connection, reply: found.reply, related } : undefined;
  }

  #lookup(key: ConntrackKey): Entry | undefined {
    const text = keyText(key);
    const forward = this.#byKey.get(text);
    if (forward) return { connection: forward, reply: false, translated: false };
    const backward = this.#byReplyKey.get(text);
    return backward && { connection: backward, reply: true, translated: backward.translates };
  }

  /** A packet that was translated in this zone before is found by the key of what would answer it. */
  #find({ slots }: DatapathPacket, key: ConntrackKey): Found {
    if ((readNumber(slots, 'ct_state') & translated) === 0) {
      const entry = this.#lookup(key);
      const reply = entry?.reply ?? false;
      return { entry, reply, key, forced: reply && !entry?.translated };
    }
    const entry = this.#lookup(reverseKey(key));
    if (!entry) return { entry, reply: false, key, forced: false };
    const reply = !entry.reply;
    const ownKey = reply ? entry.connection.replyKey : entry.connection.key;
    return { entry, reply, key: ownKey, forced: reply || entry.translated };
  }

  /** Finds the connection of a translated packet by the original addresses that it carries. */
  #findByOriginal(
    { slots }: DatapathPacket,
    request: ConntrackRequest,
    key: ConntrackKey,
  ): Connection | undefined {
    if ((readNumber(slots, 'ct_state') & translated) === 0 || request.nat) return undefined;
    if (readNumber(slots, 'ct_nw_proto') === 0) return undefined;
    const family = key.ethertype === ethertype.ipv6 ? 'ipv6' : 'nw';
    const end = (side: 'src' | 'dst') => ({
      address: slots.get(`ct_${family}_${side}`) ?? 0n,
      port: readNumber(slots, `ct_tp_${side}`),
      icmpType: 0,
    });
    const zone = readNumber(slots, 'ct_zone');
    const original = {
      ...key,
      zone,
      protocol: readNumber(slots, 'ct_nw_proto'),
      source: end('src'),
      destination: end('dst'),
    };
    return this.#lookup(original)?.connection;
  }

  /** Notes a packet of a known connection. Returns whether it opens a new one in its place. */
  #update(packet: DatapathPacket, connection: Connection, reply: boolean, related: boolean): boolean {
    const { slots } = packet;
    if (related) {
      changeState(slots, bit.related | (reply ? bit.reply : 0));
      return false;
    }
    const update = connection.state.update(reply, readNumber(slots, 'tcp_flags'));
    switch (update) {
      case 'established':
        connection.expires = this.#now + connection.state.timeout;
        changeState(slots, bit.established | (reply ? bit.reply : 0), bit.new);
        return false;
      case 'new':
        connection.expires = this.#now + connection.state.timeout;
        changeState(slots, bit.new);
        return false;
      case 'invalid':
        setState(slots, bit.invalid);
        return false;
      case 'restart':
        this.#remove(connection);
        return true;
    }
  }

  /** Handles a packet of no known connection: commits one when asked to. */
  #open(packet: DatapathPacket, request: ConntrackRequest, key: ConntrackKey): Connection | undefined {
    if (!mayOpen(key, readNumber(packet.slots, 'tcp_flags'))) {
      setState(packet.slots, bit.invalid);
      return undefined;
    }
    setState(packet.slots, bit.new);
    if (!request.commit) return undefined;
    const side = natSide(request);
    const replyKey = this.#replyKey(request, key);
    if (!replyKey) return undefined;
    const connection = new Connection(
      key,
      replyKey,
      { nat: side, translates: request.nat !== undefined },
      this.#now,
    );
    if (side) translatePacket(packet, replyKey, side, false);
    this.#byKey.set(keyText(key), connection);
    this.#byReplyKey.set(keyText(replyKey), connection);
    return connection;
  }

  /** Undefined when every address and port that the translation may use is taken. */
  #replyKey({ nat }: ConntrackRequest, key: ConntrackKey): ConntrackKey | undefined {
    if (!nat) return reverseKey(key);
    if (nat.type === 'none') {
      unsupported(
        'ct(commit,nat) opens a connection of which the userspace datapath of Open vSwitch 3.1 does not know the replies: write nat(src) or nat(dst)',
      );
    }
    return chooseReplyKey(key, nat, (reply) => !this.#lookup(reply));
  }

  /** Translates a packet as its connection says, once a zone. */
  #translate(
    packet: DatapathPacket,
    connection: Connection,
    zone: number,
    reply: boolean,
    related: boolean,
  ): void {
    const { slots } = packet;
    const { nat } = connection;
    const before = readNumber(slots, 'ct_state') & translated;
    if (!nat || (before !== 0 && readNumber(slots, 'ct_zone') === zone)) return;
    changeState(slots, 0, translated);
    const opposite = nat === 'source' ? 'destination' : 'source';
    translatePacket(packet, reply ? connection.key : connection.replyKey, reply ? opposite : nat, related);
  }

  #write(
    { slots }: DatapathPacket,
    zone: number,
    connection: Connection | undefined,
    original: ConntrackKey | undefined,
  ): void {
    changeState(slots, bit.tracked);
    slots.set('ct_zone', BigInt(zone));
    slots.set('ct_mark', connection?.mark ?? 0n);
    slots.set('ct_label', connection?.label ?? 0n);
    writeOriginal(slots, original);
  }

  #writeMetadata({ slots }: DatapathPacket, connection: Connection, { mark, label }: ConntrackRequest): void {
    connection.mark = masked(connection.mark, mark);
    connection.label = masked(connection.label, label);
    slots.set('ct_mark', connection.mark);
    slots.set('ct_label', connection.label);
  }

  #remove(connection: Connection): void {
    this.#byKey.delete(keyText(connection.key));
    if (this.#byReplyKey.get(keyText(connection.replyKey)) === connection) {
      this.#byReplyKey.delete(keyText(connection.replyKey));
    }
  }
}
