import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { GraphReader } from '../graph.ts';
import { Counts } from './counts.ts';
import type { TopologyIndex } from './index.ts';

type Binding = ResourceOf<'binding'>;
type NetworkInterface = ResourceOf<'network-interface'>;

/**
 * VPC ↔ hosts that have something of it: an interface, by way of binding → interface → VPC, or a gateway, by its
 * placement. Counts bindings and placements.
 */
export class PresenceIndex implements TopologyIndex {
  readonly #graph: GraphReader;
  readonly #hostsOfVpc = new Counts();
  readonly #vpcsOfHost = new Counts();

  constructor(graph: GraphReader) {
    this.#graph = graph;
  }

  hostsOfVpc(vpcId: string): ReadonlyMap<string, number> {
    return this.#hostsOfVpc.of(vpcId);
  }

  vpcsOfHost(hostId: string): ReadonlyMap<string, number> {
    return this.#vpcsOfHost.of(hostId);
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.kind === 'binding') this.#countBinding(before, -1);
    if (after?.kind === 'binding') this.#countBinding(after, 1);
    if (before?.kind === 'placement') this.#count(before.spec.vpcId, before.spec.hostId, -1);
    if (after?.kind === 'placement') this.#count(after.spec.vpcId, after.spec.hostId, 1);
    if (before?.kind === 'network-interface') this.#countInterface(before, -1);
    if (after?.kind === 'network-interface') this.#countInterface(after, 1);
  }

  *describe(): Iterable<string> {
    for (const [vpcId, hostId, count] of this.#hostsOfVpc) yield `host of ${vpcId}: ${hostId} ${count} times`;
    for (const [hostId, vpcId, count] of this.#vpcsOfHost) yield `VPC of ${hostId}: ${vpcId} ${count} times`;
  }

  /** A binding whose interface is not there yet is counted when the interface comes. */
  #countBinding({ spec }: Binding, difference: 1 | -1): void {
    const networkInterface = this.#graph.get('network-interface', spec.networkInterfaceId);
    if (networkInterface) this.#count(networkInterface.spec.vpcId, spec.hostId, difference);
  }

  #countInterface(networkInterface: NetworkInterface, difference: 1 | -1): void {
    for (const binding of this.#graph.referrers(networkInterface, 'of-interface', 'binding')) {
      this.#count(networkInterface.spec.vpcId, binding.spec.hostId, difference);
    }
  }

  #count(vpcId: string, hostId: string, difference: 1 | -1): void {
    this.#hostsOfVpc.add(vpcId, hostId, difference);
    this.#vpcsOfHost.add(hostId, vpcId, difference);
  }
}
