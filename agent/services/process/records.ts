import type { ServiceRecord } from '@weft/api/contract';
import { connect, type FlowDescription, ipv4, type OpenFlowConnection } from 'node-openflow';

/** Cookies of the flows with records: prefix 0x57, fragment kind 8. */
const cookie = (0x57n << 56n) | (8n << 50n);
const cookieMask = 0xfffc_0000_0000_0000n;
const metadataAddress = ipv4.parse('169.254.169.254');
const replyTimeoutMs = 2000;
/** How long a record counts, so that many questions are one look-up. */
const freshMs = 500;
const mostKept = 1000;

/**
 * Who asks. The source address of a question is that of the slot of the interface; what is known of it stands in the switch,
 * in a note of the flow by which answers go back, so that nothing has to be remembered or asked of a controller.
 */
export class Records {
  readonly #path: string;
  readonly #onFailure: (error: unknown) => void;
  #connection: OpenFlowConnection | undefined;
  readonly #kept = new Map<
    string,
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

  /** The record of the interface with this slot address; undefined when there is none, or the switch cannot be asked. */
  of(address: string): Promise<ServiceRecord | undefined> {
    const now = performance.now();
    const known = this.#kept.get(address);
    if (known && known.until > now) return known.record;
    const record = this.#read(address).catch((error: unknown) => {
      this.#kept.delete(address);
      this.#onFailure(error);
      return undefined;
    });
    this.#kept.delete(address);
    this.#kept.set(address, { until: now + freshMs, record });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return record;
  }

  async #read(address: string): Promise<ServiceRecord | undefined> {
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
          { field: 'ipv4_dst', value: ipv4.parse(address) },
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
