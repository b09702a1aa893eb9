import { noOpenVswitch } from '../../../packages/node-openflow/src/simulator/real-switch.test-support.ts';
import { Disagreement } from '../disagreement.ts';
import type { Rig, Sent } from '../rig.ts';
import { RealHost } from './real-host.ts';
import { segmentsOf, walksOfPresentTables } from './segments.ts';

/** Why there is no third oracle on this machine; false when there is. */
export const cannotTrace: string | false = noOpenVswitch;

/** The third oracle: compares the simulated walks of packets with `ofproto/trace` on real switches with the same flows. */
export class Tracer implements AsyncDisposable {
  /** One real switch for each host. */
  readonly #hosts = new Map<string, RealHost>();
  readonly #every: number;
  #packets = 0;
  traced = 0;
  segments = 0;

  /** @param every one in so many packets is traced */
  constructor(every: number) {
    this.#every = every;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts.values()) await host[Symbol.asyncDispose]();
  }

  /** Traces a packet, if it is its turn. To be called before the next step. @throws Disagreement */
  async check({ observation }: Sent, rig: Rig): Promise<void> {
    if (this.#packets++ % this.#every !== 0) return;
    this.traced++;
    for (const walk of walksOfPresentTables(observation.walks)) {
      const real = await this.#realHost(walk.hostId);
      await real.load(rig.fabric.host(walk.hostId).switch.flows);
      for (const segment of segmentsOf(walk)) {
        if (!real.canTrace(segment)) continue;
        this.segments++;
        const difference = await real.difference(segment);
        if (difference !== undefined)
          throw new Disagreement(`on ${walk.hostId}, ofproto/trace says otherwise:\n${difference}`);
      }
    }
  }

  async #realHost(id: string): Promise<RealHost> {
    const known = this.#hosts.get(id);
    if (known) return known;
    const started = await RealHost.start();
    this.#hosts.set(id, started);
    return started;
  }
}
