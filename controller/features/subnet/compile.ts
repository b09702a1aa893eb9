import {
  advertiseRouter,
  type Feature,
  type Flow,
  type FragmentDefinition,
  flags,
  icmpv6Types,
  isArp,
  isIcmpv6,
  isIpv4,
  isIpv6,
  limit,
  load,
  move,
  on,
  onRegister,
  ports,
  protocol,
  registers,
  set,
  setFlag,
  tableOf,
  whole,
} from '../../pipeline/index.ts';
import {
  derivedMac,
  gatewayAddress,
  type Ipv4Network,
  type Ipv6Network,
  interfaceMtu,
  ipv6Netmask,
  linkLocalAddress,
  netmask,
  parseCidr,
  parseIpv6Cidr,
  type ResourceOf,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

export const gatewayMac = (subnet: ResourceOf<'subnet'>) =>
  derivedMac('subnetGateway', subnet.number as number);
const unicast = on('eth_dst', 0n, 0x0100_0000_0000n);

function admitFlows(
  subnet: ResourceOf<'subnet'>,
  network: Ipv4Network,
  routeTable: number,
  networkAcl: number,
  vpc: ResourceOf<'vpc'>,
): Flow[] {
  const here = [vpcMatch(vpc), onRegister('subnetNumber', subnet.number as number)];
  const gateway = gatewayAddress(network);
  const mac = gatewayMac(subnet);
  const inside = (field: 'arp_tpa' | 'ipv4_dst') => on(field, network.address, netmask(network.prefixLength));
  return [
    {
      stage: 'admit',
      priority: 200,
      match: [...here, isArp, on('arp_op', 1), on('arp_tpa', gateway)],
      actions: [load('nextHop', gateway), set('eth_dst', mac)],
      goto: 'arp-reply',
    },
    {
      stage: 'admit',
      priority: 100,
      match: [...here, isArp, on('arp_op', 1), inside('arp_tpa')],
      actions: [move('arp_tpa', registers.nextHop, 32)],
      goto: 'resolve',
    },
    {
      stage: 'admit',
      priority: 200,
      match: [
        ...here,
        on('eth_dst', mac),
        isIpv4,
        on('ip_proto', protocol.icmp),
        on('ipv4_dst', gateway),
        on('icmpv4_type', 8),
        on('icmpv4_code', 0),
      ],
      actions: [
        move('eth_src', 'eth_dst', 48),
        set('eth_src', mac),
        move('ipv4_src', 'ipv4_dst', 32),
        set('ipv4_src', gateway),
        set('icmpv4_type', 0),
        set('ip_ttl', 64),
        { type: 'output', port: ports.inPort },
      ],
    },
    {
      stage: 'admit',
      priority: 110,
      match: [...here, on('eth_dst', mac), isIpv4],
      actions: [load('routeTable', routeTable), load('networkAcl', networkAcl)],
      goto: 'egress-destination',
    },
    {
      stage: 'admit',
      priority: 100,
      match: [...here, unicast, isIpv4, inside('ipv4_dst')],
      actions: [setFlag(flags.switched, 1), move('ipv4_dst', registers.nextHop, 32)],
      goto: 'egress-destination',
    },
  ];
}

/** All routers of the link, ff02::2. */
const allRouters = (0xff02n << 112n) | 2n;
const vpcMask = ipv6Netmask(56);

/**
 * The router of a subnet in IPv6 has the link-local address of its MAC. It is what router advertisements name (RFC 4861,
 * section 4.2); the agent writes them.
 */
function ipv6AdmitFlows(
  subnet: ResourceOf<'subnet'>,
  network: Ipv6Network,
  routeTable: number,
  networkAcl: number,
  vpc: ResourceOf<'vpc'>,
): Flow[] {
  const here = [vpcMatch(vpc), onRegister('subnetNumber', subnet.number as number)];
  const mac = gatewayMac(subnet);
  const gateway = linkLocalAddress(mac);
  const mask = ipv6Netmask(network.prefixLength);
  return [
    {
      stage: 'admit',
      priority: 200,
      match: [...here, ...isIcmpv6('routerSolicitation'), on('ipv6_dst', allRouters)],
      actions: [
        limit,
        advertiseRouter({
          mac,
          prefix: network.address,
          prefixLength: network.prefixLength,
          mtu: interfaceMtu,
        }),
      ],
    },
    {
      stage: 'admit',
      priority: 200,
      match: [...here, ...isIcmpv6('neighbourSolicitation'), on('nd_target', gateway)],
      actions: [set('eth_dst', mac), setFlag(flags.router, 1)],
      goto: 'nd-reply',
    },
    {
      stage: 'admit',
      priority: 160,
      match: [...here, ...isIcmpv6('neighbourSolicitation'), on('nd_target', network.address, mask)],
      actions: [move('nd_target', registers.nextHop6, 128)],
      goto: 'resolve',
    },
    {
      stage: 'admit',
      priority: 200,
      match: [
        ...here,
        on('eth_dst', mac),
        ...isIcmpv6('echoRequest'),
        on('ipv6_dst', gateway),
        on('icmpv6_code', 0),
      ],
      actions: [
        move('eth_src', 'eth_dst', 48),
        set('eth_src', mac),
        move('ipv6_src', 'ipv6_dst', 128),
        set('ipv6_src', gateway),
        set('icmpv6_type', icmpv6Types.echoReply),
        set('ip_ttl', 64),
        { type: 'output', port: ports.inPort },
      ],
    },
    {
      stage: 'admit',
      priority: 110,
      match: [...here, on('eth_dst', mac), isIpv6],
      actions: [load('routeTable', routeTable), load('networkAcl', networkAcl)],
      goto: 'egress-destination',
    },
    {
      stage: 'admit',
      priority: 100,
      match: [...here, unicast, isIpv6, on('ipv6_dst', network.address, mask)],
      actions: [setFlag(flags.switched, 1), move('ipv6_dst', registers.nextHop6, 128)],
      goto: 'egress-destination',
    },
    {
      stage: 'public-track',
      priority: 100,
      match: [...here, isIpv6],
      actions: [
        load('routeTable', routeTable),
        { type: 'conntrack', zone: whole('securityZone', 16), table: tableOf('public-check') },
      ],
    },
    // Nobody outside has an address of the VPC: rules for its networks must not let such a sender in.
    {
      stage: 'public-track',
      priority: 110,
      match: [...here, isIpv6, on('ipv6_src', network.address & vpcMask, vpcMask)],
      actions: [],
    },
  ];
}

function context(view: TopologyView, id: string) {
  const subnet = view.get('subnet', id);
  const vpc = subnet && view.get('vpc', subnet.spec.vpcId);
  if (!subnet || !vpc) return undefined;
  const { cidrBlock, ipv6CidrBlock } = subnet.spec;
  const ipv6 = ipv6CidrBlock === undefined ? undefined : parseIpv6Cidr(ipv6CidrBlock, 'ipv6CidrBlock');
  return { subnet, vpc, network: parseCidr(cidrBlock, 'cidrBlock'), ipv6 };
}

function networkAclOf(view: TopologyView, { spec }: ResourceOf<'subnet'>, vpc: ResourceOf<'vpc'>) {
  return view.get('network-acl', spec.networkAclId ?? vpc.spec.defaultNetworkAclId);
}

const mainTableOf = (vpc: unknown) => (vpc as ResourceOf<'vpc'> | undefined)?.spec.mainRouteTableId;

const admit: FragmentDefinition = {
  name: 'subnet.admit',
  code: 10,
  compile(view, id) {
    const found = context(view, id);
    if (!found) return undefined;
    const { subnet, vpc, network, ipv6 } = found;
    const routeTable = view.get('route-table', subnet.spec.routeTableId ?? vpc.spec.mainRouteTableId);
    const acl = networkAclOf(view, subnet, vpc);
    if (!routeTable || !acl) return undefined;
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [
        ...admitFlows(subnet, network, routeTable.number as number, acl.number as number, vpc),
        ...(ipv6 ? ipv6AdmitFlows(subnet, ipv6, routeTable.number as number, acl.number as number, vpc) : []),
      ],
    };
  },
};

