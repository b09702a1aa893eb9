import type { ApiKind, ApiResource } from '../contract/index.ts';

export interface Column<R> {
  readonly title: string;
  readonly value: (resource: R) => string | number | undefined;
  /** Shown with `-o wide` only. */
  readonly wide?: true;
}

type AclEntry = ApiResource<'network-acl'>['spec']['entries'][number];
type Traffic = Pick<RuleSpec, 'protocol' | 'fromPort' | 'toPort' | 'icmpType' | 'icmpCode'>;
type RuleSpec = ApiResource<'security-group-rule'>['spec'];

type Columns = { readonly [K in ApiKind]: readonly Column<ApiResource<K>>[] };

/** The name that people gave: the name of its own where a kind has one, else the tag `Name`. */
export function nameOf(resource: ApiResource<ApiKind>): string | undefined {
  const own = (resource.spec as { name?: unknown }).name;
  return typeof own === 'string' ? own : resource.tags.Name;
}

/** `tcp 80-90`, `icmp type 8 code 0`, `all`. */
export function trafficOf(rule: Traffic): string {
  if (rule.fromPort !== undefined) {
    const to = rule.toPort ?? rule.fromPort;
    return `${rule.protocol} ${rule.fromPort === to ? to : `${rule.fromPort}-${to}`}`;
  }
  if (rule.icmpType === undefined) return String(rule.protocol);
  return `${rule.protocol} type ${rule.icmpType}${rule.icmpCode === undefined ? '' : ` code ${rule.icmpCode}`}`;
}

/** `from 10.0.0.0/8`, `to sg-…`. */
export const peerOf = (rule: RuleSpec) =>
  `${rule.direction === 'ingress' ? 'from' : 'to'} ${rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.prefixListId ?? rule.referencedGroupId ?? '?'}`;

/** `ingress 100 allow tcp 80 from 10.0.0.0/8`. */
const entryText = (entry: AclEntry) =>
  `${entry.direction} ${entry.number} ${entry.action} ${trafficOf(entry)} ` +
  `${entry.direction === 'ingress' ? 'from' : 'to'} ${entry.cidrIpv4 ?? entry.cidrIpv6}`;

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

/** Where a route leads to, of either kind of IP. */
export const destinationOf = (route: ApiResource<'route-table'>['spec']['routes'][number]) =>
  route.destination ?? route.destinationIpv6 ?? '?';

const name = { title: 'NAME', value: nameOf };

