import {
  type Flow,
  inNetwork,
  isArp,
  isIpv4,
  load,
  move,
  on,
  ports,
  protocol,
  registers,
  set,
} from '../../pipeline/index.ts';
import { gatewayAddress, type Ipv4Network } from '../../resources/index.ts';
import { passOn, type Router } from './router.ts';

/** The router in IPv4: ARP for its address and for those of others in the subnet, its echo, and what it passes on. */
export function ipv4Flows(router: Router, network: Ipv4Network): Flow[] {
  const { here, mac } = router;
  const gateway = gatewayAddress(network);
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
      match: [...here, isArp, on('arp_op', 1), ...inNetwork('arp_tpa', network)],
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
    ...passOn(router, network),
  ];
}
