import type { ActionContext } from '../../context.ts';

/** What an interface is asked for with, in CreateNetworkInterface and in RunInstances. */
export interface InterfaceRequest {
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

/** The spec of a new interface. @throws AwsError when there is no such subnet or group */
export function interfaceSpec({ cloud }: ActionContext, request: InterfaceRequest, subnetId: string) {
  cloud.require('subnet', subnetId);
  for (const id of request.Groups ?? []) cloud.require('security-group', id);
  const { primary, secondary } = privateAddresses(request);
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
  };
}
