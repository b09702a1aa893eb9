import type { Machine, Vm } from '@weft/labs/hosts';
import type { Outside } from './bed.ts';
import {
  aclLetsIn,
  aclLetsOut,
  type End,
  isInside,
  type Judges,
  mayEnter,
  mayLeave,
  mayReach,
  type Probe,
} from './reachability.ts';
import { aclOf, joined, networkBehind, targetOf } from './routing.ts';
import {
  addressesOf,
  describeStation,
  heldBy,
  instancesOf,
  type Resident,
  type Station,
} from './stations.ts';
import type { StoredState } from './stored-state.ts';

/** Whether an attempt should succeed, or what stops it. */
export const verdicts = ['allowed', 'no way', 'denied by rules', 'denied by ACL'] as const;
export type Verdict = (typeof verdicts)[number];

export const sorts = [
  'inside',
  'inside by IPv6',
  'to a shared address',
  'across',
  'in',
  'in to instances',
  'in by IPv6',
  'out',
  'out by NAT',
  'out by IPv6',
] as const;
export type Sort = (typeof sorts)[number];

function judge(way: boolean, rules: () => boolean, acl: () => boolean): Verdict {
  if (!way) return 'no way';
  if (!rules()) return 'denied by rules';
  return acl() ? 'allowed' : 'denied by ACL';
}

/** One attempt to reach somebody, and whether it should succeed. */
export interface Trial {
  readonly sort: Sort;
  readonly name: string;
  readonly verdict: Verdict;
  readonly attempt: () => Promise<boolean>;
}

const probes: readonly Probe[] = ['ping', { tcp: 80 }, { tcp: 443 }];
const label = (probe: Probe) => (probe === 'ping' ? 'ping' : `tcp ${probe.tcp}`);
const isIpv6 = (address: string) => address.includes(':');

async function succeeds(
  from: Machine,
  address: string,
  probe: Probe,
  to: Machine | undefined,
): Promise<boolean> {
  if (probe === 'ping') return (await from.ping(address, { count: 1 })).received === 1;
  const { connected, answer } = await from.tcpConnect(address, probe.tcp, { timeoutMs: 1000 });
  // Addresses of VPCs are the same: an answer of the wrong machine is none.
  return connected && to !== undefined && answer.startsWith(to.namespace);
}

/** Makes the trials of a state. The predictions know nothing of the controller but what it was told. */
export class Trials {
  readonly #state: StoredState;
  readonly #stations: readonly Station[];
  readonly #outside: readonly Outside[];
  readonly #judges: Judges;

