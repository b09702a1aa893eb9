import type { ActionContext } from '../../context.ts';
import { type PrefixRequest, prefixSpec, requireOneWay } from './prefixes.ts';

/** What an interface is asked for with, in CreateNetworkInterface and in RunInstances. */
export interface InterfaceRequest extends PrefixRequest {
  readonly SubnetId?: string | undefined;
  readonly Description?: string | undefined;
  readonly Groups?: readonly string[] | undefined;
  readonly PrivateIpAddress?: string | undefined;
  readonly PrivateIpAddresses?:
    | readonly { readonly PrivateIpAddress?: string | undefined; readonly Primary?: boolean | undefined }[]
    | undefined;
  readonly SecondaryPrivateIpAddressCount?: number | undefined;
  readonly Ipv6Addresses?: readonly { readonly Ipv6Address?: string | undefined }[] | undefined;
  readonly Ipv6AddressCount?: number | undefined;
}

/** Both ways in which addresses are given; in the list, one may be marked as the primary one. */
function privateAddresses({ PrivateIpAddress: primary, PrivateIpAddresses: list = [] }: InterfaceRequest): {
  readonly primary: string | undefined;
  readonly secondary: readonly string[];
} {
  const marked = list.find(({ Primary }) => Primary)?.PrivateIpAddress;
  const chosen = primary ?? marked ?? (list.length === 1 ? list[0]?.PrivateIpAddress : undefined);
  const others = list.flatMap(({ PrivateIpAddress: address }) => address ?? []);
  return { primary: chosen, secondary: others.filter((address) => address !== chosen) };
}

/** AWS, CreateNetworkInterface: prefixes are asked for in one way, and without further addresses. */
function requirePrefixesAlone(request: InterfaceRequest, secondary: readonly string[]): void {
  const { SecondaryPrivateIpAddressCount, Ipv4Prefixes, Ipv4PrefixCount } = request;
  requireOneWay({ Ipv4Prefixes, Ipv4PrefixCount, SecondaryPrivateIpAddressCount });
  requireOneWay({ Ipv4Prefixes, Ipv4PrefixCount, PrivateIpAddresses: secondary });
  const { Ipv6Addresses, Ipv6AddressCount, Ipv6Prefixes, Ipv6PrefixCount } = request;
  requireOneWay({ Ipv6Prefixes, Ipv6PrefixCount, Ipv6Addresses });
  requireOneWay({ Ipv6Prefixes, Ipv6PrefixCount, Ipv6AddressCount });
}

/** The spec of a new interface. @throws AwsError when there is no such subnet or group, or too much is asked for */
export function interfaceSpec({ cloud }: ActionContext, request: InterfaceRequest, subnetId: string) {
  cloud.require('subnet', subnetId);
  for (const id of request.Groups ?? []) cloud.require('security-group', id);
  const { primary, secondary } = privateAddresses(request);
  requirePrefixesAlone(request, secondary);
  const { SecondaryPrivateIpAddressCount: count, Description: description } = request;
  return {
    subnetId,
    ...(request.Groups?.length ? { securityGroupIds: [...new Set(request.Groups)] } : {}),
    ...(description === undefined ? {} : { description }),
    ...(request.Ipv6Addresses?.length
      ? { ipv6Addresses: request.Ipv6Addresses.map(({ Ipv6Address: text = '' }) => text.toLowerCase()) }
      : {}),
    ...(request.Ipv6AddressCount === undefined ? {} : { ipv6AddressCount: request.Ipv6AddressCount }),
    ...(primary === undefined ? {} : { privateAddress: primary }),
    ...(secondary.length === 0 ? {} : { secondaryPrivateAddresses: [...secondary] }),
    ...(count === undefined ? {} : { secondaryPrivateAddressCount: count }),
    ...prefixSpec(request),
  };
}
