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
  netbiosNameServers: 44,
  netbiosNodeType: 46,
  leaseSeconds: 51,
} as const;
const optionV6 = { nameServers: 23, domains: 24, timeServers: 31 } as const;
const advertisedOption = { nameServers: 25, domains: 31 } as const;

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
    netbiosNameServers: addresses(option.netbiosNameServers),
    netbiosNodeType: options.get(option.netbiosNodeType)?.readUInt8(0) ?? 0,
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

/**
 * The DHCPv6 answer that the agent is told to give: task, MAC of the server (6), preferred time (4), number of addresses,
 * addresses (16 each), options (RFC 8415).
 */
export function leaseV6Of(userdata: Uint8Array): LeaseV6 {
  const data = Buffer.from(userdata);
  const count = data.readUInt8(11);
  const options = new Map<number, Buffer>();
  for (let at = 12 + 16 * count; at < data.length; at += 4 + data.readUInt16BE(at + 2)) {
    options.set(data.readUInt16BE(at), data.subarray(at + 4, at + 4 + data.readUInt16BE(at + 2)));
  }
  return {
    addresses: ipv6List(data.subarray(12, 12 + 16 * count)),
    preferredSeconds: data.readUInt32BE(7),
    domainName: nameIn(options.get(optionV6.domains)),
    nameServers: ipv6List(options.get(optionV6.nameServers)),
    timeServers: ipv6List(options.get(optionV6.timeServers)),
    serverMac: macAt(data, 1),
  };
}

function ipv6List(bytes: Buffer = Buffer.alloc(0)): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, index) => ipv6At(bytes, 16 * index));
}

/** A name as in DNS (RFC 1035, section 3.1), with zeros behind it or not. */
function nameIn(bytes: Buffer = Buffer.alloc(0)): string {
  const labels: string[] = [];
  for (let at = 0; bytes[at]; at += 1 + (bytes[at] as number)) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] as number)));
  }
  return labels.join('.');
}

/** What the agent is told to say for a router: task, its MAC (6), MTU (2), length of the prefix, prefix (16), options (RFC 8106). */
export function advertisedRouterOf(userdata: Uint8Array): AdvertisedRouter {
  const data = Buffer.from(userdata);
  const options = new Map<number, Buffer>();
  for (let at = 26; at < data.length; at += 8 * data.readUInt8(at + 1)) {
    options.set(data.readUInt8(at), data.subarray(at + 8, at + 8 * data.readUInt8(at + 1)));
  }
  return {
    mac: macAt(data, 1),
    mtu: data.readUInt16BE(7),
    prefix: `${ipv6At(data, 10)}/${data.readUInt8(9)}`,
    domainName: nameIn(options.get(advertisedOption.domains)),
    nameServers: ipv6List(options.get(advertisedOption.nameServers)),
  };
}
