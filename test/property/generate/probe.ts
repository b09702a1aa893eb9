import {
  formatIpv4,
  gatewayAddress,
  parseCidr,
  type ResourceOf,
} from '../../../controller/resources/index.ts';
import type { SendStep } from '../script.ts';
import type { ElasticIp, Interface, Scene } from './scene.ts';

/** A packet of some sort; undefined when the network has nothing to make it from. */
export type Probe = (scene: Scene) => SendStep | undefined;

/** A MAC that no interface has for itself; allowed address pairs may name it. */
export const strangeMac = '02:aa:00:00:00:01';

/** A probe from one of the interfaces that are on a host. */
export function withSender(make: (scene: Scene, sender: Interface) => SendStep | undefined): Probe {
  return (scene) => {
    const sender = scene.random.pickOrNone(scene.interfaces(true));
    return sender && make(scene, sender);
  };
}

/** A probe about one of the elastic IPs that an interface or a NAT gateway has. */
export function withElasticIp(make: (scene: Scene, target: ElasticIp) => SendStep | undefined): Probe {
  return (scene) => {
    const free = new Set(scene.freeElasticIps());
    const used = scene.all('elastic-ip').filter((one) => !free.has(one));
    const target = scene.random.pickOrNone(used);
    return target && make(scene, target);
  };
}

/** The IPv4 address of a subnet's router. */
export function router(subnet: ResourceOf<'subnet'>): string {
  return formatIpv4(gatewayAddress(parseCidr(subnet.spec.cidrBlock, 'cidr')));
}
