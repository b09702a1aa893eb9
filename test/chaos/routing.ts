import { ipv4BlocksOf, type NetworkAclEntry, type ResourceOf } from '@weft/controller/resources';
import { isInside } from './reachability.ts';
import type { StoredState } from './stored-state.ts';

type Subnet = ResourceOf<'subnet'>;

/** What the ACL of a subnet says. */
export function aclOf(state: StoredState, { spec }: Subnet): readonly NetworkAclEntry[] {
  const id = spec.networkAclId ?? state.topology.get('vpc', spec.vpcId)?.spec.defaultNetworkAclId ?? '';
  return state.topology.get('network-acl', id)?.spec.entries ?? [];
}

const lengthOf = (cidr: string) => Number(cidr.split('/')[1]);

/** Where a subnet's table leads an address: `local`, the target of the longest route, or undefined. */
export function targetOf(state: StoredState, { spec }: Subnet, address: string): string | undefined {
  const vpc = state.topology.get('vpc', spec.vpcId);
  if (!vpc) return undefined;
  const table = state.topology.get('route-table', spec.routeTableId ?? vpc.spec.mainRouteTableId);
  const blocks = [...ipv4BlocksOf(vpc), ...(vpc.spec.ipv6CidrBlock ? [vpc.spec.ipv6CidrBlock] : [])];
  const routes = [
    ...blocks.map((cidr) => ({ cidr, target: 'local' })),
    ...(table?.spec.routes ?? []).flatMap(({ destination, destinationIpv6, target }) => {
      const list = state.topology.get('prefix-list', destination ?? '');
      const cidrs = list ? list.spec.entries.map(({ cidr }) => cidr) : [destination ?? destinationIpv6 ?? ''];
      return cidrs.map((cidr) => ({ cidr, target }));
    }),
  ];
  const [best] = routes
    .filter(({ cidr }) => cidr.includes('/') && isInside(address, cidr))
    .sort((a, b) => lengthOf(b.cidr) - lengthOf(a.cidr));
  return best?.target;
}

/** The name of the network to which an internet gateway leads that is attached to the VPC. */
export function networkBehind(state: StoredState, gatewayId: string, vpcId: string): string | undefined {
  const gateway =
    state.topology.get('internet-gateway', gatewayId) ??
    state.topology.get('egress-only-internet-gateway', gatewayId);
  if (gateway?.spec.vpcId !== vpcId) return undefined;
  return state.topology.get('external-network', gateway.spec.externalNetworkId)?.spec.name;
}

/** True when packets from one subnet find the other, and its answers the way back. */
export function joined(
  state: StoredState,
  from: { readonly subnet: Subnet; readonly address: string },
  to: { readonly subnet: Subnet; readonly address: string },
): boolean {
  const [there, back] = [targetOf(state, from.subnet, to.address), targetOf(state, to.subnet, from.address)];
  if (from.subnet.spec.vpcId === to.subnet.spec.vpcId) return there === 'local' && back === 'local';
  const ends = [from.subnet.spec.vpcId, to.subnet.spec.vpcId];
  return [there, back].every((target) => {
    const connection = state.topology.get('vpc-peering-connection', target ?? '')?.spec;
    return (
      connection?.state === 'active' &&
      ends.includes(connection.requesterVpcId) &&
      ends.includes(connection.accepterVpcId)
    );
  });
}
