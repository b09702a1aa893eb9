import type { ScriptStep, Spec } from '../script.ts';
import { nothing, type StepWriter } from './borders.ts';
import type { Interface, Scene } from './scene.ts';

/** Edits of elastic IPs. */
export class PublicEdits {
  readonly #scene: Scene;
  readonly #edits: StepWriter;

  constructor(scene: Scene, edits: StepWriter) {
    this.#scene = scene;
    this.#edits = edits;
  }

  newElasticIp(): ScriptStep {
    const { random } = this.#scene;
    const all = this.#scene.all('network-interface');
    const several = all.filter(({ spec }) => spec.secondaryPrivateAddresses);
    const owners = several.length > 0 && random.chance(0.3) ? several : all;
    const one = random.chance(0.85) ? random.pickOrNone(owners) : undefined;
    return this.#edits.create('elastic-ip', 'eip', one ? this.#publicTarget(one) : {});
  }

  changeElasticIp(): ScriptStep {
    const { random } = this.#scene;
    const elasticIp = random.pickOrNone(this.#scene.all('elastic-ip'));
    if (!elasticIp) return nothing;
    const one = random.chance(0.7) ? random.pickOrNone(this.#scene.all('network-interface')) : undefined;
    return this.#edits.update(elasticIp, one ? this.#publicTarget(one) : { networkInterfaceId: null });
  }

  /** An interface for an elastic IP, or one of its secondary addresses. */
  #publicTarget(one: Interface): Spec {
    const networkInterfaceId = this.#scene.ref(one);
    const { random } = this.#scene;
    const secondary = random.pickOrNone(one.spec.secondaryPrivateAddresses ?? []);
    const privateAddress = secondary && random.chance(0.6) ? secondary : one.spec.privateAddress;
    return privateAddress === one.spec.privateAddress
      ? { networkInterfaceId }
      : { networkInterfaceId, privateAddress };
  }
}
