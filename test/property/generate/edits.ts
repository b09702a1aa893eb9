import { ipv4BlocksOf, type KindName } from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { secondaryBlocks, subnetBlock } from './blocks.ts';
import { BorderEdits, nothing } from './borders.ts';
import { InterfaceEdits } from './interface-edits.ts';
import { Ipv6Edits } from './ipv6-edits.ts';
import { PublicEdits } from './public-edits.ts';
import { RouteEdits } from './route-edits.ts';
import { someRule } from './rules.ts';
import type { Scene } from './scene.ts';

type Step = () => ScriptStep;

/** Random edits, each a step that users could take. Some are refused; that is part of the test. */
export class Edits {
  readonly #scene: Scene;
  readonly #used = new Map<string, number>();
  readonly borders: BorderEdits;
  readonly ipv6: Ipv6Edits;
  readonly interfaces: InterfaceEdits;
  readonly routes: RouteEdits;
  readonly publicAddresses: PublicEdits;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.borders = new BorderEdits(scene, this);
    this.ipv6 = new Ipv6Edits(scene, this);
    this.interfaces = new InterfaceEdits(scene, this, this.ipv6);
    this.routes = new RouteEdits(scene, this, this.borders, this.ipv6);
    this.publicAddresses = new PublicEdits(scene, this);
  }

  /** One edit of a network that lives. */
  next(): ScriptStep {
    const edit = this.#scene.random.weighted<Step>([
      [6, () => this.newRule()],
      [6, () => this.removeOne('security-group-rule')],
      [8, () => this.interfaces.changeGroups()],
      [4, () => this.interfaces.changeAddresses()],
      [3, () => this.interfaces.newInterface()],
      [2, () => this.removeOne('network-interface')],
      [5, () => this.interfaces.bindOne()],
      [3, () => this.interfaces.unbindOne()],
      [3, () => this.interfaces.moveOne()],
      [3, () => this.interfaces.wakeOne()],
      [5, () => this.routes.changeRoutes()],
      [3, () => this.routes.changeSubnetTable()],
      [8, () => this.routes.changeGateway()],
      [4, () => this.routes.changeEdge()],
      [3, () => this.publicAddresses.newElasticIp()],
      [6, () => this.publicAddresses.changeElasticIp()],
      [2, () => this.removeOne('elastic-ip')],
      [2, () => this.newGroup()],
      [2, () => this.removeOne('security-group')],
      [1, () => this.newSubnet()],
      [1, () => this.removeOne('subnet')],
      [1, () => this.changeBlocks()],
      [1, () => this.routes.newRouteTable()],
      [1, () => this.newDhcpOptions()],
      [2, () => this.changeDhcpOptions()],
      [1, () => this.removeOne('dhcp-options')],
      [2, () => this.interfaces.changeInstance()],
      [1, () => this.removeOne('instance')],
      [2, () => this.routes.newNatGateway()],
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
      ...(random.chance(0.3) ? { netbiosNameServers: ['192.0.2.3'] } : {}),
      ...(random.chance(0.3) ? { netbiosNodeType: random.pick([1, 2, 4, 8]) } : {}),
      ...(random.chance(0.7) ? { domainName: random.pick(['example.com', 'weft.test']) } : {}),
      ...(random.chance(0.7)
        ? {
            domainNameServers: random.pick([
              ['provided'],
              ['192.0.2.53'],
              ['192.0.2.53', '2001:db8:9::53', 'provided'],
            ]),
          }
        : {}),
      ...(random.chance(0.5)
        ? {
            ntpServers: random.pick([
              ['192.0.2.1', '192.0.2.2'],
              ['192.0.2.1', '2001:db8:9::1', '2001:db8:9::2'],
            ]),
          }
        : {}),
      ...(random.chance(0.5) ? { leaseSeconds: random.between(120, 7200) } : {}),
      ...(random.chance(0.3) ? { ipv6PreferredLeaseSeconds: random.between(60, 7200) } : {}),
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

  removeOne(
    kind:
      | 'security-group-rule'
      | 'network-interface'
      | 'elastic-ip'
      | 'dhcp-options'
      | 'instance'
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
