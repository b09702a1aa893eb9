import type { PeerNames, PublicNameRecord, ServiceRecord } from '@weft/api/contract';
import {
  connect,
  type FieldMatch,
  type FlowDescription,
  ipv4,
  ipv6,
  type OpenFlowConnection,
} from 'node-openflow';
import { slotNetworks } from '../addresses.ts';

/** Kinds of fragments whose flows have notes, as they stand in cookies: records, public names, names of peers. */
const kinds = { record: 8n, publicName: 12n, peers: 13n } as const;
type Kind = keyof typeof kinds;
/** Prefix and kind of a cookie. */
const cookieOf = (kind: Kind) => (0x57n << 56n) | (kinds[kind] << 50n);
const cookieMask = 0xfffc_0000_0000_0000n;
const metadataAddress = ipv4.parse('169.254.169.254');
const isIpv4: FieldMatch = { field: 'eth_type', value: 0x0800 };
const replyTimeoutMs = 2000;
/** How long a note counts, so that many questions are one look-up. */
const freshMs = 500;
const mostKept = 1000;

/** What is known of names beside the record of who asks. Undefined: it cannot be found out now. */
export interface KnownNames {
  /** What a public address stands for, in each VPC that has it; empty: in none that this host knows. */
  publicNames(address: string): Promise<readonly PublicNameRecord[] | undefined>;
  /** What a VPC may know of those that it is peered with. */
  peersOf(vpcNumber: number | undefined): Promise<readonly PeerNames[] | undefined>;
}

/**
 * Who asks, and what names stand for. The source address of a question is of the network of the interface's slot; what is known
 * of it stands in the switch, in a note of the flow by which answers go back, and names in notes of the VPC's flows. So nothing has to
 * be remembered or asked of a controller.
 */
export class Records implements KnownNames {
  readonly #path: string;
  readonly #onFailure: (error: unknown) => void;
  #connection: OpenFlowConnection | undefined;
  readonly #kept = new Map<
    string,
    { readonly until: number; readonly notes: Promise<readonly unknown[] | undefined> }
  >();

  /**
   * @param path of the management socket of br-int
   * @param onFailure told why the switch could not be asked
   */
  constructor(path: string, onFailure: (error: unknown) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
  }

  /** The record of the interface that asks from this address; undefined when there is none, or the switch cannot be asked. */
  async of(address: string): Promise<ServiceRecord | undefined> {
    const slot = slotOf(address);
    return slot === undefined ? undefined : await this.ofSlot(slot);
  }

  /** The record of the interface that has a slot of this host. */
  async ofSlot(slot: number): Promise<ServiceRecord | undefined> {
    const notes = await this.#notes('record', `${slot}`, [
      isIpv4,
      { field: 'ipv4_src', value: metadataAddress },
      { field: 'ipv4_dst', value: (slotNetworks.ipv4.first + slot) * 0x1_0000, mask: 0xffff_0000 },
    ]);
    return notes?.[0] as ServiceRecord | undefined;
  }

  async publicNames(address: string): Promise<readonly PublicNameRecord[] | undefined> {
    const match: FieldMatch[] = [isIpv4, { field: 'ipv4_dst', value: ipv4.parse(address) }];
    return (await this.#notes('publicName', address, match)) as PublicNameRecord[] | undefined;
  }

  async peersOf(vpcNumber: number | undefined): Promise<readonly PeerNames[] | undefined> {
    if (vpcNumber === undefined) return [];
    const match: FieldMatch[] = [{ field: 'metadata', value: BigInt(vpcNumber) }];
    const notes = await this.#notes('peers', `${vpcNumber}`, match);
    return notes && ((notes[0] ?? []) as PeerNames[]);
  }

  /** The contents of the notes of a kind with this match. */
  #notes(kind: Kind, of: string, match: readonly FieldMatch[]): Promise<readonly unknown[] | undefined> {
    const now = performance.now();
    const key = `${kind} ${of}`;
    const known = this.#kept.get(key);
    if (known && known.until > now) return known.notes;
    const notes = this.#read(kind, match).catch((error: unknown) => {
      this.#kept.delete(key);
      this.#onFailure(error);
      return undefined;
    });
    this.#kept.delete(key);
    this.#kept.set(key, { until: now + freshMs, notes });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return notes;
  }

  async #read(kind: Kind, match: readonly FieldMatch[]): Promise<readonly unknown[]> {
    const connection = await this.#connected();
    const reply = await connection.request(
      { type: 'multipart-request', part: 'flow-desc', cookie: cookieOf(kind), cookieMask, match: [...match] },
      { timeoutMs: replyTimeoutMs },
    );
    if (reply.type !== 'multipart-reply' || reply.part !== 'flow-desc') return [];
    return reply.flows.flatMap((flow) => {
      const note = noteOf(flow);
      return note === undefined ? [] : [JSON.parse(note) as unknown];
    });
  }

  async #connected(): Promise<OpenFlowConnection> {
    if (this.#connection && !this.#connection.closed) return this.#connection;
    const connection = connect({ path: this.#path }, { versions: [6] });
    this.#connection = connection;
    await connection.ready;
    return connection;
  }
}

/** The slot of who asks from this address. */
function slotOf(address: string): number | undefined {
  const slot = address.includes(':')
    ? Number((ipv6.parse(address) >> 64n) - slotNetworks.ipv6.first)
    : (ipv4.parse(address) >>> 16) - slotNetworks.ipv4.first;
  return slot > 0 ? slot : undefined;
}

/** The text of a note; Open vSwitch fills notes up with zeros. */
function noteOf({ instructions }: FlowDescription): string | undefined {
  for (const instruction of instructions) {
    if (instruction.type !== 'apply-actions') continue;
    for (const action of instruction.actions) {
      if (action.type !== 'note') continue;
      const end = action.data.indexOf(0);
      return Buffer.from(end < 0 ? action.data : action.data.subarray(0, end)).toString();
    }
  }
  return undefined;
}
