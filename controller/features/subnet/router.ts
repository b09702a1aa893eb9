import type { FieldMatch } from 'node-openflow';
import { type Flow, flags, ipMatch, load, on, setFlag, toNextHop } from '../../pipeline/index.ts';
import { derivedMac, type Ipv4Network, type Ipv6Network, type ResourceOf } from '../../resources/index.ts';

/** The MAC of a subnet's router, the same on every host. */
export const gatewayMac = (subnet: ResourceOf<'subnet'>) =>
  derivedMac('subnetGateway', subnet.number as number);

/** What the flows of a subnet's router are made of in both kinds of IP. */
export interface Router {
  /** Matches packets from the subnet. */
  readonly here: readonly FieldMatch[];
  readonly mac: bigint;
  /** Numbers of what decides on packets that leave the subnet. */
  readonly routeTable: number;
  readonly networkAcl: number;
  /** What it tells of the subnet's links, in bytes. */
  readonly mtu: number;
}

const unicast = on('eth_dst', 0n, 0x0100_0000_0000n);

/** Packets to the router's MAC are routed; others stay in the subnet, if their address does. */
export function passOn(router: Router, network: Ipv4Network | Ipv6Network): Flow[] {
  const { here, mac, routeTable, networkAcl } = router;
  const [ip] = ipMatch('dst', network);
  return [
    {
      stage: 'admit',
      priority: 110,
      match: [...here, on('eth_dst', mac), ip],
      actions: [load('routeTable', routeTable), load('networkAcl', networkAcl)],
      goto: 'egress-destination',
    },
    {
      stage: 'admit',
      priority: 100,
      match: [...here, unicast, ...ipMatch('dst', network)],
      actions: [setFlag(flags.switched, 1), toNextHop(network)],
      goto: 'egress-destination',
    },
  ];
}
