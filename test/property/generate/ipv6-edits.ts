import type { ResourceOf } from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { nothing, type StepWriter } from './borders.ts';
import type { Interface, Scene } from './scene.ts';

type Step = () => ScriptStep;

/** Not of the network outside, and the same for whoever takes it: two VPCs may use the same addresses. */
const privateBlock = 'fd00:0:0:100::/56';

/** Edits of IPv6 blocks, addresses and routes. */
export class Ipv6Edits {
  readonly #scene: Scene;
  readonly #edits: StepWriter;

  constructor(scene: Scene, edits: StepWriter) {
    this.#scene = scene;
    this.#edits = edits;
  }

  next(): ScriptStep {
    return this.#scene.random.weighted<Step>([
      [4, () => this.changeAddresses()],
      [2, () => this.newGateway()],
      [1, () => this.#edits.removeOne('egress-only-internet-gateway')],
      [1, () => this.changeSubnet()],
      [1, () => this.changeVpc()],
    ])();
  }

  blockOfVpc(): Spec {
    const { random } = this.#scene;
    if (random.chance(0.15)) return {};
    return { ipv6CidrBlock: random.chance(0.65) ? 'auto' : privateBlock };
  }

  blockOfSubnet({ spec }: ResourceOf<'vpc'>): Spec {
    const { random } = this.#scene;
    if (spec.ipv6CidrBlock === undefined || random.chance(0.1)) return {};
    return { ipv6CidrBlock: 'auto', ...(random.chance(0.8) ? { assignIpv6Address: true } : {}) };
  }

  addressesIn({ spec }: ResourceOf<'subnet'>): Spec {
    const { random } = this.#scene;
    if (spec.ipv6CidrBlock === undefined || random.chance(0.6)) return {};
    return {
      ipv6AddressCount: random.between(0, 2),
      ...(random.chance(0.3) ? { ipv6PrefixCount: 1 } : {}),
    };
  }

  changeAddresses(): ScriptStep {
    const { random } = this.#scene;
    const one = random.pickOrNone(this.#scene.all('network-interface'));
    if (!one) return nothing;
    return this.#edits.update(
      one,
      random.chance(0.75)
        ? { ipv6AddressCount: random.between(0, 3) }
        : { ipv6PrefixCount: random.between(0, 2) },
    );
  }

  /** A subnet gets a block, or loses it when no interface has anything of it. */
  changeSubnet(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    return this.#edits.update(subnet, {
      ipv6CidrBlock: subnet.spec.ipv6CidrBlock === undefined ? 'auto' : null,
    });
  }

  changeVpc(): ScriptStep {
    const { random } = this.#scene;
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    const ipv6CidrBlock = vpc.spec.ipv6CidrBlock === undefined ? 'auto' : null;
    return this.#edits.update(vpc, { ipv6CidrBlock });
  }

  newGateway(): ScriptStep {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    return this.#edits.create('egress-only-internet-gateway', 'eigw', { vpcId: this.#scene.ref(vpc) });
  }

  /** Mostly out by one of the gateways; some to parts of what is outside, some through interfaces. */
  someRoutes(vpcId: string, routers: readonly Interface[]): Spec[] {
    const { random } = this.#scene;
    const gateways = [
      ...this.#scene.inVpc('internet-gateway', vpcId),
      ...this.#scene.inVpc('egress-only-internet-gateway', vpcId),
    ];
    const target = () => {
      const router = random.pickOrNone(routers);
      if (router && random.chance(0.3)) return this.#scene.ref(router);
      const gateway = random.pickOrNone(gateways);
      return gateway && random.chance(0.8) ? this.#scene.ref(gateway) : 'blackhole';
    };
    const gateway = random.pickOrNone(gateways);
    const routes: Spec[] = [];
    if (gateway && random.chance(0.85)) {
      routes.push({ destinationIpv6: '::/0', target: this.#scene.ref(gateway) });
    }
    const more = ['2001:db9::/32', '2001:db9:0:1::/64', '2001:db8::/48', '2001:db8::/56', '2620::1/128'];
    for (const destinationIpv6 of random.sample(more, 0, 2))
      routes.push({ destinationIpv6, target: target() });
    const subnet = random.pickOrNone(this.#scene.inVpc('subnet', vpcId));
    if (subnet?.spec.ipv6CidrBlock && random.chance(0.25)) {
      routes.push({ destinationIpv6: subnet.spec.ipv6CidrBlock, target: target() });
    }
    return routes;
  }
}
