import { answerDhcpV4, type Flow, isIpv4, limit, on, onRegister, protocol } from '../../pipeline/index.ts';
import {
  formatIpv4,
  gatewayAddress,
  interfaceMtu,
  netmask,
  parseAddress,
  parseCidr,
} from '../../resources/index.ts';
import { gatewayMac } from '../subnet/compile.ts';
import type { BoundContext } from './context.ts';

const leaseSeconds = 3600;

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

/**
 * DHCP requests of the interface, broadcast or to its server, go to the agent with the ready answer. Options of
 * RFC 2132: mask, router, host name, MTU, lease, renewal (half of it) and rebinding (seven eighths) times.
 */
export function dhcpFlows({ networkInterface, subnet }: BoundContext): Flow[] {
  const network = parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
  const address = parseAddress(networkInterface.spec.privateAddress, 'privateAddress');
  const server = gatewayAddress(network);
  const hostName = `ip-${formatIpv4(address).replaceAll('.', '-')}`;
  const answer = answerDhcpV4({
    address,
    serverAddress: server,
    serverMac: gatewayMac(subnet),
    options: [
      [1, uint32(netmask(network.prefixLength))],
      [3, uint32(server)],
      [12, Buffer.from(hostName)],
      [26, uint16(interfaceMtu)],
      [51, uint32(leaseSeconds)],
      [58, uint32(leaseSeconds / 2)],
      [59, uint32((leaseSeconds * 7) / 8)],
    ],
  });
  return [0xffffffff, server].map((destination) => ({
    stage: 'admit',
    priority: 300,
    match: [
      onRegister('interfaceNumber', networkInterface.number as number),
      isIpv4,
      on('ip_proto', protocol.udp),
      on('ipv4_dst', destination),
      on('udp_src', 68),
      on('udp_dst', 67),
    ],
    actions: [limit, answer],
  }));
}
