import type { NetworkInterfaceInfo } from 'node:os';
import { type Finding, fail, pass, warn } from './finding.ts';

/** As the controller has it by default: VMs have 1442 bytes, and Geneve with the identity adds 58 in IPv4. */
const usualMtu = 1500;
/** UDP port of Geneve, RFC 8926. */
const genevePort = 6081;

/** What a host says of its own network. */
export interface Underlay {
  readonly interfaces: Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'address'>[] | undefined>>;
  /** The MTU of a device; undefined when it cannot be read. */
  mtuOf(device: string): number | undefined;
  /** Text of /proc/net/udp. */
  readonly udpSockets: string;
}

/**
 * The device with the tunnel address, and whether packets of VMs fit through it.
 * @param neededMtu what the controller was told of the underlay, in bytes
 */
export function judgeUnderlay(
  address: string,
  { interfaces, mtuOf }: Underlay,
  neededMtu = usualMtu,
): Finding[] {
  const device = Object.entries(interfaces).find(([, list]) =>
    list?.some((one) => one.address === address),
  )?.[0];
  if (device === undefined) {
    return [
      fail(
        'tunnel address',
        `${address} is no address of this host`,
        'Give the agent an address of this host by --tunnel-ip, or set the address up.',
      ),
    ];
  }
  const found = pass('tunnel address', `${address} on ${device}`);
  const mtu = mtuOf(device);
  if (mtu === undefined)
    return [found, warn('MTU', `that of ${device} cannot be read`, `Look at ip link show ${device}.`)];
  if (mtu >= neededMtu) return [found, pass('MTU', `${mtu} on ${device}`)];
  const fix = `Raise it, on every device between the hosts: ip link set ${device} mtu ${neededMtu}; or start the controller, and this check, with a smaller --underlay-mtu.`;
  return [
    found,
    fail('MTU', `${mtu} on ${device} is less than ${neededMtu}: large packets of VMs are lost`, fix),
  ];
}

/** The kernel listens for tunnels; in userspace Open vSwitch reads them from the bridge, and nothing listens. */
export function judgeListening(datapathType: string, { udpSockets }: Underlay): Finding[] {
  if (datapathType === 'netdev') return [];
  const port = genevePort.toString(16).toUpperCase().padStart(4, '0');
  const isOpen = udpSockets.split('\n').some((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${port}`));
  if (isOpen) return [pass('Geneve', `UDP port ${genevePort} is open`)];
  const fix = 'Load the module of the kernel (modprobe geneve), and look at the log of ovs-vswitchd.';
  return [fail('Geneve', `nothing listens on UDP port ${genevePort}`, fix)];
}
