import type { ServiceRecord } from '@weft/api/contract';
import { connect, type FlowDescription, ipv4, type OpenFlowConnection } from 'node-openflow';
import { slotNetworks } from '../addresses.ts';

/** Cookies of the flows with records: prefix 0x57, fragment kind 8. */
const cookie = (0x57n << 56n) | (8n << 50n);
const cookieMask = 0xfffc_0000_0000_0000n;
const metadataAddress = ipv4.parse('169.254.169.254');
const replyTimeoutMs = 2000;
/** How long a record counts, so that many questions are one look-up. */
const freshMs = 500;
const mostKept = 1000;

/**
 * Who asks. The source address of a question is of the network of the interface's slot; what is known of it stands in the switch,
 * in a note of the flow by which answers go back, so that nothing has to be remembered or asked of a controller.
 */
export class Records {
  readonly #path: string;
  readonly #onFailure: (error: unknown) => void;
  #connection: OpenFlowConnection | undefined;
  readonly #kept = new Map<
    number,
    { readonly until: number; readonly record: Promise<ServiceRecord | undefined> }
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
  of(address: string): Promise<ServiceRecord | undefined> {
    const now = performance.now();
    const slot = slotOf(address);
    if (slot === undefined) return Promise.resolve(undefined);
    const known = this.#kept.get(slot);
    if (known && known.until > now) return known.record;
    const record = this.#read(slot).catch((error: unknown) => {
      this.#kept.delete(slot);
      this.#onFailure(error);
      return undefined;
    });
    this.#kept.delete(slot);
    this.#kept.set(slot, { until: now + freshMs, record });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return record;
  }

  async #read(slot: number): Promise<ServiceRecord | undefined> {
    const connection = await this.#connected();
    const reply = await connection.request(
      {
        type: 'multipart-request',
        part: 'flow-desc',
        cookie,
        cookieMask,
        match: [
          { field: 'eth_type', value: 0x0800 },
          { field: 'ipv4_src', value: metadataAddress },
          { field: 'ipv4_dst', value: (slotNetworks.firstIpv4 + slot) * 0x1_0000, mask: 0xffff_0000 },
        ],
      },
      { timeoutMs: replyTimeoutMs },
    );
    if (reply.type !== 'multipart-reply' || reply.part !== 'flow-desc') return undefined;
    for (const flow of reply.flows) {
      const note = noteOf(flow);
      if (note !== undefined) return JSON.parse(note) as ServiceRecord;
    }
    return undefined;
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
  const slot = (ipv4.parse(address) >>> 16) - slotNetworks.firstIpv4;
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
