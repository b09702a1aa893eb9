import type { Action } from 'node-openflow';
import { type Flow, ipMatch, isIpv6, on, onRegister, set } from '../../pipeline/index.ts';
import { ipv6DnsServer } from '../dhcp-options/settings.ts';
import { serviceMeter } from '../limit/meters.ts';
import type { BoundContext } from '../network-interface/context.ts';
import { ipv6NetworksOf } from '../network-interface/own-networks.ts';
import { ipv6MetadataAddress, ipv6SlotMask, ipv6SlotNetwork } from './addresses.ts';
import { toInterface, toServices, usualHops } from './packets.ts';

/** The first 64 bits of an address; the others stay. */
const setNetwork = (field: 'ipv6_src' | 'ipv6_dst', address: bigint): Action => ({
  type: 'set-field',
  field,
  value: address & ipv6SlotMask,
  mask: ipv6SlotMask,
});

/**
 * Questions and answers of an interface over IPv6: its subnet is a /64, of which the slot's network takes the place on the way.
 *
 * @param metadataHops how far answers of the metadata service go; undefined: it is not asked over IPv6
 */
export function ipv6InterfaceFlows(
  context: BoundContext,
  servicePort: number,
  metadataHops: number | undefined,
): Flow[] {
  const { networkInterface, binding } = context;
  const networks = ipv6NetworksOf(networkInterface);
  const [first] = networks;
  if (first === undefined) return [];
  const slot = ipv6SlotNetwork(binding);
  // DNS counts for the VPC, metadata for the instance.
  const service = metadataHops === undefined ? [on('ipv6_dst', ipv6DnsServer)] : [];
  const answer = (address: bigint, hops: number): Flow => ({
    stage: 'service-reply',
    priority: 100,
    match: [isIpv6, on('ipv6_src', address), on('ipv6_dst', slot, ipv6SlotMask)],
    actions: [set('ip_ttl', hops), setNetwork('ipv6_dst', first.address), ...toInterface(context)],
  });
  return [
    ...networks.map(
      (network): Flow => ({
        stage: 'service',
        priority: 100,
        match: [
          onRegister('interfaceNumber', networkInterface.number as number),
          ...ipMatch('src', network),
          ...service,
        ],
        actions: [serviceMeter(binding).action, setNetwork('ipv6_src', slot), ...toServices(servicePort)],
      }),
    ),
    answer(ipv6DnsServer, usualHops),
    ...(metadataHops === undefined ? [] : [answer(ipv6MetadataAddress, metadataHops)]),
  ];
}