const routeLocal: FragmentDefinition = {
  name: 'subnet.route-local',
  code: 11,
  compile(view, id) {
    const found = context(view, id);
    if (!found) return undefined;
    const { subnet, vpc, network, ipv6 } = found;
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [
        [isIpv4, on('ipv4_dst', network.address, netmask(network.prefixLength))],
        ...(ipv6 ? [[isIpv6, on('ipv6_dst', ipv6.address, ipv6Netmask(ipv6.prefixLength))]] : []),
      ].map((destination) => ({
        stage: 'route-local',
        priority: 100,
        match: [vpcMatch(vpc), ...destination],
        actions: [set('eth_src', gatewayMac(subnet))],
        goto: 'resolve',
      })),
    };
  },
};

/** Which network ACL judges what arrives in the subnet; one flow, so that its interfaces need not know. */
const ingress: FragmentDefinition = {
  name: 'subnet.ingress',
  code: 31,
  compile(view, id) {
    const found = context(view, id);
    const acl = found && networkAclOf(view, found.subnet, found.vpc);
    if (!found || !acl) return undefined;
    const { subnet, vpc } = found;
    return {
      scope: vpcScope(vpc),
      number: subnet.number as number,
      flows: [
        {
          stage: 'ingress-subnet',
          priority: 100,
          match: [vpcMatch(vpc), onRegister('subnetNumber', subnet.number as number)],
          actions: [load('networkAcl', acl.number as number)],
          goto: 'ingress-track',
        },
      ],
    };
  },
};

/** A subnet's router: ARP, neighbour discovery and echo of its gateway, switched or routed, and its MAC on routed packets. */
export const subnetFeature: Feature = {
  name: 'subnet',
  fragments: [admit, routeLocal, ingress],
  *affected({ kind, id, before, after }, view) {
    if (kind === 'vpc' && mainTableOf(before) !== mainTableOf(after)) {
      for (const subnet of view.referrers({ kind, id }, 'in-vpc', 'subnet')) {
        if (subnet.spec.routeTableId === undefined) yield { definition: admit, id: subnet.id };
      }
    }
    // The numbers of its route table and ACL change only with the subnet or the VPC: they stay while they are used.
    if (kind !== 'subnet') return;
    yield { definition: admit, id };
    yield { definition: routeLocal, id };
    yield { definition: ingress, id };
  },
};
