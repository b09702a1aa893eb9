import type { ResourceOf } from '@weft/controller/resources';
import { AwsError } from '../../errors.ts';
import type { Refusals } from '../../translate.ts';

/** Prefixes as requests ask for them, in CreateNetworkInterface and in RunInstances. */
export interface PrefixRequest {
  readonly Ipv4Prefixes?: readonly { readonly Ipv4Prefix?: string | undefined }[] | undefined;
  readonly Ipv4PrefixCount?: number | undefined;
  readonly Ipv6Prefixes?: readonly { readonly Ipv6Prefix?: string | undefined }[] | undefined;
  readonly Ipv6PrefixCount?: number | undefined;
}

/** What the controller's refusals of prefixes are called. */
export const prefixRefusals: Refusals = {
  'no-free-address spec.ipv4PrefixCount': 'InsufficientCidrBlocks',
  'no-free-address spec.ipv6PrefixCount': 'InsufficientCidrBlocks',
  'quota-exceeded spec.ipv4Prefixes': 'PrivateIpAddressLimitExceeded',
  'quota-exceeded spec.ipv6Prefixes': 'PrivateIpAddressLimitExceeded',
};

/** What of a spec the prefixes of a request are. */
export function prefixSpec(request: PrefixRequest) {
  const { Ipv4Prefixes: ipv4, Ipv4PrefixCount: ipv4Count } = request;
  const { Ipv6Prefixes: ipv6, Ipv6PrefixCount: ipv6Count } = request;
  return {
    ...(ipv4?.length ? { ipv4Prefixes: ipv4.map(({ Ipv4Prefix: text = '' }) => text) } : {}),
    ...(ipv4Count === undefined ? {} : { ipv4PrefixCount: ipv4Count }),
    ...(ipv6?.length ? { ipv6Prefixes: ipv6.map(({ Ipv6Prefix: text = '' }) => text.toLowerCase()) } : {}),
    ...(ipv6Count === undefined ? {} : { ipv6PrefixCount: ipv6Count }),
  };
}

/** The prefixes of an interface as answers show them. */
export function presentPrefixes({ spec }: ResourceOf<'network-interface'>) {
  return {
    Ipv4Prefixes: (spec.ipv4Prefixes ?? []).map((Ipv4Prefix) => ({ Ipv4Prefix })),
    Ipv6Prefixes: (spec.ipv6Prefixes ?? []).map((Ipv6Prefix) => ({ Ipv6Prefix })),
  };
}

/**
 * AWS: addresses or prefixes of one kind of IP, given or by number: one of the four.
 * @throws AwsError when several are asked for
 */
export function requireOneWay(ways: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(ways).filter((name) => isGiven(ways[name]));
  if (given.length < 2) return;
  throw new AwsError('InvalidParameterCombination', `Give only one of ${given.join(' and ')}`);
}

const isGiven = (value: unknown) => (Array.isArray(value) ? value.length > 0 : value !== undefined);

/** @throws AwsError when none of the ways is given, or several are */
export function requireExactlyOneWay(ways: Readonly<Record<string, unknown>>): void {
  requireOneWay(ways);
  if (Object.values(ways).some(isGiven)) return;
  throw new AwsError('InvalidParameterCombination', `Give one of ${Object.keys(ways).join(', ')}`);
}
