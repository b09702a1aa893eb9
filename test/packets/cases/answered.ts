import { expect, type PacketCase, ping, tcp, udp } from '../packet-case.ts';

const broadcast = {
  from: 'web',
  to: '255.255.255.255',
  destinationMac: 'ff:ff:ff:ff:ff:ff',
  source: '0.0.0.0',
};
const services = { from: 'web', destinationMac: '@subnet1' };

/** Packets that the cloud itself answers. */
export const answered: readonly PacketCase[] = [
  {
    feature: 'network-interface',
    about: 'DHCP is answered on the host of the machine, whatever its groups allow',
    steps: [
      expect(udp(broadcast, 67, { source: 68 }), 'answered: dhcp'),
      expect(udp({ ...broadcast, sourceMac: '@app' }, 67, { source: 68 }), 'dropped: spoofed-mac'),
      expect(udp(broadcast, 69, { source: 68 }), 'dropped: spoofed-address'),
    ],
  },
  {
    feature: 'services',
    about: 'DNS and metadata are answered to addresses of the machine',
    steps: [
      expect(udp({ ...services, to: '10.0.0.2' }, 53), 'answered: dns'),
      expect(tcp({ ...services, to: '169.254.169.253' }, 53), 'answered: dns'),
      expect(tcp({ ...services, to: '169.254.169.254' }, 80), 'answered: metadata'),
      expect(
        tcp({ ...services, to: '169.254.169.254', source: '10.0.1.99' }, 80),
        'dropped: spoofed-address',
      ),
      expect(tcp({ ...services, to: '169.254.169.254' }, 81), 'dropped: no-route'),
    ],
  },
  {
    feature: 'router-errors',
    about:
      'the sender is told that the time to live has ended, or that the packet is too large for the tunnel',
    steps: [
      expect(ping({ from: 'web', to: 'db', timeToLive: 1 }), 'answered: time-exceeded'),
      expect(ping({ from: 'web', to: 'db', totalLength: 1442 }), 'db from 10.0.1.10'),
      expect(ping({ from: 'web', to: 'db', totalLength: 1443 }), 'answered: too-large'),
    ],
  },
];