/** What tables show of each kind, after the id and before what every kind has. */
const columns: Columns = {
  account: [
    name,
    { title: 'ENABLED', value: (account) => yesOrNo(account.spec.enabled) },
    {
      title: 'QUOTAS',
      value: (account) =>
        Object.entries(account.spec.quotas)
          .map(([kind, limit]) => `${kind}=${limit}`)
          .join(','),
    },
  ],
  'access-key': [
    { title: 'ACCOUNT', value: (key) => key.spec.accountId },
    { title: 'ROLE', value: (key) => key.spec.role },
    { title: 'HOST', value: (key) => key.spec.hostId },
    { title: 'ENABLED', value: (key) => yesOrNo(key.spec.enabled) },
    { title: 'DESCRIPTION', value: (key) => key.spec.description },
  ],
  vpc: [
    name,
    { title: 'CIDR', value: ({ spec }) => [spec.cidrBlock, ...(spec.secondaryCidrBlocks ?? [])].join(', ') },
    { title: 'IPV6 CIDR', value: (vpc) => vpc.spec.ipv6CidrBlock, wide: true },
    { title: 'DEFAULT GROUP', value: (vpc) => vpc.spec.defaultSecurityGroupId, wide: true },
    { title: 'MAIN ROUTE TABLE', value: (vpc) => vpc.spec.mainRouteTableId, wide: true },
    { title: 'DHCP OPTIONS', value: (vpc) => vpc.spec.dhcpOptionsId ?? 'default', wide: true },
    { title: 'DEFAULT NETWORK ACL', value: (vpc) => vpc.spec.defaultNetworkAclId, wide: true },
  ],
  subnet: [
    name,
    { title: 'CIDR', value: (subnet) => subnet.spec.cidrBlock },
    { title: 'IPV6 CIDR', value: (subnet) => subnet.spec.ipv6CidrBlock, wide: true },
    { title: 'ZONE', value: (subnet) => subnet.spec.zone },
    { title: 'FREE', value: (subnet) => subnet.freeAddresses },
    { title: 'VPC', value: (subnet) => subnet.spec.vpcId },
    { title: 'ROUTE TABLE', value: (subnet) => subnet.spec.routeTableId ?? 'main', wide: true },
    { title: 'NETWORK ACL', value: (subnet) => subnet.spec.networkAclId ?? 'default', wide: true },
    { title: 'PUBLIC', value: (subnet) => yesOrNo(subnet.spec.mapPublicIpOnLaunch ?? false), wide: true },
  ],
  'network-acl': [
    name,
    { title: 'VPC', value: (acl) => acl.spec.vpcId },
    { title: 'ENTRIES', value: (acl) => acl.spec.entries.map(entryText).join(', ') || 'none' },
  ],
  'dhcp-options': [
    name,
    { title: 'DOMAIN', value: (options) => options.spec.domainName },
    { title: 'DNS', value: (options) => options.spec.domainNameServers?.join(', ') },
    { title: 'NTP', value: (options) => options.spec.ntpServers?.join(', ') },
    { title: 'NETBIOS', value: (options) => options.spec.netbiosNameServers?.join(', '), wide: true },
    { title: 'LEASE', value: (options) => options.spec.leaseSeconds },
    { title: 'IPV6 PREFERRED', value: (options) => options.spec.ipv6PreferredLeaseSeconds, wide: true },
  ],
  'prefix-list': [
    name,
    { title: 'ENTRIES', value: (list) => list.spec.entries.map(({ cidr }) => cidr).join(', ') },
    { title: 'MAX ENTRIES', value: (list) => list.spec.maxEntries },
    { title: 'VERSION', value: (list) => list.status.version, wide: true },
  ],
  'vpc-peering-connection': [
    name,
    { title: 'STATE', value: (connection) => connection.spec.state },
    { title: 'REQUESTER', value: (connection) => connection.spec.requesterVpcId },
    { title: 'ACCEPTER', value: (connection) => connection.spec.accepterVpcId },
    { title: 'ACCEPTER ACCOUNT', value: (connection) => connection.spec.accepterAccount, wide: true },
    {
      title: 'DNS OF',
      value: ({ spec }) =>
        [spec.requesterAllowsDns && 'requester', spec.accepterAllowsDns && 'accepter']
          .filter(Boolean)
          .join(', '),
      wide: true,
    },
  ],
  'network-interface': [
    name,
    { title: 'ADDRESS', value: (port) => port.spec.privateAddress },
    { title: 'IPV6', value: (port) => port.spec.ipv6Addresses?.join(','), wide: true },
    {
      title: 'PREFIXES',
      value: ({ spec }) => [...(spec.ipv4Prefixes ?? []), ...(spec.ipv6Prefixes ?? [])].join(','),
      wide: true,
    },
    { title: 'MAC', value: (port) => port.spec.macAddress },
    { title: 'SUBNET', value: (port) => port.spec.subnetId },
    { title: 'INSTANCE', value: (port) => port.spec.instanceId },
    { title: 'DEVICE', value: (port) => port.spec.deviceIndex, wide: true },
    { title: 'GROUPS', value: (port) => port.spec.securityGroupIds.join(','), wide: true },
    { title: 'VPC', value: (port) => port.spec.vpcId, wide: true },
  ],
  'security-group': [
    name,
    { title: 'VPC', value: (group) => group.spec.vpcId },
    { title: 'DESCRIPTION', value: (group) => group.spec.description },
  ],
  'security-group-rule': [
    { title: 'GROUP', value: (rule) => rule.spec.groupId },
    { title: 'DIRECTION', value: (rule) => rule.spec.direction },
    { title: 'TRAFFIC', value: (rule) => trafficOf(rule.spec) },
    { title: 'PEER', value: (rule) => peerOf(rule.spec) },
    { title: 'DESCRIPTION', value: (rule) => rule.spec.description, wide: true },
  ],
  'route-table': [
    name,
    { title: 'VPC', value: (table) => table.spec.vpcId },
    {
      title: 'ROUTES',
      value: (table) =>
        table.spec.routes.map((route) => `${destinationOf(route)} → ${route.target}`).join(', ') || 'local',
    },
    { title: 'INTERNET GATEWAY', value: (table) => table.spec.internetGatewayId, wide: true },
  ],
  'internet-gateway': [
    name,
    { title: 'VPC', value: (gateway) => gateway.spec.vpcId },
    { title: 'EXTERNAL NETWORK', value: (gateway) => gateway.spec.externalNetworkId },
  ],
  'egress-only-internet-gateway': [
    name,
    { title: 'VPC', value: (gateway) => gateway.spec.vpcId },
    { title: 'EXTERNAL NETWORK', value: (gateway) => gateway.spec.externalNetworkId },
  ],
  'external-network': [
    name,
    { title: 'CIDR', value: (network) => network.spec.cidrBlock },
    { title: 'VLAN', value: (network) => network.spec.vlan },
    { title: 'GATEWAY', value: (network) => network.spec.gateway },
    { title: 'IPV6 CIDR', value: (network) => network.spec.ipv6CidrBlock, wide: true },
    { title: 'IPV6 GATEWAY', value: (network) => network.spec.ipv6Gateway, wide: true },
    {
      title: 'RANGES',
      value: (network) => network.spec.addressRanges.map(({ first, last }) => `${first}-${last}`).join(', '),
    },
  ],
  'elastic-ip': [
    name,
    { title: 'ADDRESS', value: (elasticIp) => elasticIp.spec.address },
    { title: 'INTERFACE', value: (elasticIp) => elasticIp.spec.networkInterfaceId },
    { title: 'PRIVATE ADDRESS', value: (elasticIp) => elasticIp.spec.privateAddress },
    { title: 'LENT', value: (elasticIp) => (elasticIp.spec.ephemeral ? 'yes' : undefined) },
    { title: 'EXTERNAL NETWORK', value: (elasticIp) => elasticIp.spec.externalNetworkId, wide: true },
  ],
  'nat-gateway': [
    name,
    { title: 'VPC', value: (gateway) => gateway.spec.vpcId },
    { title: 'SUBNET', value: (gateway) => gateway.spec.subnetId },
    { title: 'CONNECTIVITY', value: (gateway) => gateway.spec.connectivity },
    { title: 'ELASTIC IP', value: (gateway) => gateway.spec.elasticIpId },
    { title: 'PRIVATE ADDRESS', value: (gateway) => gateway.spec.privateAddress },
  ],
  instance: [
    name,
    { title: 'STATE', value: (instance) => instance.status.state },
    { title: 'HOST', value: (instance) => instance.spec.hostId },
    { title: 'INTERFACES', value: (instance) => instance.spec.networkInterfaceIds.join(',') },
    { title: 'NAMESPACE', value: (instance) => instance.status.namespace, wide: true },
    { title: 'REASON', value: (instance) => instance.status.reason, wide: true },
  ],
  host: [
    { title: 'STATE', value: (host) => host.status.state },
    { title: 'AGENT', value: (host) => host.liveness.agent },
    { title: 'OPENFLOW', value: (host) => host.liveness.openflow },
    { title: 'APPLIED', value: (host) => host.liveness.appliedRevision },
    { title: 'TUNNEL', value: (host) => host.spec.tunnelAddress },
    { title: 'ZONE', value: (host) => host.spec.zone },
    { title: 'EXTERNAL', value: (host) => Object.keys(host.spec.externalPorts).join(',') },
    { title: 'COMPUTE', value: (host) => host.spec.computeDrivers.join(','), wide: true },
    { title: 'DATAPATH', value: (host) => host.spec.datapathId, wide: true },
  ],
  binding: [
    { title: 'HOST', value: (binding) => binding.spec.hostId },
    { title: 'INTERFACE', value: (binding) => binding.spec.networkInterfaceId },
    { title: 'OFPORT', value: (binding) => binding.spec.ofport },
    { title: 'STANDBY', value: (binding) => yesOrNo(binding.spec.standby ?? false), wide: true },
  ],
  placement: [
    { title: 'HOST', value: (placement) => placement.spec.hostId },
    { title: 'VPC', value: (placement) => placement.spec.vpcId },
  ],
  'held-address': [
    { title: 'ADDRESS', value: (held) => held.spec.address },
    { title: 'INTERFACE', value: (held) => held.spec.networkInterfaceId },
    { title: 'MAC', value: (held) => held.spec.macAddress },
    { title: 'SINCE', value: (held) => held.spec.announcedAt },
  ],
};

/** The columns of a table of one kind. */
export function columnsOf<K extends ApiKind>(kind: K, wide: boolean): readonly Column<ApiResource<K>>[] {
  const all: readonly Column<ApiResource<K>>[] = [
    { title: 'ID', value: (resource) => resource.id },
    ...columns[kind],
    { title: 'REVISION', value: (resource) => resource.revision, wide: true },
    { title: 'CREATED', value: (resource) => resource.createdAt, wide: true },
  ];
  return all.filter((column) => wide || !column.wide);
}