  constructor(state: StoredState, stations: readonly Station[], outside: readonly Outside[]) {
    this.#state = state;
    this.#stations = stations;
    this.#outside = outside;
    const { topology } = state;
    const inForce = ({ vpcPeeringConnectionId: id }: { vpcPeeringConnectionId?: string }) =>
      id === undefined || topology.get('vpc-peering-connection', id)?.spec.state === 'active';
    this.#judges = {
      rules: state.all('security-group-rule').filter(({ status }) => inForce(status)),
      listed: (id) => topology.get('prefix-list', id)?.spec.entries.map(({ cidr }) => cidr) ?? [],
    };
  }

  *all(): Generator<Trial> {
    yield* this.#inner();
    yield* this.#inward();
    yield* this.#outward();
  }

  /** Every pair of machines of a VPC, or of two that are peered. */
  *#inner(): Generator<Trial> {
    for (const from of this.#stations) {
      for (const to of this.#stations) {
        if (from === to) continue;
        const across = from.subnet.spec.vpcId !== to.subnet.spec.vpcId;
        const shared = heldBy(this.#state, to);
        for (const address of [...addressesOf(to), ...shared]) {
          const source = sourceFor(from, address);
          if (source === undefined) continue;
          const way = joined(
            this.#state,
            { subnet: from.subnet, address: source },
            { subnet: to.subnet, address },
          );
          // Between VPCs that are not peered nothing is sent: the same address is somebody else's there.
          if (across && !way) continue;
          const sort = shared.includes(address)
            ? 'to a shared address'
            : across
              ? 'across'
              : isIpv6(address)
                ? 'inside by IPv6'
                : 'inside';
          for (const probe of probes) {
            yield {
              sort,
              name: `${label(probe)} from ${describeStation(from)} to ${address} of ${describeStation(to)}`,
              verdict: this.#between(way, from, source, to, address, probe),
              attempt: () => succeeds(from.vm, address, probe, to.vm),
            };
          }
        }
      }
    }
  }

  /** ACLs judge what leaves its subnet only. */
  #between(way: boolean, from: Station, source: string, to: Station, address: string, probe: Probe): Verdict {
    return judge(
      way,
      () => mayReach(this.#judges, end(from, source), end(to, address), probe),
      () =>
        from.subnet.id === to.subnet.id ||
        (aclLetsOut(aclOf(this.#state, from.subnet), address, probe) &&
          aclLetsIn(aclOf(this.#state, to.subnet), source, probe)),
    );
  }

  /** From outside to every elastic IP, and to every IPv6 address that has a machine. */
  *#inward(): Generator<Trial> {
    const instances = instancesOf(this.#state);
    for (const { spec } of this.#state.all('elastic-ip')) {
      const to = this.#stations.find(
        ({ networkInterface }) => networkInterface.id === spec.networkInterfaceId,
      );
      const network = this.#state.topology.get('external-network', spec.externalNetworkId)?.spec.name;
      const outside = this.#outside.find((one) => one.network === network);
      const resident =
        to ?? instances.find(({ networkInterface }) => networkInterface.id === spec.networkInterfaceId);
      if (!resident || !outside) continue;
      // What an instance does with further addresses is its own matter.
      if (!to && spec.privateAddress !== undefined) continue;
      const inner = spec.privateAddress ?? resident.networkInterface.spec.privateAddress;
      const sort = to ? 'in' : 'in to instances';
      yield* this.#entering(sort, outside, outside.ipv4, resident, {
        inner,
        outer: spec.address,
        vm: to?.vm,
      });
    }
    for (const outside of this.#outside) {
      for (const to of this.#stations) {
        for (const address of to.networkInterface.spec.ipv6Addresses ?? []) {
          if (!this.#isOn(outside, address) || !isBesideNetwork(to)) continue;
          const addresses = { inner: address, outer: address };
          yield* this.#entering('in by IPv6', outside, outside.ipv6, to, { ...addresses, vm: to.vm });
        }
      }
    }
  }

  *#entering(
    sort: 'in' | 'in by IPv6' | 'in to instances',
    outside: Outside,
    source: string,
    to: Resident,
    { inner, outer, vm }: { readonly inner: string; readonly outer: string; readonly vm: Vm | undefined },
  ): Generator<Trial> {
    const target = targetOf(this.#state, to.subnet, source) ?? '';
    const way =
      target.startsWith('igw-') &&
      networkBehind(this.#state, target, to.subnet.spec.vpcId) === outside.network;
    // Nothing listens in an instance, which answers ping.
    for (const probe of vm ? probes : (['ping'] as const)) {
      yield {
        sort,
        name: `${label(probe)} from outside to ${outer} of ${describeStation(to)}`,
        verdict: judge(
          way,
          () => mayEnter(this.#judges, { address: source, groups: [] }, end(to, inner), probe),
          () => aclLetsIn(aclOf(this.#state, to.subnet), source, probe),
        ),
        attempt: () => succeeds(outside.machine, outer, probe, vm),
      };
    }
  }

  /** From machines to the machines outside, by whatever way there is. */
  *#outward(): Generator<Trial> {
    for (const outside of this.#outside) {
      for (const from of this.#stations) {
        for (const address of [outside.ipv4, outside.ipv6]) {
          // A machine with several addresses chooses one of them.
          const { ipv6Addresses = [] } = from.networkInterface.spec;
          if (isIpv6(address) && ipv6Addresses.length > 1) continue;
          const way = this.#wayOut(from, outside, address);
          const sort = isIpv6(address) ? 'out by IPv6' : way === 'nat' ? 'out by NAT' : 'out';
          for (const probe of probes) {
            yield {
              sort,
              name: `${label(probe)} from ${describeStation(from)} to ${address} outside (${way ?? 'no way'})`,
              verdict: judge(
                way !== undefined,
                () => mayLeave(this.#judges, end(from), { address, groups: [] }, probe),
                () =>
                  aclLetsOut(aclOf(this.#state, from.subnet), address, probe) &&
                  this.#natSubnetLets(from, address, probe),
              ),
              attempt: () => succeeds(from.vm, address, probe, outside.machine),
            };
          }
        }
      }
    }
  }

  /**
   * AWS, "Control traffic with network ACLs" of NAT gateways: that of the gateway's subnet judges what comes from the machine and
   * goes on, and what comes back and goes to it. True, too, when the way out is another one.
   */
  #natSubnetLets(from: Station, address: string, probe: Probe): boolean {
    const nat = this.#state.topology.get('nat-gateway', targetOf(this.#state, from.subnet, address) ?? '');
    const subnet = nat && this.#state.topology.get('subnet', nat.spec.subnetId);
    if (!subnet) return true;
    const acl = aclOf(this.#state, subnet);
    return (
      aclLetsIn(acl, from.networkInterface.spec.privateAddress, probe) && aclLetsOut(acl, address, probe)
    );
  }

  /** How a machine gets out to an address there. */
  #wayOut(from: Station, outside: Outside, address: string): 'gateway' | 'nat' | undefined {
    const { vpcId } = from.subnet.spec;
    const source = sourceFor(from, address);
    const target = targetOf(this.#state, from.subnet, address) ?? '';
    if (source === undefined) return undefined;
    const nat = this.#state.topology.get('nat-gateway', target);
    if (nat) return this.#byNat(from, nat, outside);
    if (networkBehind(this.#state, target, vpcId) !== outside.network) return undefined;
    if (isIpv6(address)) return this.#isOn(outside, source) && isBesideNetwork(from) ? 'gateway' : undefined;
    return this.#elasticIpOf(from.networkInterface.id) ? 'gateway' : undefined;
  }

  #byNat(
    { subnet }: Station,
    { spec }: { spec: { vpcId: string; subnetId: string; elasticIpId?: string } },
    outside: Outside,
  ): 'nat' | undefined {
    const inner = this.#state.topology.get('subnet', spec.subnetId);
    // A private one shows an address that nobody outside can answer.
    if (spec.elasticIpId === undefined || spec.vpcId !== subnet.spec.vpcId || !inner) return undefined;
    const target = targetOf(this.#state, inner, outside.ipv4) ?? '';
    return networkBehind(this.#state, target, spec.vpcId) === outside.network ? 'nat' : undefined;
  }

  /** The elastic IP of the primary address. */
  #elasticIpOf(interfaceId: string) {
    return this.#state
      .all('elastic-ip')
      .find(({ spec }) => spec.networkInterfaceId === interfaceId && spec.privateAddress === undefined);
  }

  /** True when the address is of the IPv6 block of the network: only then an answer finds the way. */
  #isOn({ network }: Outside, address: string): boolean {
    const block = this.#state.all('external-network').find(({ spec }) => spec.name === network)
      ?.spec.ipv6CidrBlock;
    return block !== undefined && isInside(address, block);
  }
}

const end = ({ networkInterface: { spec } }: Resident, address = spec.privateAddress): End => ({
  address,
  groups: spec.securityGroupIds,
});

/** IPv6 leaves on the host of the machine itself, where that reaches the network (docs/decisions, 0007). */
const isBesideNetwork = ({ vm }: Station) => vm.host.externalBridge !== undefined;

/** With which address a machine sends to another one: the primary one, or the only one of IPv6. */
function sourceFor(from: Station, to: string): string | undefined {
  const { privateAddress, ipv6Addresses = [] } = from.networkInterface.spec;
  if (!isIpv6(to)) return privateAddress;
  return ipv6Addresses.length === 1 ? ipv6Addresses[0] : undefined;
}
