import {
  type AnyResource,
  type DhcpOptionsSpec,
  internalDomain,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  providedDns,
  type ResourceOf,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** What DHCP tells every instance of a VPC. Addresses are numbers of 32 bits, those of IPv6 of 128. */
export interface DhcpSettings {
  /** Empty: none is told. */
  readonly domainName: string;
  readonly nameServers: readonly number[];
  readonly ntpServers: readonly number[];
  readonly netbiosNameServers: readonly number[];
  /** Absent: not told. */
  readonly netbiosNodeType?: number;
  readonly leaseSeconds: number;
  readonly ipv6NameServers: readonly bigint[];
  readonly ipv6NtpServers: readonly bigint[];
  readonly ipv6PreferredSeconds: number;
}

const usualLeaseSeconds = 3600;
/** AWS, "Amazon DNS server": where the DNS server of every VPC is in IPv6. */
export const ipv6DnsServer = parseIpv6Address('fd00:ec2::253', 'dns');
const isIpv6 = (server: string) => server.includes(':');

/** The DNS server of a VPC: its base address + 2 (AWS, "Amazon DNS server"). */
export function dnsServer(vpc: ResourceOf<'vpc'>): number {
  return parseCidr(vpc.spec.cidrBlock, 'cidrBlock').address + 2;
}

/** False when the VPC is not to answer DNS. */
export const answersDns = ({ spec }: ResourceOf<'vpc'>) => spec.enableDnsSupport !== false;

/**
 * The settings of the set that the VPC uses; without one, those of AWS's default set: the VPC's own DNS server, and the domain
 * of its region.
 */
export function dhcpSettings(view: TopologyView, vpc: ResourceOf<'vpc'>): DhcpSettings {
  const options = vpc.spec.dhcpOptionsId && view.get('dhcp-options', vpc.spec.dhcpOptionsId);
  const spec: DhcpOptionsSpec = options
    ? options.spec
    : { domainName: internalDomain(vpc.region), domainNameServers: [providedDns] };
  const { domainNameServers = [], ntpServers = [], netbiosNameServers = [], netbiosNodeType } = spec;
  const named = domainNameServers.filter((server) => server !== providedDns || answersDns(vpc));
  return {
    domainName: spec.domainName ?? '',
    nameServers: named
      .filter((server) => !isIpv6(server))
      .map((server) => (server === providedDns ? dnsServer(vpc) : parseAddress(server, 'domainNameServers'))),
    ntpServers: ntpServers
      .filter((server) => !isIpv6(server))
      .map((server) => parseAddress(server, 'ntpServers')),
    netbiosNameServers: netbiosNameServers.map((server) => parseAddress(server, 'netbiosNameServers')),
    ...(netbiosNodeType === undefined ? {} : { netbiosNodeType }),
    leaseSeconds: spec.leaseSeconds ?? usualLeaseSeconds,
    ipv6NameServers: named
      .filter((server) => isIpv6(server) || server === providedDns)
      .map((server) =>
        server === providedDns ? ipv6DnsServer : parseIpv6Address(server, 'domainNameServers'),
      ),
    ipv6NtpServers: ntpServers.filter(isIpv6).map((server) => parseIpv6Address(server, 'ntpServers')),
    ipv6PreferredSeconds: spec.ipv6PreferredLeaseSeconds ?? usualLeaseSeconds,
  };
}

/** Whether the instances of a VPC are told something else than before: sets themselves never change. */
export function tellsOtherwise(before: AnyResource, after: AnyResource): boolean {
  const [{ spec: old }, { spec: now }] = [before, after] as [ResourceOf<'vpc'>, ResourceOf<'vpc'>];
  return old.dhcpOptionsId !== now.dhcpOptionsId || old.enableDnsSupport !== now.enableDnsSupport;
}
