import type { ApiKind, ApiResource } from '../contract/index.ts';
import { destinationOf, nameOf, peerOf, trafficOf } from './columns.ts';

/** Every resource, by kind. */
export type Network = { readonly [K in ApiKind]: readonly ApiResource<K>[] };

interface Branch {
  readonly text: string;
  readonly branches?: readonly Branch[];
}

/** Everything as a tree: VPCs with what they hold, then external networks and hosts. */
export function overviewTree(network: Network): string {
  const roots = [
    ...network.vpc.map((vpc) => vpcBranch(network, vpc)),
    ...network['external-network'].map((external) => externalBranch(network, external)),
    ...network.host.map(hostBranch),
  ];
  if (roots.length === 0)
    return 'Nothing is here yet. weft vpc create --cidr-block 10.0.0.0/16 makes a VPC.\n';
  return roots.map((root) => `${root.text}\n${draw(root.branches ?? [], '')}`).join('');
}

function draw(branches: readonly Branch[], indent: string): string {
  return branches
    .map((branch, index) => {
      const isLast = index === branches.length - 1;
      const below = draw(branch.branches ?? [], `${indent}${isLast ? '   ' : '│  '}`);
      return `${indent}${isLast ? '└─ ' : '├─ '}${branch.text}\n${below}`;
    })
    .join('');
}

/** `subnet  web  subnet-…  10.0.1.0/24`: kind, name, id, then what matters. */
const line = (kind: string, resource: ApiResource<ApiKind>, ...more: (string | undefined)[]) =>
  [kind, nameOf(resource), resource.id, ...more]
    .filter((part) => part !== undefined && part !== '')
    .join('  ');

function vpcBranch(network: Network, vpc: ApiResource<'vpc'>): Branch {
  const inVpc = <R extends { spec: { vpcId?: string } }>(resources: readonly R[]) =>
    resources.filter((resource) => resource.spec.vpcId === vpc.id);
  const tables = inVpc(network['route-table']);
  return {
    text: line('vpc', vpc, vpc.spec.cidrBlock, vpc.spec.ipv6CidrBlock),
    branches: [
      ...inVpc(network.subnet).map((subnet) => subnetBranch(network, subnet)),
      ...tables.map((table) => tableBranch(network, table, table.id === vpc.spec.mainRouteTableId)),
      ...inVpc(network['internet-gateway']).map((gateway) => ({
        text: line(
          'internet gateway',
          gateway,
          `to ${labelOf(network['external-network'], gateway.spec.externalNetworkId)}`,
        ),
      })),
      ...inVpc(network['egress-only-internet-gateway']).map((gateway) => ({
        text: line(
          'egress-only internet gateway',
          gateway,
          `to ${labelOf(network['external-network'], gateway.spec.externalNetworkId)}`,
        ),
      })),
      ...inVpc(network['nat-gateway']).map((gateway) => ({
        text: line('nat gateway', gateway, gateway.spec.connectivity, gateway.spec.privateAddress),
      })),
      ...inVpc(network['security-group']).map((group) => groupBranch(network, group)),
    ],
  };
}

function subnetBranch(network: Network, subnet: ApiResource<'subnet'>): Branch {
  const table =
    subnet.spec.routeTableId && `routes by ${labelOf(network['route-table'], subnet.spec.routeTableId)}`;
  return {
    text: line(
      'subnet',
      subnet,
      subnet.spec.cidrBlock,
      subnet.spec.ipv6CidrBlock,
      `zone ${subnet.spec.zone}`,
      table,
    ),
    branches: network['network-interface']
      .filter((port) => port.spec.subnetId === subnet.id)
      .map((port) => ({ text: interfaceLine(network, port) })),
  };
}

function interfaceLine(network: Network, port: ApiResource<'network-interface'>): string {
  const groups = port.spec.securityGroupIds.map((id) => labelOf(network['security-group'], id));
  const elasticIp = network['elastic-ip'].find((address) => address.spec.networkInterfaceId === port.id);
  const instance = network.instance.find((candidate) => candidate.spec.networkInterfaceIds.includes(port.id));
  return line(
    'interface',
    port,
    port.spec.privateAddress,
    ...(port.spec.ipv6Addresses ?? []),
    ...(port.spec.ipv4Prefixes ?? []),
    ...(port.spec.ipv6Prefixes ?? []),
    elasticIp && `public ${elasticIp.spec.address}`,
    `groups ${groups.join(', ')}`,
    instance &&
      `instance ${nameOf(instance) ?? instance.id} (${instance.status.state} on ${instance.spec.hostId})`,
  );
}

function tableBranch(network: Network, table: ApiResource<'route-table'>, isMain: boolean): Branch {
  const { internetGatewayId: id, routes } = table.spec;
  const edge = id && `for what comes in by ${labelOf(network['internet-gateway'], id)}`;
  return {
    text: line('route table', table, isMain ? '(main)' : undefined, edge),
    branches: routes.map((route) => ({ text: `${destinationOf(route)} → ${route.target}` })),
  };
}

const groupBranch = (network: Network, group: ApiResource<'security-group'>): Branch => ({
  text: line('security group', group),
  branches: network['security-group-rule']
    .filter((rule) => rule.spec.groupId === group.id)
    .map((rule) => ({ text: `${rule.id}  allow ${trafficOf(rule.spec)} ${peerOf(rule.spec)}` })),
});

const externalBranch = (network: Network, external: ApiResource<'external-network'>): Branch => ({
  text: line('external network', external, external.spec.cidrBlock),
  branches: network['elastic-ip']
    .filter((address) => address.spec.externalNetworkId === external.id)
    .map((address) => ({
      text: line('elastic ip', address, address.spec.address, address.spec.networkInterfaceId ?? 'free'),
    })),
});

const hostBranch = (host: ApiResource<'host'>): Branch => ({
  text: [
    `host  ${host.id}  ${host.spec.tunnelAddress}  zone ${host.spec.zone}`,
    `agent ${host.liveness.agent}  openflow ${host.liveness.openflow}`,
  ].join('  '),
});

/** The name of a resource, or its id where it has none. */
function labelOf(resources: readonly ApiResource<ApiKind>[], id: string): string {
  const resource = resources.find((candidate) => candidate.id === id);
  return (resource && nameOf(resource)) ?? id;
}
