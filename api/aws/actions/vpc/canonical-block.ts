import { formatCidr } from '@weft/controller/resources';

/** AWS puts blocks into canonical form where weft would refuse them; what is no block at all stays as it is. */
export function canonicalBlock(text: string): string {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  if (!match) return text;
  const length = Number(match[2]);
  const parts = (match[1] as string).split('.').map(Number);
  if (length > 32 || parts.some((part) => part > 255)) return text;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - length);
  return formatCidr({ address: Math.floor(address / size) * size, prefixLength: length });
}
