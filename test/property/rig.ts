import { takeAddress } from '../../controller/features/held-address/operations.ts';
import {
  afterChange,
  type Connections,
  type Evaluation,
  evaluate,
  holderAfter,
  indexResources,
  noConnections,
  type ReferencePacket,
  type Resources,
} from '../../controller/reference/index.ts';
import { kindNames, WeftError } from '../../controller/resources/index.ts';
import { World } from '../../controller/testing/world.ts';
import { Disagreement } from './disagreement.ts';
import { difference } from './expected.ts';
import { Fabric } from './fabric/fabric.ts';
import type { Mutation } from './fabric/host.ts';
import type { Observation } from './fabric/observation.ts';
import { incrementalDifference } from './incremental.ts';
import { Names, UnknownName } from './names.ts';
import type { ScriptStep, SendStep } from './script.ts';

/** What came of a step of a script. */
export type StepResult =
  /**
   * The operations refused the edit, the step names what is not there, or the model leaves open what becomes of the
   * packet: nothing has changed.
   */
  { readonly type: 'refused' } | { readonly type: 'edited' } | Sent;

/** A packet on which the model and the simulated switches agree. */
export interface Sent {
  readonly type: 'sent';
  readonly packet: ReferencePacket;
  readonly evaluation: Evaluation;
  readonly observation: Observation;
}

export interface RigOptions {
  /** Plants a fault into what switches get. */
  readonly mutation?: Mutation;
  /** Also compares the compiler's state with a full compile, after one in so many edits; 0: never. Default 1. */
  readonly incrementalEvery?: number;
}

/** Runs scripts against the model and against simulated hosts with the compiled flows, and compares. */
export class Rig implements AsyncDisposable {
  readonly world: World;
  readonly names: Names;
  readonly fabric: Fabric;
  readonly #options: RigOptions;
  #resources: Resources;
  #connections: Connections = noConnections;
  #announcements = 0;
  #edits = 0;

  private constructor(world: World, options: RigOptions) {
    this.world = world;
    this.names = new Names(world);
    this.fabric = new Fabric(world, options.mutation);
    this.#options = options;
    this.#resources = indexResources([]);
  }

  static async create(options: RigOptions = {}): Promise<Rig> {
    return new Rig(await World.create(), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }

  /** The resources as the model sees them. */
  get resources(): Resources {
    return this.#resources;
  }

  /**
   * Runs one step.
   * @throws Disagreement when switches and model do not do the same with a packet, or the compiler's incremental state
   *   is not that of a full compile
   */
  async run(step: ScriptStep): Promise<StepResult> {
    if (step.do === 'send') {
      const result = this.#send(step);
      if (result.type === 'sent') await this.#tell(result);
      return result;
    }
    try {
      await this.#edit(step);
    } catch (error) {
      if (error instanceof WeftError || error instanceof UnknownName) return { type: 'refused' };
      throw error;
    }
    await this.#freeAddresses();
    await this.#follow();
    return { type: 'edited' };
  }

  async #edit(step: Exclude<ScriptStep, SendStep>): Promise<void> {
    const { world, names } = this;
    switch (step.do) {
      case 'host': {
        const externalPorts = step.external ? { outside: 2 } : {};
        // One of them has no services.
        const services = step.number === 2 ? {} : { servicePort: 5 };
        names.add(step.name, 'host', (await world.host(step.number, { externalPorts, ...services })).id);
        return;
      }
      case 'create': {
        const { id } = await world.create(step.kind, names.resolve(step.spec));
        names.add(step.name, step.kind, id);
        return;
      }
      case 'update':
        await world.update(step.kind, names.idOf(step.name), names.resolve(step.spec));
        names.addMore(step.name, step.kind, names.idOf(step.name));
        return;
      case 'remove':
        await world.remove(step.kind, names.idOf(step.name));
        return;
      case 'bind':
        await world.bind(names.idOf(step.host), names.idOf(step.interface), step.port);
        return;
      case 'awake': {
        const [host, one] = [names.idOf(step.host), names.idOf(step.interface)];
        await world.bind(host, one, world.get('binding', `${host}/${one}`).spec.ofport, true);
        return;
      }
      case 'host-state': {
        const host = world.get('host', names.idOf(step.host));
        await world.run((draft) => draft.update(host, { status: { state: step.state } }));
        return;
      }
      case 'unbind':
        await world.unbind(names.idOf(step.host), names.idOf(step.interface));
    }
  }

  /** Simulated hosts confirm at once, and then the addresses of deleted interfaces are free. */
  async #freeAddresses(): Promise<void> {
    const { topology } = this.world;
    const held = [...topology.all('address-claim')].filter(({ spec }) => spec.hostIds !== undefined);
    if (held.length > 0) {
      await this.world.run((draft) => {
        for (const claim of held) draft.remove(claim);
      });
    }
  }

  async #follow(): Promise<void> {
    this.fabric.follow();
    const { topology } = this.world;
    this.#resources = indexResources(kindNames.flatMap((kind) => [...topology.all(kind)]));
    this.#connections = afterChange(this.#resources, this.#connections);
    const { incrementalEvery = 1 } = this.#options;
    if (incrementalEvery === 0 || ++this.#edits % incrementalEvery !== 0) return;
    const problem = await incrementalDifference(this.world);
    if (problem !== undefined) throw new Disagreement(problem);
  }

  #send(step: SendStep): StepResult {
    let packet: ReferencePacket;
    try {
      packet = this.packetOf(step);
    } catch (error) {
      if (error instanceof UnknownName) return { type: 'refused' };
      throw error;
    }
    const evaluation = evaluate(this.#resources, packet, this.#connections);
    if (evaluation.leftOpen !== undefined) return { type: 'refused' };
    this.#connections = evaluation.connections;
    const observation = this.fabric.send(packet);
    const problem = difference(packet, evaluation.outcome, observation);
    if (problem !== undefined) throw new Disagreement(problem);
    return { type: 'sent', packet, evaluation, observation };
  }

  /** The agent's part: what was announced is told, and the model and the controller must agree on who has the address. */
  async #tell({ evaluation: { outcome }, observation }: Sent): Promise<void> {
    if (outcome.type !== 'announced') return;
    const { interfaceId: networkInterfaceId, address, macAddress } = outcome;
    const hostId = observation.walks[0]?.hostId as string;
    const announcedAt = new Date(++this.#announcements).toISOString();
    const id = `${this.world.get('network-interface', networkInterfaceId).spec.subnetId}/${address}`;
    const holder = () => this.world.topology.get('held-address', id)?.spec.networkInterfaceId;
    const expected = holderAfter(this.#resources, outcome) ?? holder();
    try {
      await this.world.run((draft) =>
        takeAddress(draft, { hostId, networkInterfaceId, address, macAddress, announcedAt }),
      );
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
    }
    await this.#follow();
    if (holder() === expected) return;
    throw new Disagreement(`the model gives ${address} to ${expected}, the controller to ${holder()}`);
  }

  /** @throws UnknownName */
  packetOf({ from, frame }: SendStep): ReferencePacket {
    const id = this.names.idOf(from);
    const resolved = this.names.resolveMacs(frame);
    if (id.startsWith('eni-')) return { from: { interfaceId: id }, ...resolved };
    // Machines outside are in the VLAN of their network, unless the step says another one.
    const { vlan } = this.world.get('external-network', id).spec;
    return { from: { externalNetworkId: id }, ...(vlan === undefined ? {} : { vlan }), ...resolved };
  }
}
