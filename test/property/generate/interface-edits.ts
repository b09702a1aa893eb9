import { formatIpv4, lastAddress, parseCidr, type ResourceOf } from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { nothing, type StepWriter } from './borders.ts';
import type { Ipv6Edits } from './ipv6-edits.ts';
import type { Interface, Scene } from './scene.ts';

/** Edits of interfaces: their addresses and groups, and the hosts that they are on. */
export class InterfaceEdits {
  readonly #scene: Scene;
  readonly #edits: StepWriter;
  readonly #ipv6: Ipv6Edits;
  #port = 9;

  constructor(scene: Scene, edits: StepWriter, ipv6: Ipv6Edits) {
    this.#scene = scene;
    this.#edits = edits;
    this.#ipv6 = ipv6;
  }

  newInterface(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const block = parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
    const last = Math.min(lastAddress(block) - 1, block.address + 20);
    return this.#edits.create('network-interface', 'eni', {
      subnetId: this.#scene.ref(subnet),
      privateAddress: formatIpv4(random.between(block.address + 4, last)),
      ...(random.chance(0.2) ? {} : { securityGroupIds: this.#someGroups(subnet.spec.vpcId) }),
      // Few, so that two VPCs have the same.
      ...(random.chance(0.3) ? { macAddress: `02:bb:00:00:00:0${random.between(1, 5)}` } : {}),
      ...this.#someFreedom(0.25),
      ...(random.chance(0.25) ? { secondaryPrivateAddressCount: random.between(1, 2) } : {}),
      ...(random.chance(0.2) ? { ipv4PrefixCount: random.between(1, 2) } : {}),
      ...this.#ipv6.addressesIn(subnet),
    });
  }

  /** What an interface may send besides its own addresses, and whether routes may lead to it. */
  #someFreedom(chance: number): Spec {
    const { random } = this.#scene;
    const pair = () => ({
      cidrBlock: random.pick([
        '10.0.0.200/32',
        '198.51.100.0/24',
        '10.0.0.0/24',
        'fd00:aa::/32',
        '2001:db8::/47',
      ]),
      ...(random.chance(0.3) ? { macAddress: '02:aa:00:00:00:01' } : {}),
    });
    return {
      ...(random.chance(chance) ? { sourceDestinationCheck: random.chance(0.3) } : {}),
      ...(random.chance(chance) ? { allowedAddressPairs: random.chance(0.8) ? [pair()] : [] } : {}),
    };
  }

  /** Gives an interface other secondary addresses or prefixes, or another freedom. */
  changeAddresses(): ScriptStep {
    const { random } = this.#scene;
    const one = random.pickOrNone(this.#scene.all('network-interface'));
    if (!one) return nothing;
    if (random.chance(0.5)) return this.#edits.update(one, this.#someFreedom(0.6));
    return this.#edits.update(
      one,
      random.chance(0.5)
        ? { secondaryPrivateAddressCount: random.between(0, 2) }
        : { ipv4PrefixCount: random.between(0, 2) },
    );
  }

  /** An interface becomes that of an instance, which decides about its metadata; or that changes. */
  changeInstance(): ScriptStep {
    const { random } = this.#scene;
    const spec = {
      metadataIpv6: random.chance(0.8),
      ...(random.chance(0.5) ? { metadataHopLimit: random.between(1, 3) } : {}),
    };
    const present = random.pickOrNone(this.#scene.all('instance'));
    if (present && random.chance(0.3)) return this.#edits.update(present, spec);
    const free = this.#scene.all('network-interface').filter((one) => one.spec.instanceId === undefined);
    const one = random.pickOrNone(free);
    if (!one) return nothing;
    return this.#edits.create('instance', 'i', { networkInterfaceIds: [this.#scene.ref(one)], ...spec });
  }

  #someGroups(vpcId: string): string[] {
    const groups = this.#scene.inVpc('security-group', vpcId);
    return this.#scene.random.sample(groups, 1, 3).map((group) => this.#scene.ref(group));
  }

  changeGroups(): ScriptStep {
    const one = this.#scene.random.pickOrNone(this.#scene.all('network-interface'));
    if (!one) return nothing;
    return this.setGroups(one, this.#someGroups(one.spec.vpcId));
  }

  setGroups(one: Interface, securityGroupIds: readonly string[]): ScriptStep {
    return this.#edits.update(one, { securityGroupIds });
  }

  bindOne(): ScriptStep {
    const one = this.#scene.random.pickOrNone(this.#scene.interfaces(false));
    return one ? this.#bind(one, this.#scene.all('host')) : nothing;
  }

  /** Binds an interface on a second host; the older binding goes later, as in a live migration. */
  moveOne(): ScriptStep {
    const one = this.#scene.random.pickOrNone(this.#scene.interfaces(true));
    if (!one) return nothing;
    const here = new Set(this.#scene.bindingsOf(one).map(({ spec }) => spec.hostId));
    return this.#bind(
      one,
      this.#scene.all('host').filter(({ id }) => !here.has(id)),
    );
  }

  #bind(one: Interface, hosts: ResourceOf<'host'>[]): ScriptStep {
    const host = this.#scene.random.pickOrNone(hosts);
    return host ? this.bindTo(one, this.#scene.name(host)) : nothing;
  }

  /** Binds an interface to a new port of a host. */
  bindTo(one: Interface, host: string): ScriptStep {
    return { do: 'bind', interface: this.#scene.name(one), host, port: ++this.#port };
  }

  /** A machine that is moved begins to run on the other host. */
  wakeOne(): ScriptStep {
    const { random } = this.#scene;
    const waiting = this.#scene.all('binding').filter(({ spec }) => spec.standby);
    const binding = random.pickOrNone(waiting);
    if (!binding) return nothing;
    const named = (id: string) => this.#scene.name({ id });
    return {
      do: 'awake',
      interface: named(binding.spec.networkInterfaceId),
      host: named(binding.spec.hostId),
    };
  }

  /** Takes away the oldest binding of an interface, mostly of one that has two. */
  unbindOne(): ScriptStep {
    const { random } = this.#scene;
    const bound = this.#scene.interfaces(true);
    const twice = bound.filter((one) => this.#scene.bindingsOf(one).length > 1);
    const one = random.pickOrNone(twice.length > 0 && random.chance(0.7) ? twice : bound);
    const binding = one && this.#scene.bindingsOf(one)[0];
    if (!binding) return nothing;
    const host = this.#scene.name({ id: binding.spec.hostId });
    return { do: 'unbind', interface: this.#scene.name(one), host };
  }
}
