import { equalMatches, hashMatch, isNarrower, type RawMatch } from './raw-match.ts';

const matchOffset = 48;
const arenaSize = 65536;

/** A flow-mod message as it came, with the parts that are needed to find flows. */
export class RawFlowMod {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset = 0, length = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get cookie(): bigint {
    return this.#view.getBigUint64(this.offset + 8);
  }

  get cookieMask(): bigint {
    return this.#view.getBigUint64(this.offset + 16);
  }

  get table(): number {
    return this.#view.getUint8(this.offset + 24);
  }

  /** 0 add, 1 modify, 2 modify strictly, 3 delete, 4 delete strictly. */
  get command(): number {
    return this.#view.getUint8(this.offset + 25);
  }

  get priority(): number {
    return this.#view.getUint16(this.offset + 30);
  }

  get outPort(): number {
    return this.#view.getUint32(this.offset + 36);
  }

  get outGroup(): number {
    return this.#view.getUint32(this.offset + 40);
  }

  get flags(): number {
    return this.#view.getUint16(this.offset + 44);
  }

  get match(): RawMatch {
    const start = this.offset + matchOffset;
    return { bytes: this.bytes, start: start + 4, end: start + this.#view.getUint16(start + 2) };
  }

  /** Where the padded match ends and the instructions begin. */
  get instructionsOffset(): number {
    const length = this.#view.getUint16(this.offset + matchOffset + 2);
    return this.offset + matchOffset + ((length + 7) & ~7);
  }
}

/** A flow of the table: a piece of an arena, and links of the two indexes. */
export interface StoredFlow {
  arena: Uint8Array;
  offset: number;
  length: number;
  packetCount: number;
  byteCount: number;
  nextByMatch: StoredFlow | undefined;
  nextByCookie: StoredFlow | undefined;
}

/** The flow-mod that made this flow. */
export function flowModOf(flow: StoredFlow): RawFlowMod {
  return new RawFlowMod(flow.arena, flow.offset, flow.length);
}

type Link = 'nextByMatch' | 'nextByCookie';

/** Index of flows by a number that several flows may share; those are chained. */
class ChainedIndex {
  readonly #first = new Map<number, StoredFlow>();
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  add(key: number, flow: StoredFlow): void {
    flow[this.#link] = this.#first.get(key);
    this.#first.set(key, flow);
  }

  remove(key: number, flow: StoredFlow): void {
    const first = this.#first.get(key);
    const next = flow[this.#link];
    if (first === flow) {
      if (next) this.#first.set(key, next);
      else this.#first.delete(key);
      return;
    }
    let before = first;
    while (before && before[this.#link] !== flow) before = before[this.#link];
    if (before) before[this.#link] = next;
  }

  *chain(key: number): Generator<StoredFlow> {
    let flow = this.#first.get(key);
    while (flow) {
      const next: StoredFlow | undefined = flow[this.#link];
      yield flow;
      flow = next;
    }
  }

  *all(): Generator<StoredFlow> {
    for (const key of [...this.#first.keys()]) yield* this.chain(key);
  }

  clear(): void {
    this.#first.clear();
  }
}

function matchKey(flow: RawFlowMod): number {
  return (Math.imul(hashMatch(flow.match), 31) + flow.table * 65537 + flow.priority) | 0;
}

function cookieKey(cookie: bigint): number {
  return Number(BigInt.asUintN(32, cookie ^ (cookie >> 32n)));
}

const allTables = 255;
const allOnes = 0xffff_ffff_ffff_ffffn;
const resetCounts = 4;

/**
 * A flow table that keeps flow-mods as bytes and finds flows by match, and by exact cookie, without looking at all of
 * them. A removed flow leaves a hole in its arena, which is freed with the last flow in it.
 */
export class FlowStore {
  readonly #byMatch = new ChainedIndex('nextByMatch');
  readonly #byCookie = new ChainedIndex('nextByCookie');
  #arena = new Uint8Array(arenaSize);
  #used = 0;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  flows(): Generator<StoredFlow> {
    return this.#byMatch.all();
  }

  /** The flow with the same table, priority and match. */
  find(wanted: RawFlowMod): StoredFlow | undefined {
    for (const flow of this.#byMatch.chain(matchKey(wanted))) {
      const known = flowModOf(flow);
      if (
        known.table === wanted.table &&
        known.priority === wanted.priority &&
        equalMatches(known.match, wanted.match)
      ) {
        return flow;
      }
    }
    return undefined;
  }

  /** Adds a flow, or puts it in the place of the one with the same match, whose counters it keeps. */
  put(flowMod: RawFlowMod): void {
    const known = this.find(flowMod);
    const keep = known && (flowMod.flags & resetCounts) === 0;
    if (known) this.remove(known);
    const { arena, offset } = this.#copy(flowMod);
    const flow: StoredFlow = {
      arena,
      offset,
      length: flowMod.length,
      packetCount: keep ? known.packetCount : 0,
      byteCount: keep ? known.byteCount : 0,
      nextByMatch: undefined,
      nextByCookie: undefined,
    };
    this.#byMatch.add(matchKey(flowMod), flow);
    this.#byCookie.add(cookieKey(flowMod.cookie), flow);
    this.#count++;
  }

  #copy(flowMod: RawFlowMod): { arena: Uint8Array; offset: number } {
    const { bytes, offset, length } = flowMod;
    if (this.#used + length > this.#arena.length) {
      this.#arena = new Uint8Array(Math.max(arenaSize, length));
      this.#used = 0;
    }
    const place = { arena: this.#arena, offset: this.#used };
    this.#arena.set(bytes.subarray(offset, offset + length), this.#used);
    this.#used += length;
    return place;
  }

  remove(flow: StoredFlow): void {
    const flowMod = flowModOf(flow);
    this.#byMatch.remove(matchKey(flowMod), flow);
    this.#byCookie.remove(cookieKey(flowMod.cookie), flow);
    this.#count--;
  }

  clear(): void {
    this.#byMatch.clear();
    this.#byCookie.clear();
    this.#count = 0;
  }

  /** The flows that a request or a non-strict command is about: by table, cookie and match. */
  *select(selection: {
    table: number;
    cookie: bigint;
    cookieMask: bigint;
    match: RawMatch;
  }): Generator<StoredFlow> {
    const { table, cookie, cookieMask, match } = selection;
    const candidates = cookieMask === allOnes ? this.#byCookie.chain(cookieKey(cookie)) : this.flows();
    for (const flow of candidates) {
      const flowMod = flowModOf(flow);
      if (table !== allTables && flowMod.table !== table) continue;
      if (((flowMod.cookie ^ cookie) & cookieMask) !== 0n) continue;
      if (isNarrower(flowMod.match, match)) yield flow;
    }
  }
}
