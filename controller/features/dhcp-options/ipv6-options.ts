import type { DhcpSettings } from './settings.ts';

type Option = readonly [code: number, value: Uint8Array];

/** Options of DHCPv6: RFC 3646 (DNS), RFC 4075 (SNTP), RFC 5908 (NTP). */
const dhcp = { nameServers: 23, domains: 24, sntpServers: 31, ntpServer: 56 } as const;
/** NTP_SUBOPTION_SRV_ADDR of RFC 5908, section 4.1. */
const serverAddress = 1;
/** Options of router advertisements: RFC 8106, sections 5.1 and 5.2. */
const advertised = { nameServers: 25, domains: 31 } as const;
/** Three times the interval of advertisements (RFC 8106, section 5.1), which is ten minutes. */
const lifetimeSeconds = 1800;
/** Options of neighbour discovery are counted in units of so many bytes (RFC 4861, section 4.6). */
const unit = 8;

function addressBytes(addresses: readonly bigint[]): Buffer {
  return Buffer.from(addresses.map((address) => address.toString(16).padStart(32, '0')).join(''), 'hex');
}

/** Labels, each after its length (RFC 1035, section 3.1). */
function nameBytes(domain: string): Buffer {
  const labels = domain
    .split('.')
    .map((label) => Buffer.concat([Uint8Array.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Uint8Array.of(0)]);
}

/** What DHCPv6 tells beside addresses: the VPC's DNS servers, its domain and its time servers. */
export function dhcpV6Options({ domainName, ipv6NameServers, ipv6NtpServers }: DhcpSettings): Option[] {
  return [
    ...(ipv6NameServers.length > 0 ? [[dhcp.nameServers, addressBytes(ipv6NameServers)] as const] : []),
    ...(domainName ? [[dhcp.domains, nameBytes(domainName)] as const] : []),
    ...(ipv6NtpServers.length > 0 ? [[dhcp.sntpServers, addressBytes(ipv6NtpServers)] as const] : []),
    ...ipv6NtpServers.map((server): Option => {
      const head = Buffer.from([0, serverAddress, 0, 16]);
      return [dhcp.ntpServer, Buffer.concat([head, addressBytes([server])])];
    }),
  ];
}

/** The same in router advertisements, for systems that do not ask by DHCPv6: as on the wire. */
export function advertisedOptions({ domainName, ipv6NameServers }: DhcpSettings): Uint8Array {
  const option = (type: number, content: Buffer) => {
    const bytes = Buffer.alloc(Math.ceil((8 + content.length) / unit) * unit);
    bytes.set([type, bytes.length / unit]);
    bytes.writeUInt32BE(lifetimeSeconds, 4);
    bytes.set(content, 8);
    return bytes;
  };
  return Buffer.concat([
    ...(ipv6NameServers.length > 0 ? [option(advertised.nameServers, addressBytes(ipv6NameServers))] : []),
    ...(domainName ? [option(advertised.domains, nameBytes(domainName))] : []),
  ]);
}
