import {
  advertiseRouter,
  type Flow,
  flags,
  icmpv6Types,
  inNetwork,
  ipMatch,
  isIcmpv6,
  isIpv6,
  limit,
  load,
  move,
  on,
  ports,
  registers,
  set,
  setFlag,
  tableOf,
  whole,
} from '../../pipeline/index.ts';
import { type Ipv6Network, ipv6Netmask, linkLocalAddress } from '../../resources/index.ts';
import { advertisedOptions } from '../dhcp-options/ipv6-options.ts';
import type { DhcpSettings } from '../dhcp-options/settings.ts';
import { passOn, type Router } from './router.ts';

/** All routers of the link, ff02::2. */
const allRouters = (0xff02n << 112n) | 2n;
const vpcPrefixLength = 56;

/**
 * The router of a subnet in IPv6 has the link-local address of its MAC. It is what router advertisements name (RFC 4861,
 * section 4.2); the agent writes them.
 */
export function ipv6Flows(router: Router, network: Ipv6Network, settings: DhcpSettings): Flow[] {
  const { here, mac, routeTable } = router;
  const gateway = linkLocalAddress(mac);
  const vpcBlock = {
    address: network.address & ipv6Netmask(vpcPrefixLength),
    prefixLength: vpcPrefixLength,
  };
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
          mtu: router.mtu,
          options: advertisedOptions(settings),
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
      match: [...here, ...isIcmpv6('neighbourSolicitation'), ...inNetwork('nd_target', network)],
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
    ...passOn(router, network),
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
      match: [...here, ...ipMatch('src', vpcBlock)],
      actions: [],
    },
  ];
}
