import {
  type FieldName,
  type FieldValue,
  type FlowMod,
  formatMatch,
  type MeterMod,
  parseMatch,
} from 'node-openflow';
import { RealSwitch } from '../../../packages/node-openflow/src/simulator/real-switch.test-support.ts';
import type { Segment } from './segments.ts';

const bridge = 'br0';
/** Ports that flows output to need not be there: the tracer says so, and goes on. */
const ports = 1;
const identityOption = { optionClass: 0x0177, optionType: 1, optionLength: 4, index: 0 } as const;

type Fields = ReadonlyMap<FieldName, FieldValue>;

/** Bits of `ct_state`, ovs-fields(7). */
const related = 4;
const reply = 8;
const invalid = 16;

/** Flows may match it, but `ofproto/trace` does not take it. */
const unknownToTracer: FieldName = 'ipv6_exthdr';

/** An invalid packet has no connection, of which the tracer could be told anything. */
function text(fields: Fields): string {
  const noConnection = (Number(fields.get('ct_state') ?? 0) & invalid) !== 0;
  const told = [...fields].filter(
    ([field]) => field !== unknownToTracer && !(noConnection && /^ct_(nw|ipv6|tp)_/.test(field)),
  );
  return formatMatch(told.map(([field, value]) => ({ field, value })));
}

/** To the tracer, `tp_src` is a port of TCP and `icmp_type` a type of ICMPv4, whatever the protocol. */
function withFieldsByProtocol(flow: string): string {
  if (/(?:^|,)icmp6,/.test(flow)) return flow.replaceAll(/,icmp_(type|code)=/g, ',icmpv6_$1=');
  const protocol = /(?:^|,)(udp|sctp)6?,/.exec(flow)?.[1];
  return protocol === undefined ? flow : flow.replaceAll(/,tp_(src|dst)=/g, `,${protocol}_$1=`);
}

/** What both write down: protocols, registers, headers, tunnel and connection. The rest belongs to the datapath. */
const compared =
  /^(\w+$|reg\d+=|metadata=|in_port=|dl_(src|dst)=|nw_(src|dst|ttl)=|ipv6_(src|dst)=|tp_|icmp_|nd_(target|tll)=|arp_|tcp_flags=|ct_(state|label|nw|ipv6|tp)|tun_(src|dst|metadata0)=)/;

/** Larger packets may go another way. */
const small = 1000;

/** How the tracer writes port 0, which is none. */
const noPort = 'in_port=ANY';

/** Fields in one form, without those that are zero: one side leaves them out. */
function canonical(flow: string): string {
  const parts = flow.split(',').filter((part) => compared.test(part) && part !== noPort);
  return parseMatch(parts.join())
    .filter(({ value }) => BigInt(value) !== 0n)
    .map(({ field, value }) => `${field}=${value}`)
    .sort()
    .join();
}

/** A real Open vSwitch with the flows of a simulated host, for tracing. */
export class RealHost implements AsyncDisposable {
  readonly #switch: RealSwitch;
  #flows: ReadonlySet<FlowMod> = new Set();
  readonly #meters = new Set<number>();

  private constructor(real: RealSwitch) {
    this.#switch = real;
  }

  static async start(): Promise<RealHost> {
    const real = await RealSwitch.start(ports);
    await real.apply([{ type: 'tlv-table-mod', command: 'add', mappings: [identityOption] }]);
    return new RealHost(real);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#switch.stop();
  }

  /** Gives the switch these flows: only what has changed since the last time. @throws Error when it refuses one */
  async load(flows: readonly FlowMod[]): Promise<void> {
    const wanted = new Set(flows);
    const removals = [...this.#flows]
      .filter((flow) => !wanted.has(flow))
      .map((flow) => ({ ...flow, command: 'delete-strict', instructions: [] }) as const);
    const additions = flows.filter((flow) => !this.#flows.has(flow));
    const refusals = await this.#switch.apply([...removals, ...this.#newMeters(additions), ...additions]);
    const refusal = refusals.find((name) => name !== undefined);
    if (refusal !== undefined) throw new Error(`Open vSwitch refused a flow: ${refusal}`);
    this.#flows = wanted;
  }

  /** Each meter that a flow leads to, once: without it the switch refuses the flow. */
  #newMeters(flows: readonly FlowMod[]): MeterMod[] {
    const numbers = flows.flatMap(({ instructions }) =>
      instructions.flatMap((one) =>
        one.type === 'apply-actions'
          ? one.actions.flatMap((action) => (action.type === 'meter' ? [action.meter] : []))
          : [],
      ),
    );
    const missing = [...new Set(numbers)].filter((meter) => !this.#meters.has(meter));
    for (const meter of missing) this.#meters.add(meter);
    return missing.map((meter) => ({
      type: 'meter-mod',
      command: 'add',
      flags: ['packets'],
      meter,
      bands: [{ type: 'drop', rate: 1000 }],
    }));
  }

  /**
   * Whether the tracer takes the start of a segment: it does not believe that a connection is known when a packet is
   * neither new nor established nor a reply, as errors from the side that opened the connection are. Its packets are small.
   */
  canTrace({ start, length = 0 }: Segment): boolean {
    if (length > small) return false;
    const state = Number(start.get('ct_state') ?? 0);
    return (state & related) === 0 || (state & reply) !== 0;
  }

  /** @returns how Open vSwitch's way through a segment differs from the simulator's; undefined when it does not */
  async difference(segment: Segment): Promise<string | undefined> {
    const flow = withFieldsByProtocol(text(segment.start));
    const traced =
      segment.table === 0
        ? await this.#switch.call('ofproto/trace', bridge, flow)
        : await this.#switch.call('ofproto/trace-packet-out', bridge, flow, `resubmit(,${segment.table})`);
    const { lookups, end } = readTrace(traced);
    const simulated = [segment.lookups.join(), canonical(text(segment.end))];
    const found = [lookups.join(), canonical(end)];
    if (simulated.join() === found.join()) return undefined;
    return ['simulated:', ...simulated, 'traced:', ...found, traced].join('\n');
  }
}

/** The look-ups and the end of the first pass of a trace; what follows the connection tracker is a pass of its own. */
function readTrace(traced: string): { lookups: string[]; end: string } {
  const lookups: string[] = [];
  let flow = '';
  let fork: number | undefined;
  for (const line of traced.split('\n')) {
    if (line.includes(' check_pkt_larger(')) fork = lookups.length;
    const lookup = /^\s*(\d+)\. (?:No match|.*?priority (\d+))/.exec(line);
    if (lookup) lookups.push(`${lookup[1]} ${lookup[2] ?? '-'}`);
    const [, name, value = ''] = /^(Flow|Final flow): (.*)$/.exec(line) ?? [];
    if (name === 'Flow') flow = value;
    if (name === 'Final flow') {
      return { lookups: wayOfSmall(lookups, fork), end: value === 'unchanged' ? flow : value };
    }
  }
  throw new Error(`a trace without end:\n${traced}`);
}

/** A trace goes both ways behind `check_pkt_larger`, first that of large packets. Both begin in the same table. */
function wayOfSmall(lookups: readonly string[], fork: number | undefined): string[] {
  if (fork === undefined) return [...lookups];
  const table = lookups[fork]?.split(' ')[0];
  const second = lookups.findIndex((one, index) => index > fork && one.split(' ')[0] === table);
  return [...lookups.slice(0, fork), ...lookups.slice(second < 0 ? fork : second)];
}
