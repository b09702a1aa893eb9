import type { FieldMatch } from 'node-openflow';
import { addressAnnounced, type Flow, isArp, isIcmpv6, limit, on, onRegister } from '../../pipeline/index.ts';
import { parseAddress, parseIpv6Address } from '../../resources/index.ts';
import { type BoundContext, macNumber } from '../network-interface/context.ts';
import { type SharedAddress, singleAddresses } from './pairs.ts';

/** Announcements of the addresses that an interface shares go to the agent, and no further: nobody is to answer them. */
export function announcementFlows({ networkInterface }: BoundContext): Flow[] {
  return singleAddresses(networkInterface).flatMap((shared) =>
    announcements(shared).map((match) => ({
      stage: 'source-guard',
      priority: 210,
      match: [
        onRegister('interfaceNumber', networkInterface.number as number),
        on('eth_src', macNumber(shared.macAddress)),
        ...match,
      ],
      actions: [limit, addressAnnounced({ networkInterfaceId: networkInterface.id, ...shared })],
    })),
  );
}

/**
 * What announces an address: ARP whose sender asks for itself, ARP replies (RFC 5227, section 3), neighbour advertisements
 * (RFC 4861, section 7.2.6).
 */
function announcements({ address, macAddress }: SharedAddress): FieldMatch[][] {
  if (address.includes(':')) {
    return [[...isIcmpv6('neighbourAdvertisement'), on('nd_target', parseIpv6Address(address, 'address'))]];
  }
  const sender = on('arp_spa', parseAddress(address, 'address'));
  const hardware = on('arp_sha', macNumber(macAddress));
  return [
    [isArp, on('arp_op', 1), sender, on('arp_tpa', parseAddress(address, 'address')), hardware],
    [isArp, on('arp_op', 2), sender, hardware],
  ];
}
