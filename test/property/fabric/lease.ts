import { ipv4, mac } from 'node-openflow';
import type { AdvertisedRouter, Lease, LeaseV6 } from '../../../controller/reference/index.ts';
import { formatIpv6 } from '../../../controller/resources/index.ts';

/** First byte of the user data of packets for the agent. */
export const agentTask = {
  dhcp: 1,
  resolveNeighbour: 2,
  neighbourSeen: 3,
  timeExceeded: 4,
  packetTooLarge: 5,
  addressAnnounced: 6,
  interfaceAwake: 7,
  routerAdvertisement: 16,
  dhcpV6: 17,
} as const;
const option = {
  subnetMask: 1,
  router: 3,
  nameServers: 6,
  domainName: 15,
  mtu: 26,
  timeServers: 42,
  leaseSeconds: 51,
} as const;

function optionsOf(data: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 15; at + 1 < data.length; at += 2 + (data[at + 1] as number)) {
    options.set(data[at] as number, data.subarray(at + 2, at + 2 + (data[at + 1] as number)));
  }
  return options;
}

/** The answer that the agent is told to give: task, address (4), server (4), its MAC (6), options (RFC 2132). */
export function leaseOf(userdata: Uint8Array): Lease {
  const data = Buffer.from(userdata);
  const options = optionsOf(data);
  const address = (code: number) => ipv4.format(options.get(code)?.readUInt32BE(0) ?? 0);
  const addresses = (code: number) => {
    const value = options.get(code) ?? Buffer.alloc(0);
    return Array.from({ length: value.length / 4 }, (_, index) => ipv4.format(value.readUInt32BE(4 * index)));
  };
  return {
    domainName: options.get(option.domainName)?.toString() ?? '',
    nameServers: addresses(option.nameServers),
    timeServers: addresses(option.timeServers),
    leaseSeconds: options.get(option.leaseSeconds)?.readUInt32BE(0) ?? 0,
    address: ipv4.format(data.readUInt32BE(1)),
    subnetMask: address(option.subnetMask),
    router: address(option.router),
    mtu: options.get(option.mtu)?.readUInt16BE(0) ?? 0,
    serverAddress: ipv4.format(data.readUInt32BE(5)),
    serverMac: macAt(data, 9),
  };
}

const macAt = (data: Buffer, at: number) => mac.format(BigInt(data.readUIntBE(at, 6)));
const ipv6At = (data: Buffer, at: number) =>
  formatIpv6((data.readBigUInt64BE(at) << 64n) | data.readBigUInt64BE(at + 8));

/** The DHCPv6 answer that the agent is told to give: task, MAC of the server (6), number of addresses, addresses (16 each). */
export function leaseV6Of(userdata: Uint8Array): LeaseV6 {
  const data = Buffer.from(userdata);
  const addresses = Array.from({ length: data.readUInt8(7) }, (_, index) => ipv6At(data, 8 + 16 * index));
  return { addresses, serverMac: macAt(data, 1) };
}

/** What the agent is told to say for a router: task, its MAC (6), MTU (2), length of the prefix, prefix (16). */
export function advertisedRouterOf(userdata: Uint8Array): AdvertisedRouter {
  const data = Buffer.from(userdata);
  return {
    mac: macAt(data, 1),
    mtu: data.readUInt16BE(7),
    prefix: `${ipv6At(data, 10)}/${data.readUInt8(9)}`,
  };
}
