import type { Action } from 'node-openflow';
import { type Flow, isIpv4, isIpv6, on, protocol, set } from '../../pipeline/index.ts';
import { type BoundContext, macNumber } from '../network-interface/context.ts';
import { gatewayMac } from '../subnet/router.ts';
import { servicesMac } from './addresses.ts';

/** A fresh packet of the router. */
export const usualHops = 64;
/** AWS, "Instance metadata options": one hop, so that no container behind the instance gets an answer. */
export const usualMetadataHops = 1;
const toOneMachine = on('eth_dst', 0n, 0x0100_0000_0000n);

/**
 * Questions stand before security groups, so that no rule can cut an instance off from its services.
 *
 * @param address of the service; a bigint is one of IPv6
 */
export function question(
  match: Flow['match'],
  transport: 'tcp' | 'udp',
  address: number | bigint,
  port: number,
  actions: readonly Action[] = [],
): Flow {
  const [ip, destination] =
    typeof address === 'bigint' ? ([isIpv6, 'ipv6_dst'] as const) : ([isIpv4, 'ipv4_dst'] as const);
  return {
    stage: 'admit',
    priority: 280,
    match: [
      ...match,
      toOneMachine,
      ip,
      on('ip_proto', protocol[transport]),
      on(destination, address),
      on(transport === 'tcp' ? 'tcp_dst' : 'udp_dst', port),
    ],
    actions,
    goto: 'service',
  };
}

/** A question leaves for the process of this host. */
export const toServices = (servicePort: number): Action[] => [
  set('eth_dst', servicesMac),
  { type: 'output', port: servicePort },
];

/** An answer goes to the interface, from its router. */
export const toInterface = ({ subnet, networkInterface, binding }: BoundContext): Action[] => [
  set('eth_src', gatewayMac(subnet)),
  set('eth_dst', macNumber(networkInterface.spec.macAddress)),
  { type: 'output', port: binding.spec.ofport },
];
