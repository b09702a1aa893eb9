import { formatCidr, formatIpv6Cidr, ipv6Netmask, tryParseIpv6 } from '@weft/controller/resources';
import { AwsError } from '../../errors.ts';

function canonicalIpv4(text: string): string | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const length = Number(match[2]);
  const parts = (match[1] as string).split('.').map(Number);
  if (length > 32 || parts.some((part) => part > 255)) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - length);
  return formatCidr({ address: Math.floor(address / size) * size, prefixLength: length });
}

function canonicalIpv6(text: string): string | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match ? tryParseIpv6(match[1] as string) : undefined;
  const prefixLength = Number(match?.[2]);
  if (address === undefined || prefixLength > 128) return undefined;
  return formatIpv6Cidr({ address: address & ipv6Netmask(prefixLength), prefixLength });
}

/** AWS puts blocks of either kind of IP into canonical form where weft would refuse them; what is none stays as it is. */
export function canonicalBlock(text: string): string {
  return canonicalIpv4(text) ?? canonicalIpv6(text) ?? text;
}

/**
 * A block in canonical form.
 * @throws AwsError InvalidParameterValue for what is none
 */
export function requireBlock(text: string, parameter: string): string {
  const block = canonicalIpv4(text) ?? canonicalIpv6(text);
  if (block !== undefined) return block;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${text.slice(0, 50)}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
  );
}
