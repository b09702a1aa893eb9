import { parseAddress, parseCidr, providedDns, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** What DHCP tells every instance of a VPC. Addresses are 32-bit numbers. */
export interface DhcpSettings {
  /** Empty: none is told. */
  readonly domainName: string;
  readonly nameServers: readonly number[];
  readonly ntpServers: readonly number[];
  readonly leaseSeconds: number;
}

const usualLeaseSeconds = 3600;

/** The domain of the names that every VPC of a region has (AWS, "DNS attributes for your VPC"). */
export function internalDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}

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
  const spec = options
    ? options.spec
    : { domainName: internalDomain(vpc.region), domainNameServers: [providedDns] };
  return {
    domainName: spec.domainName ?? '',
    nameServers: (spec.domainNameServers ?? []).flatMap((server) => {
      if (server !== providedDns) return [parseAddress(server, 'domainNameServers')];
      return answersDns(vpc) ? [dnsServer(vpc)] : [];
    }),
    ntpServers: (spec.ntpServers ?? []).map((server) => parseAddress(server, 'ntpServers')),
    leaseSeconds: spec.leaseSeconds ?? usualLeaseSeconds,
  };
}
