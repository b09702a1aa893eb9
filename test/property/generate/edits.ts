import {
  formatIpv4,
  ipv4BlocksOf,
  type KindName,
  lastAddress,
  parseCidr,
  type ResourceOf,
} from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { secondaryBlocks, subnetBlock } from './blocks.ts';
import { BorderEdits, nothing } from './borders.ts';
import { Ipv6Edits } from './ipv6-edits.ts';
import { someRule } from './rules.ts';
import type { Interface, Scene } from './scene.ts';

type Step = () => ScriptStep;

/** Random edits, each a step that users could take. Some are refused; that is part of the test. */
export class Edits {
  readonly #scene: Scene;
  readonly #used = new Map<string, number>();
  #port = 9;
  readonly borders: BorderEdits;
  readonly ipv6: Ipv6Edits;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.borders = new BorderEdits(scene, this);
    this.ipv6 = new Ipv6Edits(scene, this);
  }

  /** One edit of a network that lives. */
  next(): ScriptStep {
    const edit = this.#scene.random.weighted<Step>([
      [6, () => this.newRule()],
      [6, () => this.removeOne('security-group-rule')],
      [8, () => this.changeGroups()],
      [4, () => this.changeAddresses()],
      [3, () => this.newInterface()],
      [2, () => this.removeOne('network-interface')],
      [5, () => this.bindOne()],
      [3, () => this.unbindOne()],
      [3, () => this.moveOne()],
      [3, () => this.wakeOne()],
      [5, () => this.changeRoutes()],
      [3, () => this.changeSubnetTable()],
      [8, () => this.changeGateway()],
      [3, () => this.newElasticIp()],
      [6, () => this.changeElasticIp()],
      [2, () => this.removeOne('elastic-ip')],
      [2, () => this.newGroup()],
      [2, () => this.removeOne('security-group')],
      [1, () => this.newSubnet()],
      [1, () => this.removeOne('subnet')],
      [1, () => this.changeBlocks()],
      [1, () => this.newRouteTable()],
      [1, () => this.newDhcpOptions()],
      [2, () => this.changeDhcpOptions()],
      [1, () => this.removeOne('dhcp-options')],
      [2, () => this.newNatGateway()],
      [2, () => this.removeOne('nat-gateway')],
      [3, () => this.changeHostState()],
      [10, () => this.borders.next()],
      [4, () => this.ipv6.next()],
    ]);
    return edit();
  }

  newDhcpOptions(): ScriptStep {
    const { random } = this.#scene;
    const spec = {
      ...(random.chance(0.7) ? { domainName: random.pick(['example.com', 'weft.test']) } : {}),
      ...(random.chance(0.7)
        ? { domainNameServers: random.pick([['provided'], ['192.0.2.53'], ['provided', '192.0.2.53']]) }
        : {}),
      ...(random.chance(0.5) ? { ntpServers: ['192.0.2.1', '192.0.2.2'] } : {}),
      ...(random.chance(0.5) ? { leaseSeconds: random.between(120, 7200) } : {}),
    };
    return { do: 'create', kind: 'dhcp-options', name: this.freshName('dopt'), spec };
  }

  changeDhcpOptions(): ScriptStep {
    const { random } = this.#scene;
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    if (random.chance(0.2)) return this.update(vpc, { enableDnsSupport: random.chance(0.5) });
    const options = random.pickOrNone(this.#scene.all('dhcp-options'));
    return this.update(vpc, {
      dhcpOptionsId: options && random.chance(0.8) ? this.#scene.ref(options) : null,
    });
  }

  /** A name that no step has used. */
  freshName(prefix: string): string {
    const number = (this.#used.get(prefix) ?? 0) + 1;
    this.#used.set(prefix, number);
    return `${prefix}${number}`;
  }

  newVpc(cidrBlock: string): ScriptStep {
    const { random } = this.#scene;
    const more = random.chance(0.5) ? { secondaryCidrBlocks: [random.pick(secondaryBlocks)] } : {};
    return this.create('vpc', 'vpc', { cidrBlock, ...more, ...this.ipv6.blockOfVpc() });
  }

  /** A VPC gets a secondary block, or another one, or loses it: that is refused while subnets are in it. */
  changeBlocks(): ScriptStep {
    const { random } = this.#scene;
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    const { secondaryCidrBlocks: present = [] } = vpc.spec;
    const wanted = random.chance(0.6) ? [...present, random.pick(secondaryBlocks)] : present.slice(1);
    return this.update(vpc, { secondaryCidrBlocks: [...new Set(wanted)].slice(0, 2) });
  }

  newSubnet(): ScriptStep {
    const { random } = this.#scene;
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    const others = this.#scene.inVpc('subnet', vpc.id);
    const taken = others.map(({ spec }) => spec.cidrBlock);
    const cidrBlock = subnetBlock(random, random.pick(ipv4BlocksOf(vpc)), taken);
    return this.create('subnet', 'subnet', {
      vpcId: this.#scene.ref(vpc),
      cidrBlock,
      ...this.ipv6.blockOfSubnet(vpc),
    });
  }

  newGroup(): ScriptStep {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    const name = this.freshName('group');
    return { do: 'create', kind: 'security-group', name, spec: { vpcId: this.#scene.ref(vpc), name } };
  }

  newRule(): ScriptStep {
    const group = this.#scene.random.pickOrNone(this.#scene.all('security-group'));
    return group ? this.create('security-group-rule', 'rule', someRule(this.#scene, group)) : nothing;
  }

  newInterface(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const block = parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
    const last = Math.min(lastAddress(block) - 1, block.address + 20);
    return this.create('network-interface', 'eni', {
      subnetId: this.#scene.ref(subnet),
      privateAddress: formatIpv4(random.between(block.address + 4, last)),
      ...(random.chance(0.2) ? {} : { securityGroupIds: this.#someGroups(subnet.spec.vpcId) }),
      // Few, so that two VPCs have the same.
      ...(random.chance(0.3) ? { macAddress: `02:bb:00:00:00:0${random.between(1, 5)}` } : {}),
      ...this.#someFreedom(0.25),
      ...(random.chance(0.25) ? { secondaryPrivateAddressCount: random.between(1, 2) } : {}),
      ...this.ipv6.addressesIn(subnet),
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

  /** Gives an interface other secondary addresses, or another freedom. */
  changeAddresses(): ScriptStep {
    const { random } = this.#scene;
    const one = random.pickOrNone(this.#scene.all('network-interface'));
    if (!one) return nothing;
    return random.chance(0.5)
      ? this.update(one, { secondaryPrivateAddressCount: random.between(0, 2) })
      : this.update(one, this.#someFreedom(0.6));
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
    return this.update(one, { securityGroupIds });
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

  /** Takes away the oldest binding of an interface, mostly of one that has two. */
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

  newGateway(): ScriptStep {
    const { random } = this.#scene;
    const attached = new Set(this.#scene.all('internet-gateway').map(({ spec }) => spec.vpcId));
    const vpc = random.pickOrNone(this.#scene.all('vpc').filter(({ id }) => !attached.has(id)));
    const spec = vpc ? { vpcId: this.#scene.ref(vpc) } : {};
    return this.create('internet-gateway', 'igw', spec);
  }

  /** Detaches a gateway, or attaches one that is free. */
  changeGateway(): ScriptStep {
    const { random } = this.#scene;
    const needed = new Set([
      ...this.#scene.all('elastic-ip').map((one) => this.#scene.ownerOf(one)?.spec.vpcId),
      ...this.#scene.all('nat-gateway').map(({ spec }) => spec.elasticIpId && spec.vpcId),
    ]);
    const gateways = this.#scene.all('internet-gateway');
    const free = gateways.filter(({ spec }) => spec.vpcId === undefined || !needed.has(spec.vpcId));
    const gateway = random.pickOrNone(free.length > 0 ? free : gateways);
    if (!gateway) return nothing;
    if (gateway.spec.vpcId !== undefined) return this.update(gateway, { vpcId: null });
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    return vpc ? this.update(gateway, { vpcId: this.#scene.ref(vpc) }) : nothing;
  }

  newRouteTable(): ScriptStep {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    return vpc ? this.create('route-table', 'table', { vpcId: this.#scene.ref(vpc) }) : nothing;
  }

  changeRoutes(): ScriptStep {
    const table = this.#scene.random.pickOrNone(this.#scene.all('route-table'));
    return table ? this.update(table, { routes: this.#someRoutes(table) }) : nothing;
  }

  #someRoutes({ id, spec: { vpcId } }: ResourceOf<'route-table'>): Spec[] {
    const { random } = this.#scene;
    const gateways = this.#scene.inVpc('internet-gateway', vpcId);
    const target = () => {
      if (routers[0] && random.chance(0.4)) return this.#scene.ref(random.pick(routers));
      const gateway = random.pickOrNone(gateways);
      return gateway && random.chance(0.7) ? this.#scene.ref(gateway) : 'blackhole';
    };
    const inVpc = this.#scene.inVpc('network-interface', vpcId);
    const unchecked = inVpc.filter(({ spec }) => spec.sourceDestinationCheck === false);
    const routers = random.chance(0.8) && unchecked.length > 0 ? unchecked : inVpc;
    const subnets = this.#scene.inVpc('subnet', vpcId);
    const inside = random.pickOrNone(subnets)?.spec.cidrBlock ?? '10.0.3.0/24';
    const routes: Spec[] = this.borders.someRoutes(vpcId);
    const natGateways = this.#scene.inVpc('nat-gateway', vpcId);
    // A gateway that is led to itself, or to another one, sends nothing.
    const isTheirs = natGateways.some(({ spec }) => this.#scene.routeTableOf(spec.subnetId) === id);
    const natGateway = random.pickOrNone(natGateways);
    const main = natGateway && random.chance(isTheirs ? 0.25 : 0.7) ? natGateway : gateways[0];
    if (random.chance(0.8) && main) {
      routes.push({ destination: '0.0.0.0/0', target: this.#scene.ref(main) });
    }
    const more = ['198.51.100.0/24', '198.51.100.64/26', '203.0.113.0/24', '192.0.2.0/24', '10.0.0.0/8'];
    for (const destination of random.sample(more, 0, 2)) routes.push({ destination, target: target() });
    if (random.chance(0.3)) routes.push({ destination: inside, target: target() });
    return [...routes, ...this.ipv6.someRoutes(vpcId, routers)];
  }

  changeSubnetTable(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const tables = this.#scene.inVpc('route-table', subnet.spec.vpcId);
    const table = random.chance(0.7) ? random.pickOrNone(tables) : undefined;
    return this.update(subnet, { routeTableId: table ? this.#scene.ref(table) : null });
  }

  /** A public one if there is an elastic IP for it; some are private. */
  newNatGateway(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const elasticIp = random.chance(0.85) ? random.pickOrNone(this.#scene.freeElasticIps()) : undefined;
    return this.create('nat-gateway', 'nat', {
      subnetId: this.#scene.ref(subnet),
      ...(elasticIp ? { elasticIpId: this.#scene.ref(elasticIp) } : { connectivity: 'private' }),
    });
  }

  /** A host falls silent, or is heard again; what it forwards is the same, but gateways leave it. */
  changeHostState(): ScriptStep {
    const { random } = this.#scene;
    const hosts = this.#scene.all('host');
    const away = hosts.filter(({ status }) => status.state === 'down');
    const host = random.pick(away.length > 0 && random.chance(0.7) ? away : hosts);
    const state = host.status.state === 'up' ? 'down' : 'up';
    return { do: 'host-state', host: this.#scene.name(host), state };
  }

  freeElasticIp(): Extract<ScriptStep, { do: 'create' }> {
    return this.create('elastic-ip', 'eip', {});
  }

  newElasticIp(): ScriptStep {
    const { random } = this.#scene;
    const all = this.#scene.all('network-interface');
    const several = all.filter(({ spec }) => spec.secondaryPrivateAddresses);
    const owners = several.length > 0 && random.chance(0.3) ? several : all;
    const one = random.chance(0.85) ? random.pickOrNone(owners) : undefined;
    return this.create('elastic-ip', 'eip', one ? this.#publicTarget(one) : {});
  }

  changeElasticIp(): ScriptStep {
    const { random } = this.#scene;
    const elasticIp = random.pickOrNone(this.#scene.all('elastic-ip'));
    if (!elasticIp) return nothing;
    const one = random.chance(0.7) ? random.pickOrNone(this.#scene.all('network-interface')) : undefined;
    return this.update(elasticIp, one ? this.#publicTarget(one) : { networkInterfaceId: null });
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

  removeOne(
    kind:
      | 'security-group-rule'
      | 'network-interface'
      | 'elastic-ip'
      | 'dhcp-options'
      | 'nat-gateway'
      | 'security-group'
      | 'subnet'
      | 'network-acl'
      | 'vpc-peering-connection'
      | 'prefix-list'
      | 'egress-only-internet-gateway',
  ): ScriptStep {
    const victim = this.#scene.random.pickOrNone<{ id: string }>(this.#scene.all(kind));
    return victim ? this.remove(kind, this.#scene.name(victim)) : nothing;
  }

  create(kind: KindName, prefix: string, spec: Spec): Extract<ScriptStep, { do: 'create' }> {
    return { do: 'create', kind, name: this.freshName(prefix), spec };
  }

  update(resource: { kind: KindName; id: string }, spec: Spec): ScriptStep {
    return { do: 'update', kind: resource.kind, name: this.#scene.name(resource), spec };
  }

  remove(kind: KindName, name: string): ScriptStep {
    return { do: 'remove', kind, name };
  }
}
