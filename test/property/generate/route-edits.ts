import { blocksOf, ipv4BlocksOf, type ResourceOf } from '../../../controller/resources/index.ts';
import type { ScriptStep, Spec } from '../script.ts';
import { type BorderEdits, nothing, type StepWriter } from './borders.ts';
import type { Ipv6Edits } from './ipv6-edits.ts';
import type { Scene } from './scene.ts';

/** Edits of routes and of what they lead to: gateways, and interfaces that route. */
export class RouteEdits {
  readonly #scene: Scene;
  readonly #edits: StepWriter;
  readonly #borders: BorderEdits;
  readonly #ipv6: Ipv6Edits;

  constructor(scene: Scene, edits: StepWriter, borders: BorderEdits, ipv6: Ipv6Edits) {
    this.#scene = scene;
    this.#edits = edits;
    this.#borders = borders;
    this.#ipv6 = ipv6;
  }

  newGateway(): ScriptStep {
    const { random } = this.#scene;
    const attached = new Set(this.#scene.all('internet-gateway').map(({ spec }) => spec.vpcId));
    const vpc = random.pickOrNone(this.#scene.all('vpc').filter(({ id }) => !attached.has(id)));
    const spec = vpc ? { vpcId: this.#scene.ref(vpc) } : {};
    return this.#edits.create('internet-gateway', 'igw', spec);
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
    if (gateway.spec.vpcId !== undefined) return this.#edits.update(gateway, { vpcId: null });
    const vpc = random.pickOrNone(this.#scene.all('vpc'));
    return vpc ? this.#edits.update(gateway, { vpcId: this.#scene.ref(vpc) }) : nothing;
  }

  newRouteTable(): ScriptStep {
    const vpc = this.#scene.random.pickOrNone(this.#scene.all('vpc'));
    return vpc ? this.#edits.create('route-table', 'table', { vpcId: this.#scene.ref(vpc) }) : nothing;
  }

  changeRoutes(): ScriptStep {
    const table = this.#scene.random.pickOrNone(this.#scene.all('route-table'));
    return table ? this.#edits.update(table, { routes: this.#someRoutes(table) }) : nothing;
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
    const routes: Spec[] = this.#borders.someRoutes(vpcId);
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
    if (routers[0] && random.chance(0.06)) {
      // In place of the local route.
      const destination = random.pick(ipv4BlocksOf(this.#scene.vpcOf({ spec: { vpcId } })));
      routes.push({ destination, target: this.#scene.ref(random.pick(routers)) });
    }
    return [...routes, ...this.#ipv6.someRoutes(vpcId, routers)];
  }

  /** An internet gateway gets a route table, or other routes in it, or loses it. */
  changeEdge(): ScriptStep {
    const { random } = this.#scene;
    const gateway = random.pickOrNone(
      this.#scene.all('internet-gateway').filter(({ spec }) => spec.vpcId !== undefined),
    );
    if (!gateway) return nothing;
    const tables = this.#scene.inVpc('route-table', gateway.spec.vpcId as string);
    const present = tables.find(({ spec }) => spec.internetGatewayId !== undefined);
    if (present && random.chance(0.4)) return this.#edits.update(present, { internetGatewayId: null });
    const table = present ?? random.pickOrNone(tables);
    const routes = this.#edgeRoutes(gateway.spec.vpcId as string);
    return table
      ? this.#edits.update(table, { routes, internetGatewayId: this.#scene.ref(gateway) })
      : nothing;
  }

  /** From blocks of the VPC and of its subnets to interfaces, which mostly may take what is for others. */
  #edgeRoutes(vpcId: string): Spec[] {
    const { random } = this.#scene;
    const all = this.#scene.inVpc('network-interface', vpcId);
    const unchecked = all.filter(({ spec }) => spec.sourceDestinationCheck === false);
    const subnets = this.#scene.inVpc('subnet', vpcId).map(({ spec }) => spec);
    const blocks = [
      ...blocksOf(this.#scene.vpcOf({ spec: { vpcId } })),
      ...subnets.flatMap(({ cidrBlock, ipv6CidrBlock = cidrBlock }) => [cidrBlock, ipv6CidrBlock]),
    ];
    return random.sample([...new Set(blocks)], 1, 3).flatMap((block): Spec[] => {
      const router = random.pickOrNone(unchecked.length > 0 && random.chance(0.8) ? unchecked : all);
      if (!router) return [];
      const target = this.#scene.ref(router);
      return [block.includes(':') ? { destinationIpv6: block, target } : { destination: block, target }];
    });
  }

  changeSubnetTable(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const tables = this.#scene.inVpc('route-table', subnet.spec.vpcId);
    const table = random.chance(0.7) ? random.pickOrNone(tables) : undefined;
    return this.#edits.update(subnet, { routeTableId: table ? this.#scene.ref(table) : null });
  }

  /** A public one if there is an elastic IP for it; some are private. */
  newNatGateway(): ScriptStep {
    const { random } = this.#scene;
    const subnet = random.pickOrNone(this.#scene.all('subnet'));
    if (!subnet) return nothing;
    const elasticIp = random.chance(0.85) ? random.pickOrNone(this.#scene.freeElasticIps()) : undefined;
    return this.#edits.create('nat-gateway', 'nat', {
      subnetId: this.#scene.ref(subnet),
      ...(elasticIp ? { elasticIpId: this.#scene.ref(elasticIp) } : { connectivity: 'private' }),
    });
  }
}
