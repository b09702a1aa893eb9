import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import type { Machine, Outsider, Vm } from '@weft/labs/hosts';
import type { Random } from './random.ts';
import { mayEnter, mayReach, type Probe } from './reachability.ts';
import type { StoredState } from './stored-state.ts';

/** A machine whose interface still exists. */
interface Station {
  readonly vm: Vm;
  readonly networkInterface: ResourceOf<'network-interface'>;
}

interface Trial {
  readonly name: string;
  readonly allowed: boolean;
  readonly attempt: () => Promise<boolean>;
}

const probes: readonly Probe[] = ['ping', { tcp: 80 }, { tcp: 443 }];
const atOnce = 6;
/** Only what should arrive is tried again: the first packet after a fault may meet a neighbour that is not known yet. */
const attempts = 4;

const endOf = ({ networkInterface: { spec } }: Station) => ({
  address: spec.privateAddress,
  groups: spec.securityGroupIds,
});

function stationsOf(state: StoredState, vms: readonly Vm[]): Station[] {
  return vms.flatMap((vm) => {
    const networkInterface = state.topology.get('network-interface', vm.interfaceId);
    return networkInterface ? [{ vm, networkInterface }] : [];
  });
}

async function succeeds(from: Machine, address: string, probe: Probe, to: Machine): Promise<boolean> {
  if (probe === 'ping') return (await from.ping(address, { count: 1 })).received === 1;
  const { connected, answer } = await from.tcpConnect(address, probe.tcp, { timeoutMs: 1000 });
  // Addresses of VPCs are the same: an answer of the wrong machine is none.
  return connected && answer.startsWith(to.namespace);
}

/** Every pair of machines of a VPC, with what their groups say. */
function* innerTrials(state: StoredState, stations: readonly Station[]): Generator<Trial> {
  const rules = state.all('security-group-rule');
  for (const from of stations) {
    for (const to of stations) {
      const { vpcId, privateAddress } = to.networkInterface.spec;
      if (from === to || from.networkInterface.spec.vpcId !== vpcId) continue;
      for (const probe of probes) {
        yield {
          name: `${label(probe)} from ${describe(from)} to ${describe(to)}`,
          allowed: mayReach(rules, endOf(from), endOf(to), probe),
          attempt: () => succeeds(from.vm, privateAddress, probe, to.vm),
        };
      }
    }
  }
}

/** True when packets of the subnet find the gateway of their VPC. */
function hasWayOut(state: StoredState, { networkInterface: { spec } }: Station): boolean {
  const subnet = state.topology.get('subnet', spec.subnetId);
  const vpc = state.topology.get('vpc', spec.vpcId);
  const tableId = subnet?.spec.routeTableId ?? vpc?.spec.mainRouteTableId ?? '';
  const routes = state.topology.get('route-table', tableId)?.spec.routes ?? [];
  const target = routes.find(({ destination }) => destination === '0.0.0.0/0')?.target ?? '';
  return state.topology.get('internet-gateway', target)?.spec.vpcId === spec.vpcId;
}

/** From outside to every elastic IP that has a machine. */
function* outerTrials(
  state: StoredState,
  stations: readonly Station[],
  outsider: Outsider,
): Generator<Trial> {
  const rules = state.all('security-group-rule');
  const peer = { address: outsider.address.split('/')[0] as string, groups: [] };
  for (const { spec } of state.all('elastic-ip')) {
    const to = stations.find(({ networkInterface }) => networkInterface.id === spec.networkInterfaceId);
    if (!to) continue;
    for (const probe of probes) {
      yield {
        name: `${label(probe)} from outside to ${spec.address} of ${describe(to)}`,
        allowed: hasWayOut(state, to) && mayEnter(rules, peer, endOf(to), probe),
        attempt: () => succeeds(outsider, spec.address, probe, to.vm),
      };
    }
  }
}

const label = (probe: Probe) => (probe === 'ping' ? 'ping' : `tcp ${probe.tcp}`);
const describe = ({ vm, networkInterface: { id, spec } }: Station) =>
  `${id} (${spec.privateAddress} on ${vm.host.name}, ${spec.securityGroupIds.join('+')})`;

async function isAsPredicted({ allowed, attempt }: Trial): Promise<boolean> {
  if (!allowed) return !(await attempt());
  for (let count = 1; count <= attempts; count++) {
    if (await attempt()) return true;
    await sleep(500);
  }
  return false;
}

async function inBatches<T>(list: readonly T[], work: (member: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async () => {
    for (let member = rest.shift(); member !== undefined; member = rest.shift()) await work(member);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export interface TrafficResult {
  readonly leases: number;
  /** How many trials there were: inside of VPCs and from outside, each allowed and denied. */
  readonly trials: readonly { readonly sort: string; readonly count: number }[];
  readonly problems: readonly string[];
}

/**
 * Every machine gets its lease, and a sample of all pairs reach each other exactly when their groups say so.
 * @param size most trials of each sort: allowed and denied, inside and from outside
 */
export async function checkTraffic(
  state: StoredState,
  machines: { readonly vms: readonly Vm[]; readonly outsider: Outsider },
  random: Random,
  size: number,
): Promise<TrafficResult> {
  const stations = stationsOf(state, machines.vms);
  const problems: string[] = [];
  await inBatches(stations, async (station) => {
    const lease = await station.vm.dhcp().catch((error: unknown) => ({ ip: String(error) }));
    const { privateAddress } = station.networkInterface.spec;
    if (lease.ip !== privateAddress) problems.push(`${describe(station)} leases ${lease.ip}`);
    for (const port of [80, 443]) await station.vm.tcpListen(port);
  });
  const sorts = {
    inside: [...innerTrials(state, stations)],
    outside: [...outerTrials(state, stations, machines.outsider)],
  };
  const samples = Object.entries(sorts).flatMap(([place, trials]) =>
    [true, false].map((allowed) => {
      const fitting = trials.filter((trial) => trial.allowed === allowed);
      return { sort: `${allowed ? 'allowed' : 'denied'} ${place}`, chosen: random.sample(fitting, size) };
    }),
  );
  await inBatches(
    samples.flatMap(({ chosen }) => chosen),
    async (trial) => {
      if (await isAsPredicted(trial)) return;
      problems.push(`${trial.name} ${trial.allowed ? 'fails and should not' : 'succeeds and should not'}`);
    },
  );
  const trials = samples.map(({ sort, chosen }) => ({ sort, count: chosen.length }));
  return { leases: stations.length, trials, problems };
}
