import type { ResourceOf } from '@weft/controller/resources';
import type { Vm } from '@weft/labs/hosts';
import type { StoredState } from './stored-state.ts';

/** Somebody with an interface. */
export interface Resident {
  readonly networkInterface: ResourceOf<'network-interface'>;
  readonly subnet: ResourceOf<'subnet'>;
  readonly hostId: string;
}

/** A machine whose interface still exists. */
export interface Station extends Resident {
  readonly vm: Vm;
}

export function stationsOf(state: StoredState, vms: readonly Vm[]): Station[] {
  return vms.flatMap((vm) => {
    const networkInterface = state.topology.get('network-interface', vm.interfaceId);
    const subnet = networkInterface && state.topology.get('subnet', networkInterface.spec.subnetId);
    return subnet ? [{ vm, networkInterface, subnet, hostId: vm.host.name }] : [];
  });
}

/** The primary interfaces of the instances that run: they answer ping, and nothing else. */
export function instancesOf(state: StoredState): Resident[] {
  return state.all('instance').flatMap(({ spec }) => {
    const networkInterface = state.topology.get('network-interface', spec.networkInterfaceIds[0] ?? '');
    const subnet = networkInterface && state.topology.get('subnet', networkInterface.spec.subnetId);
    return subnet && spec.desiredState !== 'stopped'
      ? [{ networkInterface, subnet, hostId: spec.hostId }]
      : [];
  });
}

/** All addresses of a station, the primary one first. */
export const addressesOf = ({ networkInterface: { spec } }: Station): string[] => [
  spec.privateAddress,
  ...(spec.secondaryPrivateAddresses ?? []),
  ...(spec.ipv6Addresses ?? []),
];

/** Shared addresses that a station has, because it was the last one to announce them. */
export const heldBy = (state: StoredState, { networkInterface: { id } }: Station): string[] =>
  state.all('held-address').flatMap(({ spec }) => (spec.networkInterfaceId === id ? [spec.address] : []));

export const describeStation = ({ hostId, networkInterface: { id, spec } }: Resident) =>
  `${id} (${spec.privateAddress} on ${hostId}, ${spec.securityGroupIds.join('+')})`;

/**
 * Gives a machine the addresses of its interface: the primary one by DHCP, as its VPC says, the others by hand.
 * @yields what was not as it should be
 */
export async function prepare(state: StoredState, station: Station): Promise<string[]> {
  const { vm, networkInterface } = station;
  const { privateAddress, secondaryPrivateAddresses = [], ipv6Addresses = [] } = networkInterface.spec;
  // A link that comes up asks for a router (RFC 4861, section 6.3.7): what was asked in the turmoil is forgotten.
  await vm.run('ip', ['link', 'set', 'eth0', 'down']);
  await vm.run('ip', ['link', 'set', 'eth0', 'up']);
  const lease: Readonly<Record<string, string>> = await vm
    .dhcp()
    .catch((error: unknown) => ({ ip: String(error) }));
  const name = describeStation(station);
  const problems = lease.ip === privateAddress ? [] : [`${name} leases ${lease.ip}`];
  if (lease.ip === privateAddress) problems.push(...wrongOptions(state, station, lease));
  for (const address of [...secondaryPrivateAddresses, ...heldBy(state, station)]) {
    await vm.addAddress(`${address}/32`);
  }
  for (const address of ipv6Addresses) {
    await vm.run('ip', ['-6', 'address', 'replace', `${address}/128`, 'dev', 'eth0', 'nodad']);
  }
  for (const port of [80, 443]) await vm.tcpListen(port);
  return problems;
}

/** The domain that the VPC's set of DHCP options says. */
function* wrongOptions(
  state: StoredState,
  station: Station,
  lease: Readonly<Record<string, string>>,
): Generator<string> {
  const vpc = state.topology.get('vpc', station.networkInterface.spec.vpcId);
  const domain = state.topology.get('dhcp-options', vpc?.spec.dhcpOptionsId ?? '')?.spec.domainName;
  if (domain !== undefined && lease.domain !== domain) {
    yield `${describeStation(station)} is told domain ${lease.domain}, not ${domain}`;
  }
}
