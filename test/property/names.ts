import { derivedMac, formatMac, type KindName } from '../../controller/resources/index.ts';
import type { World } from '../../controller/testing/world.ts';

/** A name that the script uses and nothing has: the step that made it was left out. */
export class UnknownName extends Error {
  constructor(name: string) {
    super(`the script has no ${name}`);
    this.name = 'UnknownName';
  }
}

const publicSuffix = '.public';

interface Named {
  readonly kind: KindName;
  readonly id: string;
}

/** What the script calls its resources. */
export class Names {
  readonly #world: World;
  readonly #byName = new Map<string, Named>();
  readonly #byId = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Names a resource and what came with it. */
  add(name: string, kind: KindName, id: string): void {
    this.#byName.set(name, { kind, id });
    this.#byId.set(id, name);
    if (kind === 'vpc') {
      const { defaultSecurityGroupId, mainRouteTableId, defaultNetworkAclId } = this.#world.get(
        'vpc',
        id,
      ).spec;
      this.add(`${name}.acl`, 'network-acl', defaultNetworkAclId);
      this.add(`${name}.main`, 'route-table', mainRouteTableId);
      this.add(`${name}.default`, 'security-group', defaultSecurityGroupId);
    }
    if (kind === 'security-group') this.#addRules(name, id);
  }

  /** Names what came with a change: the default group of a VPC that gets an IPv6 block gets a rule. */
  addMore(name: string, kind: KindName, id: string): void {
    if (kind !== 'vpc') return;
    this.#addRules(`${name}.default`, this.#world.get('vpc', id).spec.defaultSecurityGroupId);
  }

  #addRules(name: string, id: string): void {
    const group = { kind: 'security-group', id } as const;
    const rules = [...this.#world.topology.referrers(group, 'of-group', 'security-group-rule')];
    const key = ({ spec }: (typeof rules)[number]) => `${spec.direction} ${spec.cidrIpv4} ${spec.cidrIpv6}`;
    const unnamed = rules.filter((rule) => !this.#byId.has(rule.id));
    for (const rule of unnamed.sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
      let index = 0;
      while (this.#byName.has(`${name}.rules.${index}`)) index++;
      this.add(`${name}.rules.${index}`, 'security-group-rule', rule.id);
    }
  }

  /** @throws UnknownName */
  idOf(name: string): string {
    return this.#find(name).id;
  }

  /** The name of a resource. @throws Error when the script did not name it */
  nameOf(id: string): string {
    const name = this.#byId.get(id);
    if (name === undefined) throw new Error(`the script has no name for ${id}`);
    return name;
  }

  #find(name: string): Named {
    const found = this.#byName.get(name);
    if (!found || !this.#world.topology.get(found.kind, found.id)) throw new UnknownName(name);
    return found;
  }

  /** `@name` to the id, anywhere in a specification. */
  resolve<T>(value: T): T {
    if (typeof value === 'string') return (value.startsWith('@') ? this.idOf(value.slice(1)) : value) as T;
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.resolve(one)])) as T;
  }

  /**
   * `@name` to the MAC of an interface, an elastic IP, a NAT gateway, or a subnet's router, anywhere in a frame; `@name.public`
   * to that of an interface outside.
   */
  resolveMacs<T>(value: T): T {
    if (typeof value === 'string') return (value.startsWith('@') ? this.#macOf(value.slice(1)) : value) as T;
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.resolveMacs(one)])) as T;
  }

  #macOf(name: string): string {
    const isOutside = name.endsWith(publicSuffix);
    const { kind, id } = this.#find(isOutside ? name.slice(0, -publicSuffix.length) : name);
    if (kind === 'network-interface' && !isOutside) return this.#world.get(kind, id).spec.macAddress;
    const { number } = this.#world.get(kind, id);
    const uses = {
      subnet: 'subnetGateway',
      'nat-gateway': 'natGateway',
      'network-interface': 'publicInterface',
    } as const;
    return formatMac(derivedMac(uses[kind as keyof typeof uses] ?? 'elasticIp', number as number));
  }
}
