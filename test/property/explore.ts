import { Coverage, type Move } from './coverage.ts';
import { Endings } from './endings.ts';
import type { Mutation } from './fabric/host.ts';
import { Conversations } from './generate/conversations.ts';
import { buildNetwork, type Size, usualSize } from './generate/network.ts';
import { type Plot, plots } from './generate/plots/index.ts';
import { probes } from './generate/probes.ts';
import { Scene } from './generate/scene.ts';
import { Random } from './random.ts';
import { Rig, type Sent, type StepResult } from './rig.ts';
import type { ScriptStep, SendStep } from './script.ts';

/** A plot for about so many single packets. */
const packetsPerPlot = 30;

export interface ExplorationOptions {
  readonly seed: number;
  readonly packets: number;
  /** One edit for about so many packets. Default 12. */
  readonly packetsPerEdit?: number;
  readonly size?: Size;
  /** Plants a fault into what switches get. */
  readonly mutation?: Mutation;
  /** As in RigOptions. */
  readonly incrementalEvery?: number;
  /** Called for each packet on which model and switches agree. */
  readonly onSent?: (sent: Sent, rig: Rig) => Promise<void>;
}

export interface Exploration {
  readonly coverage: Coverage;
  /** Everything that was done, in order, up to the disagreement. */
  readonly script: readonly ScriptStep[];
  /** A `Disagreement`, or an error of the test or the compiler; undefined when the oracles always agreed. */
  readonly failure: Error | undefined;
}

/** One random network with random packets and edits, until the packets are sent or the oracles disagree. */
export async function explore(options: ExplorationOptions): Promise<Exploration> {
  await using rig = await Rig.create(options);
  const explorer = new Explorer(rig, options);
  let failure: Error | undefined;
  try {
    await explorer.run();
  } catch (error) {
    failure = error as Error;
  }
  return { coverage: explorer.coverage, script: explorer.script, failure };
}

class Explorer {
  readonly coverage = new Coverage();
  readonly script: ScriptStep[] = [];
  readonly #rig: Rig;
  readonly #options: ExplorationOptions;
  readonly #scene: Scene;
  readonly #conversations = new Conversations();
  readonly #endings = new Endings();

  constructor(rig: Rig, options: ExplorationOptions) {
    this.#rig = rig;
    this.#options = options;
    this.#scene = new Scene(rig, new Random(options.seed));
  }

  async run(): Promise<void> {
    const { packets, packetsPerEdit = 12, size = usualSize } = this.#options;
    const { random } = this.#scene;
    const edits = await buildNetwork(this.#scene, (step) => this.#do(step), size);
    for (let empty = 0; this.coverage.packets < packets; ) {
      if (random.chance(1 / packetsPerEdit)) await this.#edit(edits.next());
      else if (random.chance(1 / packetsPerPlot))
        await this.#play(random.weighted(plots)(this.#scene, edits));
      else if (await this.#send()) empty = 0;
      else if (++empty > 1000) throw new Error('the network has nothing to send packets from');
    }
  }

  async #play(plot: ReturnType<Plot>): Promise<void> {
    for (let next = plot.next(); !next.done; ) {
      const result = await this.#do(next.value);
      if (result.type === 'sent') await this.#note(next.value as SendStep, result);
      next = plot.next(result);
    }
  }

  async #edit(step: ScriptStep): Promise<void> {
    const touched = this.#scene.touchedBy(step);
    const { type } = await this.#do(step);
    if (type === 'edited') this.#conversations.focus(touched);
  }

  /** Sends a packet, if the choice falls on one that the network can send. */
  async #send(): Promise<boolean> {
    const { random } = this.#scene;
    const step = random.chance(0.45)
      ? this.#conversations.next(this.#scene)
      : random.weighted(probes)(this.#scene);
    if (!step) return false;
    const result = await this.#do(step);
    if (result.type !== 'sent') return false;
    await this.#note(step, result);
    return true;
  }

  async #note(step: SendStep, result: Sent): Promise<void> {
    this.#conversations.note(this.#scene, step, result.evaluation.outcome);
    this.coverage.note(result, this.#moveOf(result));
    for (const ending of this.#endings.note(result)) this.coverage.noteEnd(ending);
    await this.#options.onSent?.(result, this.#rig);
  }

  /** How far an interface on the packet's way is moved to another host. */
  #moveOf({ packet, evaluation: { outcome } }: Sent): Move | undefined {
    const ids = [
      ...('interfaceId' in packet.from ? [packet.from.interfaceId] : []),
      ...(outcome.type === 'delivered' ? [outcome.interfaceId] : []),
    ];
    const bindings = this.#scene.all('binding');
    const several = ids
      .map((id) => bindings.filter(({ spec }) => spec.networkInterfaceId === id))
      .find(({ length }) => length > 1);
    return several && (several.some(({ spec }) => spec.standby) ? 'prepared' : 'done');
  }

  async #do(step: ScriptStep): Promise<StepResult> {
    this.script.push(step);
    const result = await this.#rig.run(step);
    if (result.type === 'refused') {
      this.script.pop();
      this.coverage.refused++;
    } else if (result.type === 'edited') {
      this.coverage.edits++;
      this.#endings.noteEdit(step);
    }
    return result;
  }
}
