import { decodeMessage, type FlowMod, type Message, type PacketOut } from 'node-openflow';
import {
  FlowTableSimulator,
  type SimulatedMessage,
  type SimulatedPacket,
  type SimulatedPort,
  SimulationError,
  type SimulationResult,
} from 'node-openflow/testing';
import type { Compiler, StoredFragment } from '../../../controller/compiler/index.ts';
import { type ScopeKey, scopeKey, stages } from '../../../controller/pipeline/index.ts';
import { Disagreement } from '../disagreement.ts';
import { allowTwins } from './twins.ts';

allowTwins();

/** Changes a message before a switch gets it, or takes it away: how a fault is planted. */
export type Mutation = (message: SimulatedMessage) => SimulatedMessage | undefined;

const unchanged: Mutation = (message) => message;
/** Names of the stages by table number. */
export const tableNames: ReadonlyMap<number, string> = new Map(
  stages.map(({ name }, index) => [index, name]),
);
/** Geneve option of the sender's identity. */
const identityOption = { optionClass: 0x0177, optionType: 1, optionLength: 4, index: 0 } as const;
const allTables = 255;
const simulated = new Set<Message['type']>([
  'flow-mod',
  'group-mod',
  'meter-mod',
  'tlv-table-mod',
  'ct-flush-zone',
]);

/** The flow-mods of a fragment, decoded from the very bytes that switches get. */
function flowsOf({ bytes }: StoredFragment): FlowMod[] {
  const flows: FlowMod[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let offset = 0; offset < bytes.length; ) {
    const length = view.getUint16(offset + 2);
    flows.push(decodeMessage(bytes.subarray(offset, offset + length)) as FlowMod);
    offset += length;
  }
  return flows;
}

/** What a switch has of one scope. */
interface Installed {
  readonly number: number;
  readonly fragments: Map<string, StoredFragment>;
  digest: bigint | undefined;
}

/** One host: a simulated switch that is kept as the compiler wants it, in the way the southbound does it. */
export class SimulatedHost {
  readonly id: string;
  readonly switch = new FlowTableSimulator({ ports: [] });
  readonly #mutation: Mutation;
  readonly #installed = new Map<ScopeKey, Installed>();
  #announcements: PacketOut[] = [];

  constructor(id: string, mutation: Mutation = unchanged) {
    this.id = id;
    this.#mutation = mutation;
    this.switch.apply({ type: 'tlv-table-mod', command: 'add', mappings: [identityOption] });
  }

  /** The ports that the switch has. */
  setPorts(ports: readonly SimulatedPort[]): void {
    this.switch.setPorts(ports);
  }

  /** Lets a packet come in by a port. @throws Disagreement when two flows are as good as each other */
  inject(packet: SimulatedPacket, inPort: number): SimulationResult {
    try {
      return this.switch.inject(packet, { inPort, names: { tableNames } });
    } catch (error) {
      // A switch may take either of the two flows (OpenFlow 1.5.1, section 5.3), so it is no sound network.
      if (!(error instanceof SimulationError) || error.code !== 'SIMULATION_AMBIGUOUS') throw error;
      throw new Disagreement(error.message, { cause: error });
    }
  }

  /** Brings the switch to what the compiler has now: additions first, then removals, then what follows. */
  follow(compiler: Compiler): void {
    const wanted = new Set(compiler.scopesOfHost(this.id));
    for (const key of [...this.#installed.keys()]) if (!wanted.has(key)) this.#leave(key);
    const additions: StoredFragment[] = [];
    const removals: StoredFragment[] = [];
    for (const key of wanted) this.#compare(key, compiler, additions, removals);
    // Several commits are followed at once: what one of them has freed, a later one may use again.
    for (const { key, scope, whenGone } of removals) {
      if (!compiler.scope(scopeKey(scope))?.fragments.has(key)) this.#applyAll(whenGone);
    }
    for (const fragment of additions) for (const flow of flowsOf(fragment)) this.#apply(flow);
    for (const { cookie } of removals) this.#delete({ cookie, cookieMask: 0xffff_ffff_ffff_ffffn });
    for (const { after } of additions) this.#applyAll(after);
  }

  #compare(key: ScopeKey, compiler: Compiler, additions: StoredFragment[], removals: StoredFragment[]): void {
    const content = compiler.scope(key);
    const number = content?.scope.type === 'vpc' ? content.scope.number : 0;
    const installed = this.#installed.get(key) ?? { number, fragments: new Map(), digest: undefined };
    if (installed.digest === content?.digest && installed.digest !== undefined) return;
    installed.digest = content?.digest;
    this.#installed.set(key, installed);
    for (const [name, old] of installed.fragments) {
      if (content?.fragments.has(name)) continue;
      installed.fragments.delete(name);
      removals.push(old);
    }
    for (const [name, fragment] of content?.fragments ?? []) {
      const old = installed.fragments.get(name);
      if (old?.cookie === fragment.cookie) continue;
      if (old) removals.push(old);
      else this.#applyAll(fragment.before);
      additions.push(fragment);
      installed.fragments.set(name, fragment);
    }
  }

  /** As the southbound leaves a VPC: one deletion by `metadata`. */
  #leave(key: ScopeKey): void {
    const { number = 0 } = this.#installed.get(key) ?? {};
    this.#installed.delete(key);
    this.#delete({ match: [{ field: 'metadata', value: BigInt(number) }] });
  }

  #apply(message: SimulatedMessage): void {
    const mutated = this.#mutation(message);
    if (mutated) this.switch.apply(mutated);
  }

  #delete(selection: Partial<FlowMod>): void {
    this.#apply({
      type: 'flow-mod',
      command: 'delete',
      table: allTables,
      match: [],
      instructions: [],
      ...selection,
    });
  }

  /** What the host has told the networks outside since the last time. */
  takeAnnouncements(): readonly PacketOut[] {
    const taken = this.#announcements;
    this.#announcements = [];
    return taken;
  }

  /** What the switch itself obeys is applied; announcements (packet-out) are for the network outside. */
  #applyAll(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.type === 'packet-out') this.#announcements.push(message);
      else if (simulated.has(message.type)) this.#apply(message as SimulatedMessage);
    }
  }
}
