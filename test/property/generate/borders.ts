import { ipv4BlocksOf, type KindName } from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { listNetworks } from './blocks.ts';
import { ipv6Networks, someServiceFor } from './rules.ts';
import { outsideAddresses, type Scene } from './scene.ts';

/** The step for when there is nothing to do this to: refused like any that names what is not there. */
export const nothing: ScriptStep = { do: 'remove', kind: 'vpc', name: 'nothing' };

/** How steps are written down. */
export interface StepWriter {
  create(kind: KindName, prefix: string, spec: Spec): ScriptStep;
  update(resource: { kind: KindName; id: string }, spec: Spec): ScriptStep;
  removeOne(
    kind: 'network-acl' | 'vpc-peering-connection' | 'prefix-list' | 'egress-only-internet-gateway',
  ): ScriptStep;
}

type Step = () => ScriptStep;

/** Edits of what stands at the borders of subnets and VPCs: network ACLs, peering connections, prefix lists. */
export class BorderEdits {
  readonly #scene: Scene;
  readonly #edits: StepWriter;

  constructor(scene: Scene, edits: StepWriter) {
    this.#scene = scene;
    this.#edits = edits;
  }

  next(): ScriptStep {
    return this.#scene.random.weighted<Step>([
      [4, () => this.changeEntries()],
      [3, () => this.changeSubnetAcl()],
      [1, () => this.newAcl()],
      [1, () => this.#edits.removeOne('network-acl')],
      [3, () => this.newPeering()],
      [4, () => this.answerPeering()],
      [1, () => this.#edits.removeOne('vpc-peering-connection')],
      [2, () => this.changeList()],
      [1, () => this.newList()],
      [1, () => this.#edits.removeOne('prefix-list')],
    ])();
  }

  newAcl(): ScriptStep {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    if (!vpc) return nothing;
    return this.#edits.create('network-acl', 'acl', {
      vpcId: this.#scene.ref(vpc),
      entries: this.#someEntries(vpc.id),
    });
  }

  changeEntries(): ScriptStep {
    const acl = this.#scene.random.pickOrNone(this.#scene.all('network-acl'));
    return acl ? this.#edits.update(acl, { entries: this.#someEntries(acl.spec.vpcId) }) : nothing;
  }

  /** Mostly such that something passes: a few narrow entries, and then one for everything. */
  #someEntries(vpcId: string): Spec[] {
    const { random } = this.#scene;
    const network = (): Spec => {
      const isWide = random.chance(0.5);
      return random.chance(0.5)
        ? { cidrIpv4: isWide ? '0.0.0.0/0' : this.#someNetwork() }
        : { cidrIpv6: isWide ? '::/0' : random.pick(ipv6Networks(this.#scene, vpcId)) };
    };
    const entry = (number: number, direction: string): Spec => {
      const where = network();
      const service = random.chance(0.5) ? { protocol: 'all' } : someServiceFor(this.#scene, where);
      return { number, direction, action: random.chance(0.4) ? 'deny' : 'allow', ...service, ...where };
    };
    const narrow = random
      .sample([10, 20, 30, 40, 32766], 2, 4)
      .flatMap((number) =>
        random.sample(['ingress', 'egress'], 1, 2).map((direction) => entry(number, direction)),
      );
    const open = [
      { number: 100, direction: 'ingress', cidrIpv4: '0.0.0.0/0' },
      { number: 100, direction: 'egress', cidrIpv4: '0.0.0.0/0' },
      { number: 101, direction: 'ingress', cidrIpv6: '::/0' },
      { number: 101, direction: 'egress', cidrIpv6: '::/0' },
    ]
      .filter(() => random.chance(0.9))
      .map((one) => ({ ...one, action: 'allow', protocol: 'all' }));
    return [...narrow, ...open];
  }

  #someNetwork(): string {
    const { random } = this.#scene;
    const subnets = this.#scene.all('subnet').map(({ spec }) => spec.cidrBlock);
    const members = this.#scene.all('network-interface').map(({ spec }) => `${spec.privateAddress}/32`);
    return random.pick([
      '0.0.0.0/0',
      '198.51.100.0/25',
      `${random.pick(outsideAddresses)}/32`,
      ...random.sample(subnets, 0, 3),
      ...random.sample(members, 0, 3),
    ]);
  }

  changeSubnetAcl(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const acls = this.#scene.inVpc('network-acl', subnet.spec.vpcId);
    const acl = random.chance(0.8) ? random.pickOrNone(acls) : undefined;
    return this.#edits.update(subnet, { networkAclId: acl ? this.#scene.ref(acl) : null });
  }

  newPeering(): ScriptStep {
    const [requester, accepter] = this.#scene.random.sample(this.#scene.all('vpc'), 2, 2);
    if (!requester || !accepter) return nothing;
    return this.#edits.create('vpc-peering-connection', 'pcx', {
      requesterVpcId: this.#scene.ref(requester),
      accepterVpcId: this.#scene.ref(accepter),
    });
  }

  answerPeering(): ScriptStep {
    const { random } = this.#scene;
    const pending = this.#scene
      .all('vpc-peering-connection')
      .filter(({ spec }) => spec.state === 'pending-acceptance');
    const connection = random.pickOrNone(pending);
    return connection
      ? this.#edits.update(connection, { state: random.chance(0.9) ? 'active' : 'rejected' })
      : nothing;
  }

  newList(): ScriptStep {
    const isIpv6 = this.#scene.random.chance(0.5);
    return this.#edits.create('prefix-list', 'list', {
      name: 'list',
      ...(isIpv6 ? { addressFamily: 'ipv6' } : {}),
      maxEntries: 6,
      entries: this.#someNetworks(isIpv6),
    });
  }

  changeList(): ScriptStep {
    const list = this.#scene.random.pickOrNone(this.#scene.all('prefix-list'));
    if (!list) return nothing;
    return this.#edits.update(list, { entries: this.#someNetworks(list.spec.addressFamily === 'ipv6') });
  }

  #someNetworks(isIpv6: boolean): Spec[] {
    const { random } = this.#scene;
    const some = () =>
      isIpv6 ? random.pick([...this.#someIpv6Networks(), ...listNetworks.ipv6]) : this.#someNetwork();
    const networks = Array.from({ length: random.between(0, 4) }, some);
    return [...new Set(networks)].map((cidr) => ({ cidr }));
  }

  #someIpv6Networks(): readonly string[] {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    return vpc ? ipv6Networks(this.#scene, vpc.id) : [];
  }

  /** Routes over the peering connections of a VPC, and by prefix lists. */
  someRoutes(vpcId: string): Spec[] {
    const { random } = this.#scene;
    const routes: Spec[] = [];
    const connections = this.#scene.connectionsOf(vpcId);
    for (const { connection, vpc } of connections) {
      if (random.chance(0.85)) {
        for (const destination of ipv4BlocksOf(vpc)) {
          routes.push({ destination, target: this.#scene.ref(connection) });
        }
      }
      const { ipv6CidrBlock } = vpc.spec;
      const own = this.#scene.vpcOf({ spec: { vpcId } }).spec.ipv6CidrBlock;
      if (ipv6CidrBlock && ipv6CidrBlock !== own && random.chance(0.85)) {
        routes.push({ destinationIpv6: ipv6CidrBlock, target: this.#scene.ref(connection) });
      }
    }
    const list = random.pickOrNone(this.#scene.all('prefix-list'));
    if (list && random.chance(0.4)) {
      const kind = list.spec.addressFamily === 'ipv6' ? 'egress-only-internet-gateway' : 'nat-gateway';
      const target = random.pickOrNone<{ id: string }>([
        ...connections.map(({ connection }) => connection),
        ...this.#scene.inVpc('internet-gateway', vpcId),
        ...this.#scene.inVpc(kind, vpcId),
      ]);
      routes.push({
        destination: this.#scene.ref(list),
        target: target && random.chance(0.7) ? this.#scene.ref(target) : 'blackhole',
      });
    }
    const seen = new Set<unknown>();
    const place = ({ destination, destinationIpv6 }: Spec) => destination ?? destinationIpv6;
    return routes.filter((one) => !seen.has(place(one)) && seen.add(place(one)));
  }
}
